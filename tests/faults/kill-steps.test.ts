import { setTimeout as delay } from "node:timers/promises";
import { until } from "../stack/until";
import { BareWorld, numbered } from "./bare-world";
import { Model } from "./model";

/**
 * A sidecar killed at one step of a pass after another: at each statement before the database sees it, at each call to
 * ServerPilot when it comes in and when it has been answered. STRIDE=1 takes every step; CI takes every seventh.
 */
const STRIDE = Number(process.env["STRIDE"] ?? 7);

const panel = ["one.example.org", "two.example.org"];
const first = numbered(3, "first");
let world: BareWorld;
let model: Model;
let steps = 0;

/** Calls `heard` at every step, with its number from now and a name. */
function listen(heard: (step: number, what: string) => void): () => void {
  let step = 0;
  const stops = [
    world.database.onStatement(({ sql }) => {
      heard(++step, sql.slice(0, 60));
    }),
    world.simulator.onArrival(({ method, path }) => {
      heard(++step, `arrival of ${method} ${path}`);
    }),
    world.simulator.onRequest(({ method, path }) => {
      heard(++step, `end of ${method} ${path}`);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const names = async (): Promise<string[]> =>
  (
    await world.stack.mariadb.rows<{ domain: string }>(
      "SELECT domain FROM wordpress.wp_wu_domain_mappings",
    )
  ).map(({ domain }) => domain);

async function isSettled(): Promise<boolean> {
  const wanted = await names();
  const all = wanted.flatMap((name) => [name, `www.${name}`]);
  const list = world.simulator.domains();
  const right =
    list.length === all.length + panel.length &&
    [...panel, ...all].every((name) => list.includes(name));
  if (!right) return false;
  const status = await world.status().catch(() => null);
  const [outbox] = await world.stack.mariadb.rows<{ waiting: number }>(
    "SELECT COUNT(*) AS waiting FROM wordpress.wp_domain_bridge_outbox",
  );
  return (
    status?.counts["secure"] === all.length &&
    status.names.length === all.length &&
    status.names.every(({ owned }) => owned) &&
    outbox?.waiting === 0
  );
}

/** A change of the table that makes a pass add, remove and secure names. */
async function change(round: number): Promise<void> {
  const name = `round-${round}.example.com`;
  model.asks(name);
  model.lets(`round-${round - 1}.example.com`);
  await world.map(name);
  await world.unmap(`round-${round - 1}.example.com`);
  await world.sidecar.client.call("POST", "/sync", {});
}

beforeAll(async () => {
  world = await BareWorld.start({
    domains: panel,
    env: { RESYNC_SECONDS: "1", DEBOUNCE_MS: "0" },
  });
  model = new Model();
  model.foreign = panel;
  model.asks(...first, "round-0.example.com");
  world.simulator.onDomains((written) => {
    model.judge(written);
  });
  await world.map(...first, "round-0.example.com");
  await world.sidecar.start();
  await until("the first names", isSettled, 30);
  // One undisturbed round says how many steps there are, from the change to the last word to WordPress.
  const stop = listen((step) => (steps = step));
  await change(1);
  await until("the round without a kill", isSettled, 30);
  stop();
}, 120_000);

afterAll(() => world.stop());

test(
  "a sidecar killed at any step of a pass loses, repeats and leaves nothing behind",
  async () => {
    const killed: string[] = [];
    let round = 2;
    for (let victim = 1; victim <= steps; victim += STRIDE, round += 1) {
      let dead: Promise<void> | null = null;
      const stop = listen((step, what) => {
        if (step !== victim || dead) return;
        killed.push(`${victim}: ${what}`);
        dead = world.sidecar.kill();
      });
      await change(round).catch(() => undefined);
      await until(
        `step ${victim}`,
        async () => dead !== null || (await isSettled()),
        20,
      );
      stop();
      await dead;
      await delay(20);
      if (dead) await world.sidecar.start();
      await until(
        `all to be well after ${killed.at(-1) ?? "no kill"}`,
        isSettled,
        40,
      );
      model.step = victim;
    }
    expect(model.violations).toEqual([]);
    expect(killed.length).toBeGreaterThan((steps / STRIDE) * 0.6);
    expect(killed.join("\n")).toMatch(/POST \/apps/);
    // Every change was told: the last word on each name that is there now is that it is secure.
    for (const name of await names())
      expect(world.told.findLast((told) => told.name === name)?.state).toBe(
        "secure",
      );
    expect(world.sidecar.deaths).toEqual([]);
  },
  30 * 60_000,
);
