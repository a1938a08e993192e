import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  packageVersion,
  projectDir,
  repositoryUrl,
  runScript,
} from "./project";

const MAIN = "domain-bridge-for-serverpilot.php";

/** Where the plugin says what package.json says: file, what stands before it, and whether it is version or source. */
const PLACES: readonly (readonly [string, RegExp, "version" | "source"])[] = [
  [MAIN, /^( \* Version: +)(\S+)$/m, "version"],
  [MAIN, /^(const VERSION +=\s+)'([^']+)'/m, "version"],
  ["readme.txt", /^(Stable tag: +)(\S+)$/m, "version"],
  [MAIN, /^( \* Plugin URI: +)(\S+)$/m, "source"],
  ["readme.txt", /^(The source of plugin and sidecar: )(\S+)$/m, "source"],
];

/**
 * The text of a file of the plugin with the version and the source's address in every place that has one.
 *
 * @throws Error where the file has lost such a place.
 */
export function stamped(file: string, text: string, version: string): string {
  let result = text;
  for (const [name, pattern, kind] of PLACES) {
    if (name !== file) continue;
    if (!pattern.test(result))
      throw new Error(`${file} has no line like ${pattern.source}`);
    const value = kind === "version" ? version : repositoryUrl();
    result = result.replace(pattern, (whole, before: string) =>
      whole.endsWith("'") ? `${before}'${value}'` : before + value,
    );
  }
  return result;
}

/** The files of the plugin that say another version or source than package.json. */
export function unstamped(version = packageVersion()): string[] {
  return [MAIN, "readme.txt"].filter((file) => {
    const text = readFileSync(join(projectDir, "wp-plugin", file), "utf8");
    return stamped(file, text, version) !== text;
  });
}

/** `--check` says which files differ; without it they are changed (`npm version` does that). */
function main(): void {
  for (const file of unstamped()) {
    const path = join(projectDir, "wp-plugin", file);
    if (process.argv.includes("--check")) {
      process.stdout.write(`${path} does not say what package.json says\n`);
      process.exitCode = 1;
    } else {
      const text = readFileSync(path, "utf8");
      writeFileSync(path, stamped(file, text, packageVersion()));
    }
  }
}

if (require.main === module) runScript(main);
