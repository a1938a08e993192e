import { startStack } from "../stack";
import { until } from "../until";
import { Scene, mapCode, withWww } from "./scene";
import { scenarios } from "./scenarios";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** The domains that a person had put on the app in ServerPilot's panel. */
const FOREIGN = ["panel.example.org", "intranet.example.org"];

/**
 * Does the main job without a person, each line naming what was expected and what was seen.
 *
 * @returns the number of expectations that did not hold.
 */
export async function checkDemo(): Promise<number> {
  let passed = 0;
  let failed = 0;
  const report = ({
    ok,
    expected,
    seen,
  }: {
    ok: boolean;
    expected: string;
    seen: string;
  }): void => {
    if (ok) passed += 1;
    else failed += 1;
    say(`  ${ok ? "ok    " : "FAILED"} expected ${expected}; seen: ${seen}`);
  };
  const stack = await startStack({
    say,
    simulator: { domains: [...FOREIGN, "adopted.example.com"], latencyMs: 150 },
    wordpress: { integration: false },
    sidecar: { env: { SSL_POLL_SECONDS: "1" } },
  });
  try {
    stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
    const scene = new Scene(stack, [...FOREIGN, "adopted.example.com"], report);
    await backfill(scene);
    for (const { title, run } of scenarios) {
      say(title);
      try {
        await run(scene);
        await scene.secondPassWritesNothing();
        tellForeign(scene);
      } catch (error) {
        report({
          ok: false,
          expected: `“${title}” to run through`,
          seen: String(error),
        });
      }
    }
    const notices = await stack.wordpress.debugLog();
    scene.tell(
      notices === "",
      "no PHP notice in WordPress's debug log",
      notices === "" ? "none" : notices,
    );
  } finally {
    await stack.stop();
  }
  say(`${passed} passed, ${failed} failed`);
  return failed;
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

/** Mappings that are older than the bridge, beside foreign domains and one that UM had put on the app itself. */
async function backfill(scene: Scene): Promise<void> {
  say("backfill of mappings that are older than the bridge");
  const { stack } = scene;
  await scene.php(
    mapCode(
      ["adopted.example.com", "old-one.example.com", "old-two.example.com"],
      1,
    ),
  );
  scene.tell(
    JSON.stringify(stack.simulator.domains()) ===
      JSON.stringify(scene.expected),
    "nothing on the app while ServerPilot is not enabled in UM",
    stack.simulator.domains().join(" "),
  );
  await stack.wordpress.useUm("registry", true);
  await stack.wordpress.cron(3600);
  await until(
    "the registration",
    async () => (await scene.status()).registered,
  ).catch(() => undefined);
  await scene.appBecomes("after ServerPilot was enabled", [
    "www.adopted.example.com",
    ...withWww("old-one.example.com", "old-two.example.com"),
  ]);
  const { names } = await scene.status();
  const adopted = names.find(({ name }) => name === "adopted.example.com");
  scene.tell(
    adopted?.owned === true,
    "the mapped name that was on the app already is adopted",
    `owned = ${adopted?.owned}`,
  );
  await scene.secondPassWritesNothing();
}
