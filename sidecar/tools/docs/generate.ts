import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project";
import type { Document } from "./document";
import { documents } from "./documents";

/** What a document should hold; undefined where it holds that. */
export async function wantedOf({
  path,
  make,
}: Document): Promise<Buffer | undefined> {
  const file = join(projectDir, path);
  const current = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  try {
    const wanted = Buffer.from(await make(current.toString("utf8")));
    return wanted.equals(current) ? undefined : wanted;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes everything that is made from the code, and says what has changed. */
async function main(): Promise<void> {
  for (const document of documents) {
    const wanted = await wantedOf(document);
    if (wanted === undefined) continue;
    writeFileSync(join(projectDir, document.path), wanted);
    process.stdout.write(`written: ${document.path}\n`);
  }
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
