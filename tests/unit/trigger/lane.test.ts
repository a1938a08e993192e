import { createLimit } from "../../../sidecar/concurrency";
import { TransientError } from "../../../sidecar/errors";
import { Lane } from "../../../sidecar/trigger/in-process";
import type { LaneOptions } from "../../../sidecar/trigger/trigger";
import { createFakeClock } from "../fake-clock";

/** A lane on a fake clock whose runs wait for `finish`, unless `run` is given. */
function setUp(options: Partial<LaneOptions> = {}) {
  const clock = createFakeClock();
  const runs: string[][] = [];
  const waits: number[] = [];
  let finish: ((error?: Error) => void) | null = null;
  const lane = new Lane({
    clock,
    debounceMs: 200,
    debounceMaxMs: 1000,
    firstRetryMs: 1000,
    longestRetryMs: 300_000,
    onFailure: (_error, waitMs) => waits.push(waitMs),
    run: async (nudges) => {
      runs.push(nudges.map(({ trigger }) => trigger));
      await new Promise<void>((resolve, reject) => {
        finish = (error) => {
          if (error) reject(error);
          else resolve();
        };
      });
      return null;
    },
    ...options,
  });
  const nudge = (trigger: string, urgent = false): void => {
    lane.nudge({ trigger, correlationId: "", urgent });
  };
  /** Ends the run under way, and lets what follows at once happen. */
  const end = async (error?: Error): Promise<void> => {
    finish?.(error);
    await clock.advance(0);
  };
  return { clock, lane, runs, waits, nudge, end };
}

const busy = (retryAfterMs: number): TransientError =>
  new TransientError("serverpilot-rate-limited", {}, { retryAfterMs });

test("the first nudge after a rest starts its run at once, with all that come in the same turn", async () => {
  const { clock, runs, nudge } = setUp();
  nudge("one");
  nudge("two");
  await clock.advance(0);
  expect(runs).toEqual([["one", "two"]]);
});

test("nudges that follow within the debounce are collected in one more run", async () => {
  const { clock, runs, nudge, end } = setUp();
  nudge("first");
  await clock.advance(50);
  await end();
  nudge("two");
  await clock.advance(100);
  nudge("three");
  await clock.advance(49);
  expect(runs).toEqual([["first"]]);
  await clock.advance(1);
  expect(runs).toEqual([["first"], ["two", "three"]]);
});

test("nudges during a run lead to exactly one more run, which starts after it", async () => {
  const { clock, runs, nudge, end, lane } = setUp();
  nudge("first");
  await clock.advance(0);
  nudge("second");
  nudge("third");
  await clock.advance(10_000);
  expect(runs).toEqual([["first"]]);
  expect(lane.state).toBe("running");
  await end();
  expect(runs).toEqual([["first"], ["second", "third"]]);
  await end();
  await clock.advance(10_000);
  expect(runs).toHaveLength(2);
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
  await clock.advance(0);
  expect(count).toBe(1);
  await clock.advance(59_999);
  expect(count).toBe(1);
  await clock.advance(1);
  expect(count).toBe(2);
});

describe("after a run that failed", () => {
  test("nudges wait for the next try, and are one run with what it was about", async () => {
    const { clock, runs, waits, nudge, end, lane } = setUp();
    nudge("first");
    await clock.advance(0);
    nudge("during the run");
    await end(busy(60_000));
    expect(waits).toEqual([60_000]);
    nudge("afterwards");
    await clock.advance(59_999);
    expect(runs).toHaveLength(1);
    expect(await lane.view()).toEqual({
      state: "idle",
      nextAt: clock.now() + 1,
    });
    await clock.advance(1);
    expect(runs).toEqual([
      ["first"],
      ["first", "during the run", "afterwards"],
    ]);
    await end();
    await clock.advance(60_000);
    expect(runs).toHaveLength(2);
  });

  test("an urgent nudge does not wait, and takes those that do with it", async () => {
    const { clock, runs, nudge, end } = setUp();
    nudge("first");
    await clock.advance(0);
    await end(busy(60_000));
    nudge("waits");
    nudge("a person", true);
    await clock.advance(0);
    expect(runs[1]).toEqual(["first", "waits", "a person"]);
    await end();
    await clock.advance(60_000);
    expect(runs).toHaveLength(2);
  });

  test("an urgent nudge that came during it runs at once", async () => {
    const { clock, runs, nudge, end } = setUp();
    nudge("first");
    await clock.advance(0);
    nudge("a person", true);
    await end(busy(60_000));
    expect(runs).toHaveLength(2);
  });

  test("nothing waits longer because the clock was put back", async () => {
    const { clock, runs, nudge, end } = setUp();
    const real = clock.now.bind(clock);
    nudge("first");
    await clock.advance(0);
    await end(busy(60_000));
    clock.now = () => real() - 3_600_000;
    nudge("afterwards");
    await clock.advance(60_000);
    expect(runs).toHaveLength(2);
  });

  test("an unexpected error waits longest, and the lane goes on", async () => {
    const { clock, runs, waits, nudge, end } = setUp();
    nudge("start");
    await clock.advance(0);
    await end(new TypeError("a bug"));
    expect(waits[0]).toBeGreaterThanOrEqual(150_000);
    await clock.advance(300_000);
    expect(runs).toHaveLength(2);
  });
});

test("a nudge does not wait for a timer that a clock put forward has overtaken", async () => {
  const { clock, lane, runs, nudge } = setUp();
  lane.runAt(clock.now() + 60_000);
  const real = clock.now.bind(clock);
  clock.now = () => real() + 3_600_000;
  nudge("manual", true);
  await clock.advance(0);
  expect(runs).toEqual([["manual"]]);
});

test("after stop no run starts, and stop waits for the one under way", async () => {
  const { clock, lane, nudge, runs, end } = setUp();
  nudge("first");
  await clock.advance(0);
  nudge("second");
  let stopped = false;
  const stopping = lane.stop().then(() => {
    stopped = true;
  });
  await clock.advance(1000);
  expect(stopped).toBe(false);
  await end();
  await stopping;
  await clock.advance(100_000);
  expect(runs).toEqual([["first"]]);
});

/** Lanes that share one place, and what was started in which order. */
function setUpSharing(ids: readonly string[]) {
  const clock = createFakeClock();
  const limit = createLimit(1);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const lanes = ids.map(
    (id) =>
      new Lane(
        {
          clock,
          debounceMs: 10,
          debounceMaxMs: 10,
          firstRetryMs: 1000,
          longestRetryMs: 1000,
          onFailure(error) {
            throw error;
          },
          async run(nudges) {
            started.push(`${id}:${nudges.length}`);
            await new Promise<void>((resolve) => ends.set(id, resolve));
            return null;
          },
        },
        limit,
      ),
  );
  for (const lane of lanes) lane.nudge({ trigger: "one", correlationId: "" });
  const end = async (id: string): Promise<void> => {
    ends.get(id)?.();
    await clock.advance(0);
  };
  return { clock, lanes, started, end };
}

test("lanes that share a limit run one after the other, in the order in which they fell due", async () => {
  const { clock, lanes, started, end } = setUpSharing(["a", "b", "c"]);
  await clock.advance(0);
  expect(lanes.map(({ state }) => state)).toEqual([
    "running",
    "waiting",
    "waiting",
  ]);
  lanes[1]?.nudge({ trigger: "while it waits", correlationId: "" });
  for (const id of ["a", "b", "c"]) await end(id);
  expect(started).toEqual(["a:1", "b:2", "c:1"]);
});

test("a lane that is stopped while it waits for its turn does not run", async () => {
  const { clock, lanes, started, end } = setUpSharing(["a", "b", "c"]);
  await clock.advance(0);
  const stopping = lanes[1]?.stop();
  await end("a");
  await stopping;
  expect(started).toEqual(["a:1", "c:1"]);
});

test("rest forgets a planned run, but not one that a nudge wants", async () => {
  const { clock, lane, nudge, runs, end } = setUp();
  lane.runAt(clock.now() + 1000);
  expect((await lane.view()).nextAt).toBe(clock.now() + 1000);
  lane.rest();
  expect((await lane.view()).nextAt).toBeNull();
  nudge("first");
  await clock.advance(0);
  await end();
  nudge("wanted");
  lane.rest();
  await clock.advance(2000);
  expect(runs).toEqual([["first"], ["wanted"]]);
});
