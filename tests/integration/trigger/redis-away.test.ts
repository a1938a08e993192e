import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../stack/until";
import { createRecorder, nudge } from "./recorder";
import { createRedisWorld, type RedisWorld } from "./redis-world";

const LATER = (): number => Date.now() + 3_600_000;
const AWAY = "Redis is away: this sidecar works on its own until it is back";
const BACK = "Redis is back";

let world: RedisWorld;
afterEach(() => world.stop());

describe("a Redis that is away", () => {
  it("at the start: each sidecar works on its own, and shares when it comes", async () => {
    world = await createRedisWorld({ running: false });
    const recorder = createRecorder({ next: LATER });
    const sidecars = [world.sidecar(), world.sidecar()];
    const lanes = sidecars.map((sidecar, n) =>
      recorder.join(sidecar, String(n)),
    );
    for (const lane of lanes) nudge(lane, "start");
    await until("both to run", () =>
      ["0", "1"].every((who) => recorder.runs.some(({ by }) => by === who)),
    );
    await world.redis.start();
    await until("both to notice", () =>
      sidecars.every(({ said }) => said.includes(BACK)),
    );
    const shared = await until("one plan for both", async () => {
      const [one, other] = await Promise.all(lanes.map((lane) => lane.view()));
      const planned = one?.state === "idle" && one.nextAt !== null;
      return planned && one.nextAt === other?.nextAt ? one : null;
    });
    expect(shared.nextAt).toBeGreaterThan(Date.now() + 60_000);
    for (const { said } of sidecars) expect(said).toEqual([AWAY, BACK]);
  });

  it("for good: planned runs go on, and stopping does not wait for it", async () => {
    world = await createRedisWorld();
    const recorder = createRecorder({ next: () => Date.now() + 100 });
    const sidecar = world.sidecar({ checkMs: 100 });
    nudge(recorder.join(sidecar), "start");
    await recorder.run(1);
    await world.redis.kill();
    await until("the sidecar to notice", () => sidecar.said.includes(AWAY));
    const before = recorder.runs.length;
    await recorder.run(before + 3);
    await sidecar.close();
    expect(sidecar.said).toEqual([AWAY]);
  });

  it("later, having forgotten everything: no nudge is lost, and the plan is made again", async () => {
    world = await createRedisWorld();
    const recorder = createRecorder({ next: LATER });
    const sidecar = world.sidecar();
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await world.redis.kill();
    nudge(lane, "while it is away");
    await until("the nudge", () =>
      recorder.runs.some(({ triggers }) =>
        triggers.includes("while it is away"),
      ),
    );
    await world.redis.start();
    await until("the plan", async () => {
      const view = await lane.view();
      return (
        sidecar.said.includes(BACK) && view.state === "idle" && view.nextAt
      );
    });
    expect(recorder.runs.at(-1)?.triggers).toEqual(["resync"]);
    nudge(lane, "afterwards");
    await until("the nudge afterwards", () =>
      recorder.runs.some(({ triggers }) => triggers.includes("afterwards")),
    );
    expect(sidecar.said).toEqual([AWAY, BACK]);
    expect(recorder.most()).toBe(1);
  });

  it("in the middle of a run, remembering everything: the run is not repeated beside itself", async () => {
    world = await createRedisWorld({ remembers: true });
    const recorder = createRecorder({ holds: true, next: LATER });
    const sidecar = world.sidecar({ checkMs: 300 });
    const lane = recorder.join(sidecar);
    nudge(lane, "first");
    const first = await recorder.run(1);
    await world.redis.kill();
    nudge(lane, "during the run");
    await until("the sidecar to notice", () => sidecar.said.includes(AWAY));
    first.end();
    const second = await recorder.run(2);
    expect(second.triggers).toEqual(["during the run"]);
    await world.redis.start();
    await until("the sidecar to notice", () => sidecar.said.includes(BACK));
    recorder.release();
    await until("the plan", async () => {
      const { state, nextAt } = await lane.view();
      return (
        state === "idle" && nextAt !== null && nextAt > Date.now() + 60_000
      );
    });
    expect(recorder.most()).toBe(1);
    expect(recorder.errors).toEqual([]);
  });

  it("by being full: each sidecar works on its own until there is room again", async () => {
    world = await createRedisWorld();
    const recorder = createRecorder({ next: LATER });
    const sidecar = world.sidecar();
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await world.set("maxmemory", "1");
    nudge(lane, "while it is full");
    await until("the nudge", () =>
      recorder.runs.some(({ triggers }) =>
        triggers.includes("while it is full"),
      ),
    );
    await delay(3_000);
    expect(sidecar.said).toEqual([AWAY]);
    await world.set("maxmemory", "0");
    await until("the sidecar to notice", () => sidecar.said.includes(BACK));
    expect(sidecar.said).toEqual([AWAY, BACK]);
  });

  it("without a word: nobody waits for it for long", async () => {
    world = await createRedisWorld();
    const recorder = createRecorder({ next: LATER });
    const sidecar = world.sidecar({ checkMs: 300 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    world.redis.freeze(true);
    nudge(lane, "while it says nothing");
    await until("the nudge", () =>
      recorder.runs.some(({ triggers }) =>
        triggers.includes("while it says nothing"),
      ),
    );
    world.redis.freeze(false);
    await until("the sidecar to notice", () => sidecar.said.includes(BACK));
    nudge(lane, "afterwards");
    await until("the nudge afterwards", () =>
      recorder.runs.some(({ triggers }) => triggers.includes("afterwards")),
    );
    // The job's lock ran out meanwhile, of which BullMQ speaks when Redis is back; that is no news.
    expect(sidecar.said).toEqual([AWAY, BACK]);
  });
});

describe("the memory of Redis", () => {
  const ADVICE =
    "Redis may drop jobs when its memory is full: set its maxmemory-policy to noeviction";

  it("is warned of at the start where keys may be dropped from it", async () => {
    // BullMQ says so too, on the console.
    jest.spyOn(console, "warn").mockImplementation(() => undefined);
    world = await createRedisWorld();
    await world.set("maxmemory-policy", "allkeys-lru");
    const sidecar = world.sidecar();
    await until("the warning", () => sidecar.said.length > 0);
    expect(sidecar.said).toEqual([ADVICE]);
  });

  it("is not spoken of otherwise", async () => {
    world = await createRedisWorld();
    const recorder = createRecorder();
    const sidecar = world.sidecar();
    nudge(recorder.join(sidecar), "start");
    await recorder.run(1);
    expect(sidecar.said).toEqual([]);
  });
});
