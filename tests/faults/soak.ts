import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { drawBehaviour } from "../stack/serverpilot/behaviour";
import type { Settings } from "../stack/serverpilot/settings";
import { readStatus } from "../stack/sidecar-client";
import { until } from "../stack/until";
import { planActionFault, planApiFault } from "./api-faults";
import { calmDown, troubles } from "./calm";
import { planDatabaseFault } from "./database-faults";
import type { Violation, WriteFaults } from "./model";
import { OperationPlanner } from "./operations";
import { planProcessFault } from "./process-faults";
import { createRandom, type Random } from "./random";
import { Stage, type Step } from "./stage";
import type { World } from "./world";

export interface SoakOptions {
  readonly seed: number;
  readonly steps: number;
  /** Hears of every step as it begins. */
  readonly say?: (line: string) => void;
  /** Steps to take instead of those that the seed says. */
  readonly plan?: readonly Step[];
  /** How long the system may take to come to rest afterwards; default 90. */
  readonly patienceSeconds?: number;
}

/** What a seed came to. */
export interface SoakReport {
  readonly seed: number;
  readonly operations: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  readonly kills: number;
  readonly skipped: number;
  readonly approvals: number;
  readonly writesChecked: number;
  readonly found: WriteFaults;
  /** Seconds that the system needed to come to rest; null where it never did. */
  readonly calmSeconds: number | null;
  readonly violations: readonly Violation[];
  /** The step at which the first violation was noticed. */
  readonly firstFailure: string | null;
}

/** The steps of a seed: half operations, half faults. */
export function planSteps(seed: number, count: number): Step[] {
  const random = createRandom(seed);
  const planner = new OperationPlanner(random);
  return Array.from({ length: count }, (_, index): Step => {
    const kind = index < 2 || random.chance(0.6) ? "operation" : "fault";
    const planned = kind === "operation" ? planner.next() : planFault(random);
    // A write that may be on its way holds the others for 20 seconds: without pauses there would be one write a seed.
    return { ...planned, kind, pauseMs: random.whole(50, 1900) };
  });
}

function planFault(random: Random): Pick<Step, "what" | "run"> {
  switch (random.weighted({ api: 4, action: 1, process: 6.5, database: 3 })) {
    case "api":
      return planApiFault(random);
    case "action":
      return planActionFault(random);
    case "process":
      return planProcessFault(random);
    case "database":
      return planDatabaseFault(random);
  }
}

/**
 * How ServerPilot behaves in a seed: what its documentation leaves open is drawn. What is overridden would keep names
 * from being secure while the soak waits, for AutoSSL is asked for a few times a day only.
 */
export function serverPilotOf(seed: number): Partial<Settings> {
  const random = createRandom(seed + 2_000_000);
  const behaviour = drawBehaviour(random);
  return {
    ...behaviour,
    // A second read comes ten times as soon here.
    oddReadMs: behaviour.oddReadMs / 10,
    // The names are lower-case already.
    capitals: "keep",
    unansweredMs: random.whole(1, 30) * 1000,
    autosslField: "always",
    maxCertificateNames: 300,
    autoDeploy: true,
    autoAgain: "nothing",
  };
}

/** Runs one seed in a world that is made empty first, and judges what came of it. */
export async function soak(
  world: World,
  options: SoakOptions,
): Promise<SoakReport> {
  const { seed, say = () => undefined } = options;
  await world.reset();
  const random = createRandom(seed + 1_000_000);
  if (!options.plan) world.simulator.set(serverPilotOf(seed));
  world.sidecars.forEach(({ process }) => {
    process.launch();
  });
  await Promise.all(world.sidecars.map(({ process }) => process.isUp()));
  // WordPress registers the network with whatever request comes first; the soak begins after that.
  await world.php("do_action( 'domain_bridge_retry' );");
  const { model } = world;
  const stage = new Stage(world, random);
  const steps = options.plan ?? planSteps(seed, options.steps);
  for (const [index, step] of steps.entries()) {
    model.step = index + 1;
    say(`seed ${seed} step ${model.step} ${step.kind} ${step.what}`);
    stage.count(step);
    await step.run(stage);
    await delay(step.pauseMs);
  }
  model.step = steps.length + 1;
  const calm = await calmDown(stage, say, options.patienceSeconds);
  if (calm.seconds !== null) await secondPassWritesNothing(world);
  await judgeLogs(world);
  const [first] = model.violations;
  return {
    seed,
    operations: stage.counts.operation,
    faults: stage.counts.fault,
    kills: stage.kills,
    skipped: stage.skipped,
    approvals: calm.approvals,
    writesChecked: model.writesChecked,
    found: model.found,
    calmSeconds: calm.seconds,
    violations: model.violations,
    firstFailure: first
      ? `step ${first.step} (${steps[first.step - 1]?.what ?? "left alone"}): ${first.text}`
      : null,
  };
}

/** A pass of each sidecar in turn must find nothing to do, and leave everything as it is. */
async function secondPassWritesNothing(world: World): Promise<void> {
  const { simulator, model } = world;
  // A name that ServerPilot does not take is tried again by itself, first after a minute.
  const isRetry = (body: unknown): boolean =>
    ((body as { domains?: string[] } | null)?.domains ?? []).some((name) =>
      model.refused.has(name),
    );
  const writes = (): number =>
    simulator
      .journal()
      .filter(({ method, body }) => method === "POST" && !isRetry(body)).length;
  const before = writes();
  for (const { process } of world.sidecars) {
    const { now } = await readStatus(process.client);
    await process.client.call("POST", "/sync", {});
    await until("the second pass", async () => {
      const { pass } = await readStatus(process.client);
      return pass.state === "idle" && pass.lastAt !== null && pass.lastAt > now;
    });
  }
  const more = writes() - before;
  if (more > 0) model.violate(`a second pass wrote ${more} times`);
  for (const text of await troubles(world))
    model.violate(`after the second pass: ${text}`);
}

/** No sidecar may have ended by itself, nor met a bug. */
async function judgeLogs({ sidecars, model }: World): Promise<void> {
  for (const { process } of sidecars) {
    process.noteDeath();
    for (const death of process.deaths.splice(0)) model.violate(death);
    const log = await readFile(process.logFile, "utf8").catch(() => "");
    for (const line of log.split("\n").slice(process.linesJudged)) {
      if (line !== "" && !isHarmless(line))
        model.violate(`${process.name} logged ${line.slice(0, 600)}`);
    }
    process.linesJudged = log.split("\n").length - 1;
  }
}

/**
 * A line of JSON below the level of an error, or what became of a domain, which is told as loud as it is urgent; what is no
 * JSON is a stack trace.
 */
function isHarmless(line: string): boolean {
  try {
    const read = JSON.parse(line) as { level?: string; message?: string };
    return read.level !== "error" || read.message === "domain";
  } catch {
    // A kill may cut a line in two.
    return line.startsWith("{");
  }
}
