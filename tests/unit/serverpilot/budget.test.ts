import { systemClock } from "../../../sidecar/clock";
import { createBudget } from "../../../sidecar/serverpilot/budget";
import { errorOf } from "./fixture";

// The limiter counts by the process's own time, so here that is the clock to turn.
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const spend = async (
  budget: ReturnType<typeof createBudget>,
  clientId: string,
  times: number,
): Promise<void> => {
  for (let n = 0; n < times; n++) await budget.spend(clientId);
};

describe("createBudget", () => {
  it("counts each account by itself", async () => {
    const budget = createBudget({
      clock: systemClock,
      perMinute: 2,
      maxWaitMs: 0,
    });
    await spend(budget, "one", 2);
    await spend(budget, "two", 2);
    expect(await errorOf(budget.spend("one"))).toMatchObject({
      reason: "serverpilot-budget-spent",
      retryAfterMs: 60_000,
    });
  });

  it("lets a call wait that does not have to wait long", async () => {
    const budget = createBudget({
      clock: systemClock,
      perMinute: 2,
      maxWaitMs: 5000,
    });
    await spend(budget, "one", 2);
    await jest.advanceTimersByTimeAsync(56_000);
    let through = false;
    const waiting = budget.spend("one").then(() => (through = true));
    await jest.advanceTimersByTimeAsync(3999);
    expect(through).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await waiting;
    expect(through).toBe(true);
  });

  it("refuses at once what would have to wait longer, and has room again a minute later", async () => {
    const budget = createBudget({
      clock: systemClock,
      perMinute: 1,
      maxWaitMs: 5000,
    });
    await spend(budget, "one", 1);
    await jest.advanceTimersByTimeAsync(54_000);
    expect(await errorOf(budget.spend("one"))).toMatchObject({
      retryAfterMs: 6000,
    });
    await jest.advanceTimersByTimeAsync(6000);
    await expect(budget.spend("one")).resolves.toBeUndefined();
  });

  it("ends the waiting when the sidecar stops", async () => {
    const stop = new AbortController();
    const budget = createBudget({
      clock: systemClock,
      perMinute: 1,
      maxWaitMs: 90_000,
    });
    await spend(budget, "one", 1);
    const error = errorOf(budget.spend("one", { signal: stop.signal }));
    await jest.advanceTimersByTimeAsync(0);
    stop.abort();
    expect(await error).toMatchObject({ reason: "stopped" });
  });

  it("lets a limiter's own failure through as it is", async () => {
    const broken = new Error("redis is away");
    const limiter = { consume: () => Promise.reject(broken) };
    const budget = createBudget({ clock: systemClock, limiter });
    expect(await errorOf(budget.spend("one"))).toBe(broken);
  });

  it("keeps a part for passes, however many polls for certificates there are", async () => {
    const budget = createBudget({
      clock: systemClock,
      perMinute: 10,
      maxWaitMs: 0,
    });
    let polls = 0;
    for (let n = 0; n < 60; n += 1)
      await budget.spend("one", { mayWait: true }).then(
        () => (polls += 1),
        () => undefined,
      );
    expect(polls).toBe(6);
    await expect(spend(budget, "one", 4)).resolves.toBeUndefined();
  });
});
