import { setTimeout as delay } from "node:timers/promises";
import { TransientError } from "../../../sidecar/errors";
import type { Trigger } from "../../../sidecar/trigger/trigger";
import { until } from "../../stack/until";
import { createRecorder, nudge, urgentNudge } from "./recorder";

/** What every trigger must do, whatever it is made of. `open` gives one that runs two networks at once. */
export function itConforms(open: () => Trigger): void {
  let trigger: Trigger;
  beforeEach(() => {
    trigger = open();
  });
  afterEach(() => trigger.close());

  it("starts a run for the first nudge after a rest at once, and collects those that follow in one more", async () => {
    const recorder = createRecorder({ debounceMs: 500, debounceMaxMs: 500 });
    const lane = recorder.join(trigger);
    const nudgedAt = Date.now();
    nudge(lane, "first");
    const first = await recorder.run(1);
    expect(first.startedAt - nudgedAt).toBeLessThan(400);
    for (const n of [2, 3, 4]) {
      await delay(30);
      nudge(lane, `nudge ${n}`);
    }
    const second = await recorder.run(2);
    expect(second.startedAt - nudgedAt).toBeGreaterThan(400);
    await delay(600);
    expect(recorder.runs).toHaveLength(2);
  });

  it("runs every now and then while nudges keep coming, and once more after the last", async () => {
    const recorder = createRecorder({ debounceMs: 50, debounceMaxMs: 300 });
    const lane = recorder.join(trigger);
    let lastAt = 0;
    const end = Date.now() + 1_500;
    while (Date.now() < end) {
      nudge(lane, "again");
      lastAt = Date.now();
      await delay(20);
    }
    await until(
      "a run after the last nudge",
      () => (recorder.runs.at(-1)?.startedAt ?? 0) >= lastAt,
    );
    expect(recorder.runs.length).toBeGreaterThanOrEqual(3);
    expect(recorder.runs.length).toBeLessThanOrEqual(8);
    expect(recorder.most()).toBe(1);
  });

  it("gives the run all nudges that come in one go, with their correlation ids", async () => {
    const recorder = createRecorder();
    const lane = recorder.join(trigger);
    const asked = [
      { trigger: "mapping.saved", correlationId: "abc" },
      { trigger: "mapping.deleted", correlationId: "def" },
    ];
    for (const one of asked) lane.nudge(one);
    const { nudges, signal } = await recorder.run(1);
    expect(nudges).toEqual(asked);
    expect(signal.aborted).toBe(false);
  });

  it("follows nudges during a run with exactly one more run, after it", async () => {
    const recorder = createRecorder({ holds: true });
    const lane = recorder.join(trigger);
    nudge(lane, "first");
    const first = await recorder.run(1);
    nudge(lane, "second");
    await delay(50);
    nudge(lane, "third");
    await delay(50);
    expect(lane.state).toBe("running");
    first.end();
    (await recorder.run(2)).end();
    await delay(300);
    expect(recorder.runs).toHaveLength(2);
    expect(recorder.most()).toBe(1);
  });

  it("loses no nudge, however near to the end of a run it comes", async () => {
    const recorder = createRecorder({ debounceMs: 0, debounceMaxMs: 0 });
    const lane = recorder.join(trigger);
    for (let n = 1; n <= 40; n += 1) {
      const before = recorder.runs.length;
      nudge(lane, `nudge ${n}`);
      await until(`nudge ${n}`, () => recorder.runs.length > before);
      // Now the run ends, and the next nudge comes at the same time.
    }
    expect(recorder.most()).toBe(1);
  });

  it("runs again when the run says so", async () => {
    const recorder = createRecorder({
      next: (n) => (n < 3 ? Date.now() + 150 : null),
    });
    nudge(recorder.join(trigger), "start");
    await recorder.run(3);
    expect(recorder.runs.map(({ triggers }) => triggers)).toEqual([
      ["start"],
      ["schedule"],
      ["schedule"],
    ]);
  });

  it("runs again however soon the run wants it", async () => {
    const recorder = createRecorder({
      next: (n) => (n < 150 ? Date.now() + (n % 3) : null),
    });
    nudge(recorder.join(trigger), "start");
    await recorder.run(150);
    expect(recorder.most()).toBe(1);
  });

  it("has one planned run: the one that the last run asked for", async () => {
    const recorder = createRecorder({
      next: (n) => Date.now() + (n === 1 ? 600 : 3_600_000),
    });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    await recorder.run(1);
    await delay(200);
    nudge(lane, "in between");
    await recorder.run(2);
    await delay(800);
    expect(recorder.runs).toHaveLength(2);
  });

  it("runs at once for a nudge although the next run is planned for much later", async () => {
    const recorder = createRecorder({ next: () => Date.now() + 3_600_000 });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    await recorder.run(1);
    const planned = await until("the plan", async () => {
      const view = await lane.view();
      return view.nextAt !== null && view.state === "idle" ? view : null;
    });
    expect(planned.nextAt).toBeGreaterThan(Date.now() + 3_000_000);
    nudge(lane, "now");
    await recorder.run(2);
    expect(recorder.runs[1]?.triggers).toEqual(["now"]);
  });

  it("tries again what failed, later and later, with the nudges of the run that failed", async () => {
    const recorder = createRecorder({
      firstRetryMs: 100,
      atEnd: (n) => {
        if (n <= 3) throw new TransientError("lock-held");
      },
    });
    nudge(recorder.join(trigger), "start");
    await recorder.run(4);
    expect(recorder.runs.map(({ triggers }) => triggers)).toEqual(
      Array(4).fill(["start"]),
    );
    const bounds = [50, 100, 200];
    expect(recorder.waits).toHaveLength(3);
    recorder.waits.forEach((waitMs, n) => {
      expect(waitMs).toBeGreaterThanOrEqual(bounds[n] ?? NaN);
      expect(waitMs).toBeLessThanOrEqual(2 * (bounds[n] ?? NaN));
    });
  });

  it("counts failures from the start after a run that succeeded", async () => {
    const recorder = createRecorder({
      firstRetryMs: 100,
      atEnd: (n) => {
        if (n !== 3 && n < 5) throw new TransientError("lock-held");
      },
    });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    await recorder.run(3);
    await delay(200);
    nudge(lane, "again");
    await recorder.run(5);
    expect(recorder.waits[2]).toBeLessThanOrEqual(100);
  });

  it("makes one run of all nudges that come before a failed run is tried again, and waits for its time", async () => {
    const recorder = createRecorder({
      holds: true,
      atEnd: (n) => {
        if (n === 1) throw failsFor(800);
      },
      next: () => Date.now() + 3_600_000,
    });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    const first = await recorder.run(1);
    nudge(lane, "during the run");
    await delay(50);
    first.end();
    await until("the failure", () => recorder.errors.length > 0);
    const failedAt = Date.now();
    nudge(lane, "after the run");
    await until("the view", async () => {
      const { state, nextAt } = await lane.view();
      return state === "idle" && (nextAt ?? 0) > failedAt + 500;
    });
    const second = await recorder.run(2);
    expect(second.startedAt).toBeGreaterThan(failedAt + 700);
    recorder.release();
    await delay(400);
    expect(recorder.runs).toHaveLength(2);
    expect(recorder.most()).toBe(1);
  });

  it("lets an urgent nudge run at once although the others wait after a failure", async () => {
    const recorder = createRecorder({
      atEnd: (n) => {
        if (n === 1) throw failsFor(3_600_000);
      },
    });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    await until("the wait after the failure", async () => {
      const { state, nextAt } = await lane.view();
      return state === "idle" && (nextAt ?? 0) > Date.now() + 3_000_000;
    });
    nudge(lane, "waits");
    urgentNudge(lane, "a person");
    await recorder.run(2);
    await delay(300);
    expect(recorder.runs).toHaveLength(2);
  });

  it("lets an urgent nudge that comes during a run that fails run at once after it", async () => {
    const recorder = createRecorder({
      holds: true,
      atEnd: (n) => {
        if (n === 1) throw failsFor(3_600_000);
      },
    });
    const lane = recorder.join(trigger);
    nudge(lane, "start");
    const first = await recorder.run(1);
    urgentNudge(lane, "a person");
    await delay(50);
    nudge(lane, "another");
    await delay(50);
    first.end();
    (await recorder.run(2)).end();
    await delay(300);
    expect(recorder.runs).toHaveLength(2);
  });

  it("tells of an error that the run did not expect, and goes on", async () => {
    const recorder = createRecorder({
      longestRetryMs: 200,
      atEnd: (n) => {
        if (n === 1) throw new TypeError("a bug");
      },
    });
    nudge(recorder.join(trigger), "start");
    await recorder.run(2);
    expect(recorder.errors).toEqual([new TypeError("a bug")]);
  });

  it("shows a lane that waits, runs and rests", async () => {
    const recorder = createRecorder({
      holds: true,
      debounceMs: 1_000,
      debounceMaxMs: 1_000,
      next: () => Date.now() + 3_600_000,
    });
    const lane = recorder.join(trigger);
    const shown = (state: string) =>
      until(`the state ${state}`, async () => {
        const view = await lane.view();
        return view.state === state ? view : null;
      });
    nudge(lane, "start");
    const run = await recorder.run(1);
    expect(await shown("running")).toEqual({ state: "running", nextAt: null });
    run.end();
    expect((await shown("idle")).nextAt).toBeGreaterThan(Date.now() + 60_000);
    nudge(lane, "soon after");
    expect((await shown("waiting")).nextAt).toBeGreaterThan(run.startedAt);
    (await recorder.run(2)).end();
    await shown("idle");
  });

  it("lets networks run at once up to its limit, and the others in their turn", async () => {
    let now = 0;
    let most = 0;
    const recorders = Array.from({ length: 5 }, () =>
      createRecorder({
        holds: true,
        atEnd: () => {
          now -= 1;
        },
        onBegin: () => {
          now += 1;
          most = Math.max(most, now);
        },
      }),
    );
    for (const recorder of recorders) nudge(recorder.join(trigger), "start");
    const waiting = new Set(recorders);
    while (waiting.size > 0) {
      const begun = await until("a network's turn", () => {
        const found = [...waiting].find(({ runs }) => runs.length > 0);
        return found ?? null;
      });
      if (waiting.size > 1)
        await until("a second one", () => now === 2 || waiting.size === 1);
      waiting.delete(begun);
      begun.release();
    }
    expect(most).toBe(2);
  });

  it("stops: tells the run under way, waits for it and starts no other", async () => {
    const recorder = createRecorder({ holds: true });
    const lane = recorder.join(trigger);
    nudge(lane, "first");
    const first = await recorder.run(1);
    nudge(lane, "second");
    let stopped = false;
    const stopping = Promise.all([lane.stop(), trigger.close()]).then(() => {
      stopped = true;
    });
    await until("the signal", () => first.signal.aborted);
    expect(stopped).toBe(false);
    first.end();
    await stopping;
    nudge(lane, "third");
    expect(recorder.runs).toHaveLength(1);
  });
}

/** A failure of the other side that wants to be left alone for so long. */
export function failsFor(retryAfterMs: number): TransientError {
  return new TransientError("serverpilot-rate-limited", {}, { retryAfterMs });
}
