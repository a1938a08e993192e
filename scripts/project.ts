import { readFileSync, readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";

/** The checkout. */
export const projectDir = resolve(__dirname, "..");

/** What the scripts read of package.json. */
export interface Manifest {
  version: string;
  description: string;
  homepage: string;
  engines: { node: string };
  scripts: Readonly<Record<string, string>>;
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
}

/** The text of a file of the checkout; `path` is from its top. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectDir, path), "utf8");
}

export function manifest(): Manifest {
  return JSON.parse(readProjectFile("package.json")) as Manifest;
}

/** The version of everything: package.json's. */
export function packageVersion(): string {
  return manifest().version;
}

/** Where people find the source: package.json's `homepage`, without the place on the page. */
export function repositoryUrl(): string {
  return manifest().homepage.replace(/#.*$/, "");
}

/** All files in a folder of the checkout whose names end so, from the checkout's top, sorted. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(projectDir, folder), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(projectDir.length + 1)
        .split(sep)
        .join("/"),
    )
    .sort();
}

/** Runs a script; what it throws is told in one line, and the exit code is 1. */
export function runScript(main: () => void | Promise<void>): void {
  Promise.resolve()
    .then(main)
    .catch((error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exitCode = 1;
    });
}
