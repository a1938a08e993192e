import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "./stack/file-lock";
import { cacheDir } from "./stack/places";
import { run } from "./stack/run";

/** The Node.js versions that are supported, beside the one that runs this. */
const MAJORS = [20, 22, 24].filter(
  (major) => major !== Number(process.versions.node.split(".")[0]),
);

/** What does not need a real part: everything that could differ from one Node.js to the next is in it. */
const KINDS = ["unit", "http"];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Runs the unit and http tests on the other Node.js versions. They come from npm, once, into the cache; where one cannot
 * be had, that is said loudly, and only CI=true makes a failure of it.
 */
async function main(): Promise<void> {
  const notRun: string[] = [];
  for (const major of MAJORS) {
    let node: string;
    try {
      node = await nodeOf(major);
    } catch (error) {
      notRun.push(`Node.js ${major}: ${String(error)}`);
      continue;
    }
    const { stdout } = await run(node, ["--version"]);
    say(`\n=== Node.js ${stdout.trim()} ===`);
    const args = ["--import", "tsx", join(__dirname, "run.ts"), ...KINDS];
    if ((await runHere(node, args)) !== 0) process.exitCode = 1;
  }
  for (const reason of notRun) say(`\nNOT RUN  ${reason}`);
  if (notRun.length > 0 && process.env["CI"] === "true") process.exitCode = 1;
}

/** The newest program of a major version: npm has it as a package per system, as nodejs.org has it as an archive. */
async function nodeOf(major: number): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const dir = join(cacheDir, `node-${major}`);
  const program = join(dir, "node_modules", name, "bin/node");
  await withFileLock(`${dir}.lock`, async () => {
    if (existsSync(program)) return;
    say(`Downloading Node.js ${major} into ${dir}`);
    const fresh = `${dir}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    await writeFile(join(fresh, "package.json"), "{}");
    const options = ["--no-save", "--ignore-scripts", "--no-audit"];
    await run("npm", [
      "install",
      ...options,
      "--prefix",
      fresh,
      `${name}@${major}`,
    ]);
    await rm(dir, { recursive: true, force: true });
    await rename(fresh, dir);
  });
  return program;
}

function runHere(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
