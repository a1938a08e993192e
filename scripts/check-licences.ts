import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What may go along with a program under GPL-2.0-or-later. */
const SHIPPED = [
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
];

/** What the tools of development may have besides, for nothing of them is passed on. */
const TOOLS = [...SHIPPED, "MIT-0", "MPL-2.0", "CC-BY-4.0", "Python-2.0"];

interface Locked {
  dev?: boolean;
  optional?: boolean;
  license?: string;
}

/** The licence in a package's own words, else in the lock file's: packages for other systems are not installed. */
function licenceOf(path: string, locked: Locked): string {
  const file = join(path, "package.json");
  if (!existsSync(file)) return locked.license ?? "unknown";
  const { license, licenses } = JSON.parse(readFileSync(file, "utf8")) as {
    license?: string | { type?: string };
    licenses?: { type?: string }[];
  };
  const named = license ?? licenses?.[0];
  return (typeof named === "object" ? named.type : named) ?? "unknown";
}

/** Whether a licence expression leaves a choice that is allowed (OR), and asks for nothing else (AND). */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replace(/[()]/g, " ");
  return plain
    .split(/\sOR\s/)
    .some((choice) =>
      choice.split(/\sAND\s/).every((one) => allowed.includes(one.trim())),
    );
}

/** Looks at every package of the lock file, without asking any registry; names those whose licence does not fit. */
function main(): void {
  const { packages } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  ) as {
    packages: Record<string, Locked>;
  };
  const entries = Object.entries(packages).filter(([path]) => path !== "");
  const bad = entries
    .map(([path, locked]) => ({
      path,
      locked,
      licence: licenceOf(path, locked),
    }))
    .filter(({ locked, licence }) =>
      locked.dev ? !isAllowed(licence, TOOLS) : !isAllowed(licence, SHIPPED),
    );
  for (const { path, locked, licence } of bad)
    process.stderr.write(
      `${path.replace(/^node_modules\//, "")}: ${licence} is not a licence for ${locked.dev ? "a tool" : "what is shipped"}\n`,
    );
  process.exitCode = bad.length === 0 ? 0 : 1;
}

main();
