import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../stack/ports";
import { Redis } from "../stack/redis";
import { ensureParts } from "../stack/setup";
import { Sidecar } from "../stack/sidecar";
import { until } from "../stack/until";
import { NetworksWorld, type Entry } from "./networks-world";

const NETWORKS = 100;
/** For a machine that has other things to do. */
const LONG = 120;
const ids = Array.from({ length: NETWORKS }, (_, n) => `net${n + 1}`);
const event = { events: [{ type: "mapping.saved" }] };

let world: NetworksWorld;
let redis: Redis;
let dir: string;
let others: Sidecar[];

const isSynced = (id: string): boolean =>
  world.domains(id).includes(`www.shop-${id}.example.com`);

const lines = async (sidecar: Sidecar): Promise<Record<string, unknown>[]> =>
  (await sidecar.log())
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const passesOf = async (sidecar: Sidecar) =>
  (await lines(sidecar)).filter(({ message }) => message === "pass");

beforeAll(async () => {
  await ensureParts(["redis"]);
  world = await NetworksWorld.start();
  dir = await mkdtemp(join(tmpdir(), "domain-bridge-several-"));
  redis = await Redis.start({ dir });
  await world.mariadb.run("SET GLOBAL max_connections = 2000");
  // A write while another one is under way is refused, as proof that there is none.
  world.simulator.set({ conflictWhileOpen: true, actionMs: 300 });
  const entries: Entry[] = [];
  for (const id of ids) {
    entries.push(await world.addNetwork(id));
    await world.map(id, `shop-${id}.example.com`);
  }
  await world.writeNetworks(entries);
  world.sidecar.setEnv({ REDIS_URL: redis.url, PASS_CONCURRENCY: "5" });
  others = [];
  for (const name of ["second", "third"]) {
    const port = await freePort();
    const sidecar = new Sidecar(dir, port, world.sidecar.env, name);
    sidecar.setEnv({ PORT: String(port) });
    others.push(sidecar);
  }
}, 300_000);

afterAll(async () => {
  await Promise.all(others.map((sidecar) => sidecar.stop()));
  await world.stop();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

test("a hundred networks on three sidecars, one of them killed in the middle: every network is synced by one pass at a time", async () => {
  const [victim, survivor] = others;
  if (!victim || !survivor) throw new Error("two more sidecars are needed");
  await Promise.all(
    [world.sidecar, victim, survivor].map((one) => one.start("livez")),
  );
  await until(
    "a third of the networks",
    async () =>
      ids.filter(isSynced).length > 30 && (await passesOf(victim)).length > 0,
    LONG,
  );
  expect(ids.every(isSynced)).toBe(false);
  await victim.kill();
  await until("all networks", () => ids.every(isSynced), LONG);

  for (const sidecar of [world.sidecar, survivor])
    expect((await passesOf(sidecar)).length).toBeGreaterThan(5);
  const journal = world.simulator.journal();
  expect(journal.filter(({ status }) => status === 409)).toEqual([]);
  const passes = (await Promise.all([world.sidecar, survivor].map(passesOf)))
    .flat()
    .map((pass) => ({
      network: String(pass["network"]),
      from: Number(pass["startedAt"]),
      to: Number(pass["finishedAt"]),
    }))
    .sort((one, other) => one.from - other.from);
  for (const id of ids) {
    const own = passes.filter(({ network }) => network === id);
    own.slice(1).forEach(({ from }, n) => {
      expect(from).toBeGreaterThanOrEqual(own[n]?.to ?? NaN);
    });
  }
}, 300_000);

test("an event leads to one pass in one of the sidecars", async () => {
  const correlationId = "only-once";
  await world.map("net7", "once.example.com");
  const headers = { "x-correlation-id": correlationId };
  const answer = await world.request("net7", "POST", "/events", event, {
    headers,
  });
  expect(answer.status).toBe(202);
  await until("the name", () =>
    world.domains("net7").includes("once.example.com"),
  );
  const found = await until("the log line", async () => {
    const passes = await Promise.all([world.sidecar, ...others].map(passesOf));
    const mine = passes
      .flat()
      .filter((pass) => pass["correlationId"] === correlationId);
    return mine.length > 0 ? mine : null;
  });
  expect(found).toHaveLength(1);
});

test("without Redis events are still taken and done, and with it again they are shared again", async () => {
  await redis.kill();
  await world.map("net8", "without.example.com");
  expect((await world.request("net8", "POST", "/events", event)).status).toBe(
    202,
  );
  await until("the name", () =>
    world.domains("net8").includes("without.example.com"),
  );
  await redis.start();
  const said = (message: string) => async () =>
    (await lines(world.sidecar)).filter((line) => line["message"] === message)
      .length === 1;
  await until("Redis to be back", said("Redis is back"), LONG);
  await world.map("net9", "with.example.com");
  expect((await world.request("net9", "POST", "/events", event)).status).toBe(
    202,
  );
  await until("the name", () =>
    world.domains("net9").includes("with.example.com"),
  );
  expect(
    await said(
      "Redis is away: this sidecar works on its own until it is back",
    )(),
  ).toBe(true);
  const errors = (await lines(world.sidecar)).filter(
    ({ level }) => level === "error",
  );
  expect(errors).toEqual([]);
}, 90_000);

test("a sidecar that is asked to end does so at once, with Redis and without", async () => {
  const [, survivor] = others;
  const started = Date.now();
  await survivor?.stop();
  expect(Date.now() - started).toBeLessThan(8_000);
  await redis.kill();
  const again = Date.now();
  await world.sidecar.stop();
  expect(Date.now() - again).toBeLessThan(12_000);
  for (const sidecar of [survivor, world.sidecar])
    expect(await sidecar?.log()).toContain('"message":"stopped"');
}, 60_000);
