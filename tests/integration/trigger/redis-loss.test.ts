import { setTimeout as delay } from "node:timers/promises";
import type { WorkLane } from "../../../sidecar/trigger/trigger";
import { until } from "../../stack/until";
import { failsFor } from "./conformance";
import { createRecorder, nudge, type Recorder } from "./recorder";
import {
  createRedisWorld,
  type RedisWorld,
  type TriggerOfSidecar,
} from "./redis-world";

const LATER = (): number => Date.now() + 3_600_000;

let world: RedisWorld;
beforeAll(async () => {
  world = await createRedisWorld();
});
afterEach(async () => {
  await world.stopSidecars();
  await world.flush();
});
afterAll(() => world.stop());

/** A moment in a lane's life at which Redis loses something. */
interface Moment {
  recorder: Recorder;
  sidecar: TriggerOfSidecar;
  lane: WorkLane;
  /** How many runs there have to be, for a nudge waits for the last of them. */
  runs: number;
}

const moments: Record<string, () => Promise<Moment>> = {
  async "while a lane rests"() {
    const recorder = createRecorder({ next: LATER });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await until("the plan", () => isWell(lane));
    return { recorder, sidecar, lane, runs: 1 };
  },
  async "while a run waits for its time"() {
    const recorder = createRecorder({ debounceMs: 400, next: LATER });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await until("the plan", () => isWell(lane));
    nudge(lane, "waits");
    await until("it to be in Redis", () => lane.state === "idle");
    return { recorder, sidecar, lane, runs: 2 };
  },
  async "during a run, with another one waiting"() {
    const recorder = createRecorder({ holds: true, next: LATER });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    await delay(10);
    nudge(lane, "waits");
    await delay(50);
    return { recorder, sidecar, lane, runs: 2 };
  },
  async "during a run that fails"() {
    const recorder = createRecorder({
      holds: true,
      next: LATER,
      atEnd: (n) => {
        if (n === 1) throw failsFor(500);
      },
    });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await recorder.run(1);
    return { recorder, sidecar, lane, runs: 2 };
  },
  async "after a run that failed"() {
    const recorder = createRecorder({
      next: LATER,
      atEnd: (n) => {
        if (n === 1) throw failsFor(1_000);
      },
    });
    const sidecar = world.sidecar({ checkMs: 200 });
    const lane = recorder.join(sidecar);
    nudge(lane, "start");
    await until("the failure", () => recorder.errors.length > 0);
    await delay(50);
    return { recorder, sidecar, lane, runs: 2 };
  },
};

/** Whether a lane is at rest and its next run is planned. */
async function isWell(lane: WorkLane): Promise<boolean> {
  const { state, nextAt } = await lane.view();
  return state === "idle" && nextAt !== null && nextAt > Date.now() + 60_000;
}

async function expectRecovery(
  { recorder, sidecar, lane, runs }: Moment,
  what: string,
): Promise<void> {
  recorder.release();
  await until(`a run without ${what}`, () => recorder.runs.length >= runs);
  await until(`rest without ${what}`, () => isWell(lane));
  const atRest = recorder.runs.length;
  nudge(lane, "afterwards");
  await until(`a run after ${what}`, () => recorder.runs.length > atRest);
  await until(`rest after ${what}`, () => isWell(lane));
  expect(recorder.most()).toBe(1);
  expect(sidecar.said.join()).not.toContain("away");
}

/** The same key of another network or job has the same name here. */
function kindOf(key: string): string {
  return key.replace(/[0-9a-f-]{36}/g, "ID").replace(/network-\d+/g, "NETWORK");
}

describe.each(Object.entries(moments))(
  "a Redis that loses something %s",
  (_, reach) => {
    it("has everything back after it lost all", async () => {
      const moment = await reach();
      await world.flush();
      await expectRecovery(moment, "everything");
    });

    it("has everything back, whichever key it lost", async () => {
      const lost = new Set<string>();
      for (;;) {
        const moment = await reach();
        const { commands } = moment.sidecar.link;
        const keys = await commands.keys("*");
        const key = keys.find((one) => !lost.has(kindOf(one)));
        if (key !== undefined) await commands.del(key);
        await expectRecovery(moment, key ?? "nothing");
        await world.stopSidecars();
        await world.flush();
        if (key === undefined) break;
        lost.add(kindOf(key));
      }
      expect(lost.size).toBeGreaterThan(5);
    }, 120_000);
  },
);
