import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageVersion, projectDir } from "./project";

/** Where the plugin says its version, each with what stands before it. */
const PLACES: readonly (readonly [string, RegExp])[] = [
  ["domain-bridge-for-serverpilot.php", /^( \* Version: +)(\S+)$/m],
  ["domain-bridge-for-serverpilot.php", /^(const VERSION +=\s+)'([^']+)'/m],
  ["readme.txt", /^(Stable tag: +)(\S+)$/m],
];

/** The text of a file of the plugin with the version in every place that has one. */
export function stamped(file: string, text: string, version: string): string {
  let result = text;
  for (const [name, pattern] of PLACES) {
    if (name !== file) continue;
    if (!pattern.test(result)) {
      throw new Error(`${file} has no line like ${pattern.source}`);
    }
    result = result.replace(pattern, (whole, before: string) =>
      whole.endsWith("'") ? `${before}'${version}'` : before + version,
    );
  }
  return result;
}

/** The files of the plugin whose version is not that of package.json. */
export function unstamped(version = packageVersion()): string[] {
  const files = [...new Set(PLACES.map(([file]) => file))];
  return files.filter((file) => {
    const text = readFileSync(join(projectDir, "wp-plugin", file), "utf8");
    return stamped(file, text, version) !== text;
  });
}

/** `--check` says which files differ; without it they are changed (`npm version` does that). */
function main(): void {
  const files = unstamped();
  for (const file of files) {
    const path = join(projectDir, "wp-plugin", file);
    if (process.argv.includes("--check")) {
      process.stdout.write(`${path} is not of version ${packageVersion()}\n`);
      process.exitCode = 1;
    } else {
      const text = readFileSync(path, "utf8");
      writeFileSync(path, stamped(file, text, packageVersion()));
    }
  }
}

if (require.main === module) main();
