import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultKinds, isKind, kinds, type Kind } from "./kinds";
import { MissingPart } from "./stack/missing-part";
import { ensureParts, missingOf } from "./stack/setup";

interface Counts {
  passed: number;
  failed: number;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Runs the kinds of tests named on the command line (default: those of `npm test`), after their real parts were found or
 * installed. Where parts cannot be had, the rest is run, what was not run is said loudly with all that is to be
 * installed, and only CI=true makes a failure of that. Ends with the plain line `N passed, N failed`.
 */
async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !isKind(name));
  if (unknown.length > 0)
    throw new Error(
      `There are no tests of the kind ${unknown.join(", ")}; there are: ${Object.keys(kinds).join(", ")}.`,
    );
  const wanted = named.length > 0 ? named.filter(isKind) : defaultKinds;
  const total: Counts = { passed: 0, failed: 0 };
  const missing = await getParts(wanted);
  const notRun: string[] = [];
  for (const kind of wanted) {
    say(`\n== ${kind} ==`);
    const lacking = missing === "" ? [] : await missingOf(kinds[kind].parts);
    if (lacking.length > 0) {
      notRun.push(
        `${kind}: no ${lacking.map(({ title }) => title).join(", ")}`,
      );
      continue;
    }
    const counts = await runKind(kind);
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  if (missing !== "") say(`\n${missing}`);
  for (const reason of notRun) say(`NOT RUN  ${reason}`);
  if (notRun.length > 0 && process.env["CI"] === "true")
    total.failed += notRun.length;
  say(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

/** Gets what all the kinds need; gives what to install by hand where something could not be had, else nothing. */
async function getParts(wanted: readonly Kind[]): Promise<string> {
  const parts = wanted.flatMap((kind) => kinds[kind].parts);
  try {
    await ensureParts(parts, say);
    return "";
  } catch (error) {
    if (!(error instanceof MissingPart)) throw error;
    say(error.message);
    return error.message;
  }
}

async function runKind(kind: Kind): Promise<Counts> {
  const dir = await mkdtemp(join(tmpdir(), "domain-bridge-tests-"));
  const report = join(dir, "report");
  try {
    const { runner } = kinds[kind];
    const status =
      runner === "jest"
        ? await run(process.execPath, [
            require.resolve("jest/bin/jest"),
            "--selectProjects",
            kind,
            "--json",
            `--outputFile=${report}`,
            "--maxWorkers=2",
          ])
        : await run("phpunit", [
            "--configuration",
            join(__dirname, "php/phpunit.xml"),
            "--log-junit",
            report,
          ]);
    const text = await readFile(report, "utf8").catch(() => "");
    const counts = runner === "jest" ? countJest(text) : countJunit(text);
    // A runner that fell over without a failed test, or that ran none, is a failure.
    const silent = counts.failed === 0 && (status !== 0 || counts.passed === 0);
    return silent ? { ...counts, failed: 1 } : counts;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

function countJest(text: string): Counts {
  if (text === "") return { passed: 0, failed: 1 };
  const report = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    numRuntimeErrorTestSuites: number;
  };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  };
}

/** The first `testsuite` element sums up all that is inside it. */
function countJunit(text: string): Counts {
  const attribute = (name: string): number =>
    Number(
      new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0,
    );
  const failed = attribute("failures") + attribute("errors");
  return {
    passed: attribute("tests") - failed - attribute("skipped"),
    failed,
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
