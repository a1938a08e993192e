import type { Trigger } from "../../../sidecar/trigger/trigger";
import { until } from "../../stack/until";
import { createRecorder, nudge } from "./recorder";

/** What every trigger must do, whatever it is made of. `open` gives one that runs two networks at once. */
export function itConforms(open: () => Trigger): void {
  let trigger: Trigger;
  beforeEach(() => {
    trigger = open();
  });
  afterEach(() => trigger.close());

  it("makes one run of a burst of nudges, which carries them all", async () => {
    const recorder = createRecorder();
    const lane = recorder.join(trigger);
    nudge(lane, "one");
    nudge(lane, "two");
    await Promise.resolve();
    nudge(lane, "three");
    const first = await recorder.run(1);
    nudge(lane, "fence");
    await recorder.run(2);
    expect(recorder.runs.map(({ triggers }) => triggers)).toEqual([
      ["one", "two", "three"],
      ["fence"],
    ]);
    expect(first.signal.aborted).toBe(false);
  });

  it("puts a run off while nudges keep coming, but not for ever", async () => {
    const recorder = createRecorder({ debounceMs: 5_000, debounceMaxMs: 300 });
    const lane = recorder.join(trigger);
    await until(
      "a run in the midst of nudges",
      () => {
        nudge(lane, "again");
        return recorder.runs.length > 0;
      },
      4,
    );
    expect(recorder.runs[0]?.triggers.length).toBeGreaterThan(1);
  });

  it("follows nudges during a run with exactly one more run, after it", async () => {
    const recorder = createRecorder({ holds: true });
    const lane = recorder.join(trigger);
    nudge(lane, "first");
    const first = await recorder.run(1);
    nudge(lane, "second");
    nudge(lane, "third");
    expect(lane.state).toBe("running");
    first.end();
    (await recorder.run(2)).end();
    nudge(lane, "fence");
    (await recorder.run(3)).end();
    expect(recorder.runs.map(({ triggers }) => triggers)).toEqual([
      ["first"],
      ["second", "third"],
      ["fence"],
    ]);
    expect(recorder.most()).toBe(1);
  });

  it("loses no nudge, however near to the end of a run it comes", async () => {
    const recorder = createRecorder({ debounceMs: 0, debounceMaxMs: 0 });
    const lane = recorder.join(trigger);
    for (let n = 1; n <= 40; n += 1) {
      nudge(lane, `nudge ${n}`);
      await until(`nudge ${n}`, () =>
        recorder.runs.some(({ triggers }) => triggers.includes(`nudge ${n}`)),
      );
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

  it("tells of an error that the run did not expect, and goes on", async () => {
    const recorder = createRecorder({
      before: (n) => {
        if (n === 1) throw new TypeError("a bug");
      },
    });
    nudge(recorder.join(trigger), "start");
    await recorder.run(2);
    expect(recorder.errors).toEqual([new TypeError("a bug")]);
  });

  it("carries names and correlation ids to the run", async () => {
    const recorder = createRecorder();
    const asked = {
      trigger: "retry",
      correlationId: "abc",
      names: ["shop.example"],
    };
    recorder.join(trigger).nudge(asked);
    expect((await recorder.run(1)).nudges).toEqual([
      expect.objectContaining(asked),
    ]);
  });

  it("shows a lane that waits, runs and rests", async () => {
    const recorder = createRecorder({
      holds: true,
      debounceMs: 1_000,
      debounceMaxMs: 1_000,
    });
    const lane = recorder.join(trigger);
    const shown = (state: string) =>
      until(`the state ${state}`, async () => {
        const view = await lane.view();
        return view.state === state ? view : null;
      });
    nudge(lane, "start");
    await until("the plan", async () => {
      const { state, nextAt } = await lane.view();
      return state === "waiting" && (nextAt ?? 0) > Date.now() - 1_000;
    });
    const run = await recorder.run(1);
    expect(await shown("running")).toEqual({ state: "running", nextAt: null });
    run.end();
    await shown("idle");
  });

  it("lets networks run at once up to its limit, and the others in their turn", async () => {
    let now = 0;
    let most = 0;
    const recorders = Array.from({ length: 5 }, () =>
      createRecorder({
        holds: true,
        before: () => {
          now += 1;
          most = Math.max(most, now);
        },
      }),
    );
    for (const recorder of recorders) nudge(recorder.join(trigger), "start");
    const open = new Set(recorders);
    while (open.size > 0) {
      const begun = await until("a network's turn", () => {
        const found = [...open].find(({ runs }) => runs.length > 0);
        return found ?? null;
      });
      if (open.size > 1)
        await until("a second one", () => now === 2 || open.size === 1);
      open.delete(begun);
      now -= 1;
      begun.runs[0]?.end();
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
