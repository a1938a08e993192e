import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project";
import { readProjectFile, type Document } from "./document";
import { documents } from "./documents";

/** A document as it is and as it should be. */
export async function compare({
  path,
  make,
}: Document): Promise<{ current: string; wanted: string }> {
  const current = existsSync(join(projectDir, path))
    ? readProjectFile(path)
    : "";
  try {
    return { current, wanted: await make(current) };
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes everything that is made from the code, and says what has changed. */
async function main(): Promise<void> {
  for (const document of documents) {
    const { current, wanted } = await compare(document);
    if (current === wanted) continue;
    writeFileSync(join(projectDir, document.path), wanted);
    process.stdout.write(`written: ${document.path}\n`);
  }
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
