import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { codeSnifferArguments } from "../tests/stack/code-sniffer";
import { MissingPart } from "../tests/stack/missing-part";
import { program } from "../tests/stack/parts";
import { ensureParts } from "../tests/stack/setup";

const root = join(__dirname, "..");

const folders = ["wp-plugin", "tests/php", "tests/stack", "tests/bench"];

/**
 * PHP's syntax and the house's style, over the plugin, its tests and the stack's PHP. Where the style's program cannot be
 * had, that is said, and only CI=true makes a failure of it.
 */
async function main(): Promise<void> {
  await ensureParts(["php"]);
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".php"))
      .map((name) => join(folder, name)),
  );
  let failed = 0;
  for (const file of files) failed += run("php", ["-l", file], true);
  failed += await checkStyle();
  process.stdout.write(`${files.length} PHP files, ${failed} problems\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function checkStyle(): Promise<number> {
  try {
    await ensureParts(["phpcs"]);
  } catch (error) {
    if (!(error instanceof MissingPart)) throw error;
    process.stdout.write(`NOT CHECKED: PHP's style. ${error.message}\n`);
    return process.env["CI"] === "true" ? 1 : 0;
  }
  const style = ["--standard=wp-plugin/phpcs.xml", "wp-plugin"];
  return program("phpcs") === null
    ? run("php", [...codeSnifferArguments(), ...style], false)
    : run("phpcs", style, false);
}

/** Gives 1 where the command failed, and shows what it said. */
function run(command: string, args: string[], quietWhenGood: boolean): number {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0 || !quietWhenGood) process.stdout.write(stdout + stderr);
  return status === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof MissingPart ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});
