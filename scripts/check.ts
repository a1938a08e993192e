import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { manifest, projectDir, runScript } from "./project";

interface Ran {
  name: string;
  seconds: number;
  output: string;
  failed: boolean;
}

/** Runs one script of package.json and collects what it writes. */
function runCheck(name: string): Promise<Ran> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "--silent", name], {
      cwd: projectDir,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    child.once("error", reject);
    child.once("close", (code) => {
      const seconds = (performance.now() - begun) / 1000;
      resolve({ name, seconds, output, failed: code !== 0 });
    });
  });
}

/** Runs every `check:…` of package.json, all of them even where some fail, and names those that failed at the end. */
async function main(): Promise<void> {
  const waiting = Object.keys(manifest().scripts).filter((name) =>
    name.startsWith("check:"),
  );
  const ran: Ran[] = [];
  const work = async (): Promise<void> => {
    for (
      let name = waiting.shift();
      name !== undefined;
      name = waiting.shift()
    ) {
      const done = await runCheck(name);
      ran.push(done);
      const mark = done.failed ? "FAILED" : "ok";
      process.stdout.write(
        `${name}  ${mark}  ${done.seconds.toFixed(1)} s\n${done.output}`,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const failed = ran.filter((one) => one.failed).map(({ name }) => name);
  process.stdout.write(
    failed.length === 0
      ? `All ${ran.length} checks passed.\n`
      : `${failed.length} of ${ran.length} checks failed: ${failed.join(", ")}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

runScript(main);
