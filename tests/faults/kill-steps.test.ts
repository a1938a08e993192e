import { setTimeout as delay } from "node:timers/promises";
import { until } from "../stack/until";
import { BareWorld, numbered } from "./bare-world";
import { Model } from "./model";

/**
 * A sidecar killed at one step of a pass after another: when a call to ServerPilot comes in and when it has been
 * answered, and before the database sees a statement. STRIDE=1 takes every step; CI takes some of both kinds.
 */
const STRIDE = Number(process.env["STRIDE"] ?? 12);

type Kind = "call" | "statement";

const panel = ["one.example.org", "two.example.org"];
const first = numbered(3, "first");
const steps: Record<Kind, number> = { call: 0, statement: 0 };
let world: BareWorld;
let model: Model;

/** Calls `heard` at every step of a kind, with its number from now and a name. */
function listen(
  kind: Kind,
  heard: (step: number, what: string) => void,
): () => void {
  let step = 0;
  const { simulator, database } = world;
  const stops =
    kind === "statement"
      ? [
          database.onStatement(({ sql }) => {
            heard(++step, sql.slice(0, 60));
          }),
        ]
      : [
          simulator.onArrival(({ method, path }) => {
            heard(++step, `${method} ${path} comes in`);
          }),
          simulator.onRequest(({ method, path }) => {
            heard(++step, `${method} ${path} is answered`);
          }),
        ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The rows of a table, read behind the sidecar's back so that asking adds no step. */
const rows = <T>(sql: string): Promise<T[]> =>
  world.stack.mariadb.rows<T>(sql, [], "wordpress");

const wantedNames = async (): Promise<string[]> => {
  const sql = "SELECT domain FROM wp_wu_domain_mappings";
  const mappings = await rows<{ domain: string }>(sql);
  return mappings.flatMap(({ domain }) => [domain, `www.${domain}`]);
};

/** The app's list is exactly what is wanted, the ledger agrees, everything is secure and was told. */
async function isSettled(): Promise<boolean> {
  const wanted = await wantedNames();
  const list = world.simulator.domains();
  const right =
    list.length === wanted.length + panel.length &&
    [...panel, ...wanted].every((name) => list.includes(name));
  if (!right) return false;
  const known = await rows<{ name: string; state: string; owned: number }>(
    "SELECT name, state, owned FROM wp_domain_bridge_names",
  );
  const waiting = await rows("SELECT id FROM wp_domain_bridge_outbox");
  return (
    waiting.length === 0 &&
    known.length === wanted.length &&
    known.every(({ state, owned }) => state === "secure" && owned === 1)
  );
}

let round = 0;

/** A change of the table that makes a pass add, remove and secure names. */
async function change(): Promise<void> {
  round += 1;
  model.asks(`round-${round}.example.com`);
  model.lets(`round-${round - 1}.example.com`);
  await world.map(`round-${round}.example.com`);
  if (round > 1) await world.unmap(`round-${round - 1}.example.com`);
  await world.sidecar.client.call("POST", "/sync", {});
}

beforeAll(async () => {
  world = await BareWorld.start({
    domains: panel,
    env: { RESYNC_SECONDS: "5", DEBOUNCE_MS: "0" },
  });
  model = new Model();
  model.foreign = panel;
  model.asks(...first);
  world.simulator.onDomains((written) => {
    model.judge(written);
  });
  await world.map(...first);
  await world.sidecar.start();
  await until("the first names", isSettled, 40);
  // An undisturbed round says how many steps there are, from the change to the last word to WordPress.
  const stops = (["call", "statement"] as const).map((kind) =>
    listen(kind, (step) => (steps[kind] = step)),
  );
  await change();
  await until("the round without a kill", isSettled, 40);
  for (const stop of stops) stop();
}, 180_000);

afterAll(() => world.stop());

/** Kills at the n-th step of the next round, and says what that was; null where the round had fewer steps. */
async function killAt(kind: Kind, victim: number): Promise<string | null> {
  const dead: Promise<void>[] = [];
  const killed: string[] = [];
  const stop = listen(kind, (step, what) => {
    if (step !== victim) return;
    killed.push(what);
    dead.push(world.sidecar.kill());
  });
  await change().catch(() => undefined);
  await until(
    `step ${victim}`,
    async () => dead.length > 0 || (await isSettled()),
    20,
  );
  stop();
  await Promise.all(dead);
  await delay(20);
  if (dead.length > 0) await world.sidecar.start();
  await until(`all to be well after ${killed[0] ?? "no kill"}`, isSettled, 60);
  model.step = victim;
  return killed[0] ?? null;
}

test.each<[Kind, number]>([
  ["call", Math.ceil(STRIDE / 4)],
  ["statement", STRIDE],
])(
  "a sidecar killed at any %s of a pass loses, repeats and leaves nothing behind",
  async (kind, stride) => {
    const killed: string[] = [];
    for (let victim = 1; victim <= steps[kind]; victim += stride) {
      const what = await killAt(kind, victim);
      if (what !== null) killed.push(what);
    }
    expect(model.violations).toEqual([]);
    expect(killed.length).toBeGreaterThan(steps[kind] / stride / 2);
    if (kind === "call") expect(killed.join("\n")).toMatch(/POST \/apps/);
    // Every change was told: the last word on each name is that it is secure.
    for (const name of await wantedNames())
      expect(world.told.findLast((told) => told.name === name)?.state).toBe(
        "secure",
      );
    expect(world.sidecar.deaths).toEqual([]);
  },
  30 * 60_000,
);
