import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../sidecar/clock";
import { createBudget } from "../../../sidecar/serverpilot/budget";
import { createRedisLimiter } from "../../../sidecar/serverpilot/redis-limiter";
import { Child } from "../../stack/child";
import { projectDir } from "../../stack/places";
import { until } from "../../stack/until";
import { createRecorder, nudge } from "./recorder";
import { createRedisWorld, type RedisWorld } from "./redis-world";

let world: RedisWorld;
beforeAll(async () => {
  world = await createRedisWorld();
});
afterEach(() => world.stopSidecars());
afterAll(() => world.stop());

describe("several sidecars on one Redis", () => {
  it("collapse their nudges of one network into one run of one of them", async () => {
    const recorder = createRecorder({ holds: true });
    const lanes = ["a", "b", "c"].map((by) =>
      recorder.join(world.sidecar(), by),
    );
    lanes.forEach((lane, n) => {
      nudge(lane, `from ${n}`);
    });
    const first = await recorder.run(1);
    expect(first.triggers.sort()).toEqual(["from 0", "from 1", "from 2"]);
    lanes.forEach((lane, n) => {
      nudge(lane, `again from ${n}`);
    });
    await until("all to be in Redis", () =>
      lanes.every((lane) => lane.state !== "waiting"),
    );
    first.end();
    const second = await recorder.run(2);
    expect(second.triggers).toHaveLength(3);
    second.end();
    expect(recorder.most()).toBe(1);
  });

  it("have one planned run of a network, not one each", async () => {
    const recorder = createRecorder({
      next: (n) => Date.now() + (n <= 3 ? 200 : 3_600_000),
    });
    const lanes = ["a", "b", "c"].map((by) =>
      recorder.join(world.sidecar(), by),
    );
    for (const lane of lanes) nudge(lane, "start");
    await recorder.run(4);
    const [first, ...others] = await until("one plan", async () => {
      const views = await Promise.all(lanes.map((lane) => lane.view()));
      return views.every(({ nextAt }) => nextAt !== null) ? views : null;
    });
    for (const view of others) expect(view).toEqual(first);
    expect(recorder.runs.slice(1).map(({ triggers }) => triggers)).toEqual([
      ["schedule"],
      ["schedule"],
      ["schedule"],
    ]);
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
      expect.objectContaining({
        trigger: "retry",
        correlationId: "c",
        names: ["a.example"],
      }),
    ]);
  });

  it("hand a run over when one of them stops, nudges and all", async () => {
    const recorder = createRecorder({ holds: true });
    const sidecars = [world.sidecar(), world.sidecar()];
    const lanes = sidecars.map((sidecar, n) =>
      recorder.join(sidecar, String(n)),
    );
    for (const lane of lanes.slice(1)) nudge(lane, "important");
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

  it("pass on a network that they do not know", async () => {
    const recorder = createRecorder();
    const knows = world.sidecar();
    for (let n = 0; n < 3; n += 1) world.sidecar();
    const lane = recorder.join(knows, "the one that knows");
    for (let n = 1; n <= 3; n += 1) {
      nudge(lane, `nudge ${n}`);
      await until(
        `nudge ${n}`,
        () =>
          recorder.runs.some(({ triggers }) => triggers.includes(`nudge ${n}`)),
        40,
      );
    }
  });

  it("plan again what Redis has forgotten", async () => {
    const recorder = createRecorder({ next: () => Date.now() + 3_600_000 });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await until("the plan", async () => (await lane.view()).nextAt !== null);
    await sidecar.link.commands.flushall();
    expect((await recorder.run(2)).triggers).toEqual(["resync"]);
  });

  it("run again at once when Redis has forgotten all in the middle of a run: there may have been nudges", async () => {
    const recorder = createRecorder({
      holds: true,
      next: () => Date.now() + 3_600_000,
    });
    const sidecar = world.sidecar();
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    const first = await recorder.run(1);
    nudge(lane, "to be forgotten");
    await until("it to be in Redis", () => lane.state === "running");
    await sidecar.link.commands.flushall();
    first.end();
    (await recorder.run(2)).end();
    expect(recorder.most()).toBe(1);
  });

  it("find a nudge whose sidecar died before it planned the run", async () => {
    const recorder = createRecorder({ next: () => Date.now() + 3_600_000 });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await until("the plan", async () => (await lane.view()).nextAt !== null);
    const lost = { trigger: "lost", correlationId: "", at: Date.now() };
    await sidecar.link.commands.rpush(
      `{domain-bridge}:asked:pass:${recorder.network}`,
      JSON.stringify(lost),
    );
    expect((await recorder.run(2)).triggers).toContain("lost");
  });

  it("share a budget of calls, and count for themselves while Redis is away", async () => {
    const links = [world.sidecar().link, world.sidecar().link];
    const budgets = links.map((link) =>
      createBudget({
        ...{ clock: systemClock, maxWaitMs: 0 },
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
