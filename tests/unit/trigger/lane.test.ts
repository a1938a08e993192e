import { createLimit } from "../../../sidecar/concurrency";
import { Lane } from "../../../sidecar/trigger/lane";
import type { LaneOptions } from "../../../sidecar/trigger/trigger";
import { createFakeClock } from "../fake-clock";

function setUp(options: Partial<LaneOptions> = {}) {
  const clock = createFakeClock();
  const runs: string[][] = [];
  const errors: unknown[] = [];
  let finish: (() => void) | null = null;
  const lane = new Lane({
    clock,
    debounceMs: 200,
    debounceMaxMs: 1000,
    retryMs: 5000,
    onError: (error) => errors.push(error),
    run: async (nudges) => {
      runs.push(nudges.map(({ trigger }) => trigger));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return null;
    },
    ...options,
  });
  const nudge = (trigger: string): void => {
    lane.nudge({ trigger, correlationId: "" });
  };
  return { clock, lane, runs, errors, nudge, finish: () => finish?.() };
}

test("many nudges in a burst become one run that carries them all", async () => {
  const { clock, runs, nudge } = setUp();
  nudge("one");
  await clock.advance(150);
  nudge("two");
  await clock.advance(150);
  expect(runs).toEqual([]);
  await clock.advance(50);
  expect(runs).toEqual([["one", "two"]]);
});

test("a stream of nudges cannot put the run off for longer than the maximum", async () => {
  const { clock, runs, nudge } = setUp();
  for (let elapsed = 0; elapsed < 1000; elapsed += 100) {
    nudge(`at ${elapsed}`);
    await clock.advance(100);
  }
  expect(runs).toHaveLength(1);
});

test("nudges during a run lead to exactly one more run, which starts after it", async () => {
  const { clock, runs, nudge, finish, lane } = setUp();
  nudge("first");
  await clock.advance(200);
  nudge("second");
  nudge("third");
  await clock.advance(10_000);
  expect(runs).toEqual([["first"]]);
  expect(lane.state).toBe("running");
  finish();
  await clock.advance(0);
  expect(runs).toEqual([["first"], ["second", "third"]]);
});

test("a run decides when the next one is due", async () => {
  const clock = createFakeClock();
  let count = 0;
  const { nudge } = setUp({
    clock,
    run: () => {
      count += 1;
      return Promise.resolve(clock.now() + 60_000);
    },
  });
  nudge("start");
  await clock.advance(200);
  expect(count).toBe(1);
  await clock.advance(59_999);
  expect(count).toBe(1);
  await clock.advance(1);
  expect(count).toBe(2);
});

test("an unexpected error is reported and the lane goes on", async () => {
  let count = 0;
  const clock = createFakeClock();
  const { nudge, errors } = setUp({
    clock,
    run: () => {
      count += 1;
      return Promise.reject(new TypeError("a bug"));
    },
  });
  nudge("start");
  await clock.advance(200);
  expect(errors).toHaveLength(1);
  await clock.advance(5000);
  expect(count).toBe(2);
});

test("after stop no run starts, and stop waits for the one under way", async () => {
  const { clock, lane, nudge, runs, finish } = setUp();
  nudge("first");
  await clock.advance(200);
  nudge("second");
  let stopped = false;
  const stopping = lane.stop().then(() => {
    stopped = true;
  });
  await clock.advance(1000);
  expect(stopped).toBe(false);
  finish();
  await stopping;
  await clock.advance(100_000);
  expect(runs).toEqual([["first"]]);
});

test("lanes that share a limit run one after the other, in the order in which they fell due", async () => {
  const clock = createFakeClock();
  const limit = createLimit(1);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const lanes = ["a", "b", "c"].map(
    (id) =>
      new Lane(
        {
          ...{ clock, debounceMs: 10, debounceMaxMs: 10, retryMs: 1000 },
          onError: (error) => {
            throw error;
          },
          run: async (nudges) => {
            started.push(`${id}:${nudges.length}`);
            await new Promise<void>((resolve) => ends.set(id, resolve));
            return null;
          },
        },
        limit,
      ),
  );
  for (const lane of lanes) lane.nudge({ trigger: "one", correlationId: "" });
  await clock.advance(10);
  expect(lanes.map(({ state }) => state)).toEqual([
    "running",
    "waiting",
    "waiting",
  ]);
  lanes[1]?.nudge({ trigger: "while it waits", correlationId: "" });
  for (const id of ["a", "b", "c"]) {
    ends.get(id)?.();
    await clock.advance(0);
  }
  expect(started).toEqual(["a:1", "b:2", "c:1"]);
});

test("a lane that is stopped while it waits for its turn does not run", async () => {
  const { clock, lane, nudge, runs } = setUp();
  const limit = createLimit(1);
  let free = (): void => undefined;
  void limit(() => new Promise<void>((resolve) => (free = resolve)));
  const waiting = new Lane(
    {
      ...{ clock, debounceMs: 10, debounceMaxMs: 10, retryMs: 1000 },
      onError: (error) => {
        throw error;
      },
      run: () => {
        runs.push(["ran"]);
        return Promise.resolve(null);
      },
    },
    limit,
  );
  waiting.nudge({ trigger: "one", correlationId: "" });
  await clock.advance(10);
  const stopping = waiting.stop();
  free();
  await stopping;
  nudge("the other one still works");
  await clock.advance(200);
  expect(runs).toEqual([["the other one still works"]]);
  expect(lane.state).toBe("running");
});

test("rest forgets a planned run, but not one that a nudge wants", async () => {
  const { clock, lane, nudge, runs } = setUp();
  lane.runAt(clock.now() + 1000);
  lane.rest();
  expect(lane.nextAt).toBeNull();
  nudge("wanted");
  lane.rest();
  await clock.advance(2000);
  expect(runs).toEqual([["wanted"]]);
});
