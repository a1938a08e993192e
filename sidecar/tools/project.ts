import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The checkout. */
export const projectDir = resolve(__dirname, "../..");

/** The version of everything: package.json's. */
export function packageVersion(): string {
  const text = readFileSync(join(projectDir, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
