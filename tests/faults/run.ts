import { parseArgs } from "node:util";
import { findCanaries } from "./canaries";
import { reportTable } from "./report";
import { soak, type SoakReport } from "./soak";
import { World } from "./world";

const HELP = `npm run test:faults -- [--seeds N] [--seed FIRST] [--steps N] [--verbose]

Runs the soak: N seeds (3) from FIRST (1) on, each of so many steps (30), in one world of real parts, and ends with a
table. A failed seed is replayed with --seeds 1 --seed <seed> --steps <steps>. SEED and STEPS in the environment do too.
`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Exit code 0 only where no seed found a violation and no canary turned up. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "3" },
      seed: { type: "string", default: process.env["SEED"] ?? "1" },
      steps: { type: "string", default: process.env["STEPS"] ?? "30" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const first = Number(values.seed);
  const reports: SoakReport[] = [];
  const startedAt = Date.now();
  const world = await World.start();
  let canaries: string[] = [];
  try {
    for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
      const report = await soak(world, {
        seed,
        steps: Number(values.steps),
        ...(values.verbose ? { say } : {}),
      });
      reports.push(report);
      const found = await findCanaries(world);
      canaries = [...canaries, ...found];
      tell(report, Number(values.steps));
      for (const place of found) say(`  CANARY in ${place}`);
    }
  } finally {
    await world.stop();
  }
  say(`\n${reportTable(reports, canaries.length)}`);
  say(`\n${Math.round((Date.now() - startedAt) / 1000)} s`);
  const failed = reports.filter(({ violations }) => violations.length > 0);
  return failed.length + canaries.length === 0 ? 0 : 1;
}

function tell(report: SoakReport, steps: number): void {
  const { seed, firstFailure, violations, writesChecked, kills } = report;
  if (firstFailure === null) {
    say(
      `seed ${seed}: ok, ${writesChecked} writes checked, ${kills} kills, at rest after ${report.calmSeconds} s`,
    );
    return;
  }
  say(`seed ${seed}: FAILED at ${firstFailure}`);
  for (const { step, text } of violations.slice(0, 20))
    say(`  step ${step}: ${text}`);
  say(
    `  replay: npm run test:faults -- --seeds 1 --seed ${seed} --steps ${steps} --verbose`,
  );
}

main()
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  });
