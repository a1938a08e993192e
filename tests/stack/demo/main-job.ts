import { startStack, type Stack } from "../stack";
import type { Say } from "../setup";
import { until } from "../until";
import { scenarios } from "./scenarios";
import { mapCode, withWww, type Report, Scene, type Scenario } from "./scene";

/** The domains that a person had put on the app in ServerPilot's panel. */
const FOREIGN = ["panel.example.org", "intranet.example.org"];
/** A mapped domain that UM had put on the app before the bridge came. */
const ADOPTED = "adopted.example.com";

/** The stack on which the main job is shown: mappings and an app that are older than the bridge. */
export async function startMainJob(report: Report, say?: Say): Promise<Scene> {
  const stack = await startStack({
    ...(say ? { say } : {}),
    simulator: { domains: [...FOREIGN, ADOPTED], latencyMs: 150 },
    wordpress: { integration: false },
    sidecar: { env: { SSL_POLL_SECONDS: "1" } },
  });
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  return new Scene(stack, [...FOREIGN, ADOPTED], report);
}

/** Every part of the main job, in the order in which they build on each other. */
export const mainJob: readonly Scenario[] = [
  {
    title: "backfill of mappings that are older than the bridge",
    run: backfill,
  },
  ...scenarios,
  { title: "WordPress's debug log", run: noNotices },
];

/** Runs one part and what must hold after each. */
export async function runPart(scene: Scene, { run }: Scenario): Promise<void> {
  await run(scene);
  await scene.secondPassWritesNothing();
  tellForeign(scene);
}

/** The checks of the list cover this too; it is said by itself because it is the promise that people fear for. */
function tellForeign(scene: Scene): void {
  const { stack, expected } = scene;
  const kept = FOREIGN.filter((name) => expected.includes(name));
  const there = kept.filter((name) => stack.simulator.domains().includes(name));
  scene.tell(
    there.length === kept.length,
    `the panel's domains are untouched (${kept.length})`,
    `${there.length} are there`,
  );
}

async function backfill(scene: Scene): Promise<void> {
  const { stack } = scene;
  await scene.php(
    mapCode([ADOPTED, "old-one.example.com", "old-two.example.com"], 1),
  );
  scene.tell(
    JSON.stringify(stack.simulator.domains()) ===
      JSON.stringify(scene.expected),
    "nothing on the app while ServerPilot is not enabled in UM",
    stack.simulator.domains().join(" "),
  );
  await enable(stack);
  await until("the registration", async () => {
    return (await scene.status()).registered;
  });
  await scene.appBecomes("after ServerPilot was enabled", [
    `www.${ADOPTED}`,
    ...withWww("old-one.example.com", "old-two.example.com"),
  ]);
  // Recorded once the list has been read back, which is a little after the app has it.
  await scene.quiet();
  const { names } = await scene.status();
  const adopted = names.find(({ name }) => name === ADOPTED);
  scene.tell(
    adopted?.owned === true,
    "the mapped name that was on the app already is adopted",
    `owned = ${adopted?.owned}`,
  );
}

/** A network admin enables ServerPilot in UM's settings; WP-Cron runs soon after. */
async function enable(stack: Stack): Promise<void> {
  await stack.wordpress.useUm("registry", true);
  await stack.wordpress.cron(3600);
}

async function noNotices(scene: Scene): Promise<void> {
  const log = await scene.stack.wordpress.debugLog();
  scene.tell(log === "", "no PHP notice", log === "" ? "none" : log);
}
