import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiDocument } from "../../sidecar/http/openapi";
import { version } from "../../sidecar/version";

export const documentFile = join(__dirname, "../../docs/openapi.json");

/** The document as it lies in the documentation. */
export function keptDocument(): unknown {
  return JSON.parse(readFileSync(documentFile, "utf8")) as unknown;
}

if (require.main === module)
  writeFileSync(documentFile, JSON.stringify(openApiDocument(version)));
