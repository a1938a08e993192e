import { sleep } from "../../sidecar/clock";
import { createFakeClock } from "./fake-clock";

describe("createFakeClock", () => {
  it("fires timers in order of time, those set on the way included", async () => {
    const clock = createFakeClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late at ${clock.now()}`));
    clock.after(10, () => {
      seen.push(`early at ${clock.now()}`);
      clock.after(5, () => seen.push(`nested at ${clock.now()}`));
    });
    await clock.advance(20);
    expect(seen).toEqual(["early at 10", "nested at 15", "late at 20"]);
    expect(clock.now()).toBe(20);
  });

  it("never fires what was cancelled or lies ahead", async () => {
    const clock = createFakeClock();
    const callback = jest.fn();
    clock.after(5, callback)();
    clock.after(50, callback);
    await clock.advance(49);
    expect(callback).not.toHaveBeenCalled();
    expect(clock.pending()).toEqual([1]);
  });

  it("carries promises that sleep several times through one advance", async () => {
    const clock = createFakeClock();
    let done = false;
    void (async () => {
      await sleep(clock, 100);
      await sleep(clock, 100);
      done = true;
    })();
    await clock.advance(199);
    expect(done).toBe(false);
    await clock.advance(1);
    expect(done).toBe(true);
  });

  it("tells when a timer of a given delay is set", async () => {
    const clock = createFakeClock();
    setImmediate(() => clock.after(500, () => undefined));
    await clock.whenScheduled(500);
    expect(clock.pending()).toEqual([500]);
  });
});
