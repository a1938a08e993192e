import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../../sidecar/clock";
import { createBudget } from "../../../sidecar/serverpilot/budget";
import { createRedisLimiter } from "../../../sidecar/trigger/redis";
import { Child } from "../../stack/child";
import { projectDir } from "../../stack/places";
import { until } from "../../stack/until";
import { failsFor } from "./conformance";
import { createRecorder, nudge, urgentNudge } from "./recorder";
import { createRedisWorld, type RedisWorld } from "./redis-world";

let world: RedisWorld;
beforeAll(async () => {
  world = await createRedisWorld();
});
afterEach(() => world.stopSidecars());
afterAll(() => world.stop());

describe("several sidecars on one Redis", () => {
  it("have one run under way and one waiting, whichever of them is nudged", async () => {
    const recorder = createRecorder({ holds: true });
    const lanes = ["a", "b", "c"].map((by) =>
      recorder.join(world.sidecar(), by),
    );
    lanes.forEach((lane, n) => {
      nudge(lane, `from ${n}`);
    });
    const first = await recorder.run(1);
    lanes.forEach((lane, n) => {
      nudge(lane, `again from ${n}`);
    });
    await until("all to be in Redis", () =>
      lanes.every((lane) => lane.state !== "waiting"),
    );
    first.end();
    (await recorder.run(2)).end();
    await delay(400);
    expect(recorder.runs).toHaveLength(2);
    expect(recorder.most()).toBe(1);
  });

  it("have one planned run of a network, not one each", async () => {
    const recorder = createRecorder({
      next: (n) => Date.now() + (n <= 3 ? 200 : 3_600_000),
    });
    const lanes = ["a", "b", "c"].map((by) =>
      recorder.join(world.sidecar(), by),
    );
    const [lane] = lanes;
    if (lane) nudge(lane, "start");
    await recorder.run(4);
    const [first, ...others] = await until("one plan", async () => {
      const views = await Promise.all(lanes.map((one) => one.view()));
      return views.every(({ state }) => state === "idle") ? views : null;
    });
    expect(first?.nextAt).toBeGreaterThan(Date.now() + 60_000);
    for (const view of others) expect(view).toEqual(first);
    expect(recorder.runs.slice(1).map(({ triggers }) => triggers)).toEqual([
      ["schedule"],
      ["schedule"],
      ["schedule"],
    ]);
  });

  it("wait together after a failure of one of them, except for what is urgent", async () => {
    const recorder = createRecorder({
      holds: true,
      atEnd: (n) => {
        if (n <= 2) throw failsFor(3_600_000);
      },
    });
    const lanes = ["a", "b"].map((by) => recorder.join(world.sidecar(), by));
    const [one, other] = lanes;
    if (!one || !other) throw new Error("two sidecars are needed");
    nudge(one, "start");
    (await recorder.run(1)).end();
    await until("the failure", async () => {
      const { nextAt } = await other.view();
      return (nextAt ?? 0) > Date.now() + 3_000_000;
    });
    for (const lane of lanes) nudge(lane, "waits");
    await delay(300);
    expect(recorder.runs).toHaveLength(1);
    urgentNudge(other, "a person");
    const second = await recorder.run(2);
    for (const lane of lanes) urgentNudge(lane, "during the run");
    await delay(100);
    second.end();
    (await recorder.run(3)).end();
    await delay(300);
    expect(recorder.runs).toHaveLength(3);
    expect(recorder.most()).toBe(1);
  });

  it("take over the run of one that died, with its nudges", async () => {
    const recorder = createRecorder();
    const logFile = join(world.dir, "victim.log");
    const victim = Child.start({
      name: "the sidecar to be killed",
      command: process.execPath,
      args: [
        ...["--import", "tsx", join(__dirname, "victim.ts")],
        ...[world.redis.url, recorder.network],
      ],
      cwd: projectDir,
      logFile,
    });
    await until(
      "its run",
      async () => {
        await victim.assertRunning();
        return (await readFile(logFile, "utf8")).includes("running");
      },
      60,
    );
    recorder.join(world.sidecar());
    await victim.kill();
    expect((await recorder.run(1)).nudges).toEqual([
      { trigger: "retry", correlationId: "c" },
    ]);
  });

  it("hand a run over when one of them stops, nudges and all", async () => {
    const recorder = createRecorder({ holds: true });
    const sidecars = [world.sidecar(), world.sidecar()];
    const lanes = sidecars.map((sidecar, n) =>
      recorder.join(sidecar, String(n)),
    );
    lanes.slice(1).forEach((lane) => {
      nudge(lane, "important");
    });
    const first = await recorder.run(1);
    const closing = sidecars[Number(first.by)]?.close();
    await until("the signal", () => first.signal.aborted);
    first.end();
    await closing;
    const second = await recorder.run(2);
    expect(second.by).not.toBe(first.by);
    expect(second.triggers).toEqual(["important"]);
    second.end();
  });

  it("leave a network that they do not know to those that know it", async () => {
    const recorder = createRecorder();
    const knows = world.sidecar();
    for (let n = 0; n < 3; n += 1) world.sidecar();
    const lane = recorder.join(knows, "the one that knows");
    for (let n = 1; n <= 3; n += 1) {
      nudge(lane, `nudge ${n}`);
      await recorder.run(n);
      await delay(600);
    }
    expect(recorder.runs).toHaveLength(3);
  });

  it("forget a network that none of them knows any more", async () => {
    const recorder = createRecorder({ next: () => Date.now() + 300 });
    const [one, other] = [world.sidecar(), world.sidecar()];
    const lane = recorder.join(one);
    nudge(lane, "start");
    await recorder.run(1);
    await lane.stop();
    await until("its jobs to be gone", async () => {
      const keys = await other.link.commands.keys(`*${recorder.network}*`);
      return keys.length === 0;
    });
    expect(one.said).toEqual([]);
  });

  it("share a budget of calls, and count for themselves while Redis is away", async () => {
    const links = [world.sidecar().link, world.sidecar().link];
    const budgets = links.map((link) =>
      createBudget({
        clock: systemClock,
        maxWaitMs: 0,
        limiter: createRedisLimiter(link, 2),
      }),
    );
    await until("the connections", () =>
      links.every(({ commands }) => commands.status === "ready"),
    );
    const [one, other] = budgets;
    await one?.spend("cid");
    await other?.spend("cid");
    await expect(one?.spend("cid")).rejects.toMatchObject({
      reason: "serverpilot-budget-spent",
    });
    links[0]?.close();
    await one?.spend("cid");
    await one?.spend("cid");
    await expect(one?.spend("cid")).rejects.toMatchObject({
      reason: "serverpilot-budget-spent",
    });
  });
});
