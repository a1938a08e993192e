import { setTimeout as delay } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { until } from "../stack/until";
import { BareWorld, numbered } from "./bare-world";
import { signedCall } from "./signed";

/** 10,000 events in bursts while every call to ServerPilot takes five seconds, for a network of 300 names. */
const EVENTS = 10_000;
const BURST = 500;
const SLOW_MS = 5_000;
/** Events after which the process has the heap that its work needs. */
const WARM = 5_000;
/** What it may gain from there to the end of the flood, in megabytes: ids of requests are kept for ten minutes. */
const FLAT_MB = 40;

let world: BareWorld;

beforeAll(async () => {
  world = await BareWorld.start({
    env: {
      RESYNC_SECONDS: "3600",
      LOG_LEVEL: "warn",
      // V8 takes memory as long as there is some; with this limit a leak ends the process.
      NODE_OPTIONS: "--max-old-space-size=64",
    },
  });
  const names = numbered(150, "shop");
  for (let at = 0; at < names.length; at += 50)
    await world.map(...names.slice(at, at + 50));
  await world.sidecar.start();
  await until("300 names", () => world.simulator.domains().length === 300, 60);
}, 180_000);

afterAll(() => world.stop());

/** Memory that the sidecar's process holds, in megabytes. */
function memory(): number {
  const status = readFileSync(`/proc/${world.sidecar.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** One request with one event, as each of many PHP processes sends it. */
async function event(index: number): Promise<number> {
  const { status } = await signedCall({
    port: world.sidecar.port,
    method: "POST",
    path: "/events",
    body: {
      events: [
        { type: "mapping.saved", domain: `shop-${index % 150}.example.com` },
      ],
    },
  });
  return status;
}

async function burst(from: number): Promise<number[]> {
  const statuses: number[] = [];
  const sender = async (offset: number): Promise<void> => {
    for (let at = offset; at < BURST; at += 20)
      statuses.push(await event(from + at));
  };
  await Promise.all(Array.from({ length: 20 }, (_, offset) => sender(offset)));
  return statuses;
}

test("a flood of events is accepted, collapses into one pass waiting, and leaves memory flat", async () => {
  let before = 0;
  for (let sent = 0; sent < WARM; sent += BURST) {
    await burst(sent);
    before = Math.max(before, memory());
  }
  await until(
    "the end of the warm-up",
    async () => {
      const { pass } = await world.status();
      return pass.state === "idle";
    },
    30,
  );
  world.simulator.set({ latencyMs: SLOW_MS });
  const calls = world.simulator.journal().length;
  const refused: number[] = [];
  let most = 0;
  const startedAt = Date.now();
  for (let sent = 0; sent < EVENTS; sent += BURST) {
    const statuses = await burst(sent);
    refused.push(...statuses.filter((status) => status !== 202));
    most = Math.max(most, memory());
    // Between two bursts a status is answered at once, however busy ServerPilot is.
    const askedAt = Date.now();
    await world.status();
    expect(Date.now() - askedAt).toBeLessThan(SLOW_MS);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  // One look at the app for each pass: no more passes than fit one after another, and one that waits.
  const passes = world.simulator
    .journal()
    .slice(calls)
    .filter(({ path }) => /^\/apps\/[^/]+$/.test(path)).length;
  world.simulator.set({ latencyMs: 5 });
  await until(
    "the last pass",
    async () => {
      const { pass } = await world.status();
      return pass.state === "idle" && pass.lastOutcome === "ok";
    },
    30,
  );
  await delay(200);
  expect(refused).toEqual([]);
  expect(passes).toBeLessThanOrEqual(
    Math.ceil(seconds / (SLOW_MS / 1000)) * 2 + 2,
  );
  expect(most - before).toBeLessThan(FLAT_MB);
  expect(world.simulator.domains()).toHaveLength(300);
}, 300_000);
