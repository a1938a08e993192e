import { PermanentError, TransientError } from "../../../sidecar/errors";
import { createDebounce, retryWait } from "../../../sidecar/trigger/trigger";

const NUDGE = { trigger: "mapping.saved", correlationId: "" };
const URGENT = { trigger: "manual", correlationId: "", urgent: true };

describe("the debounce", () => {
  const setUp = () => createDebounce({ debounceMs: 200, debounceMaxMs: 1000 });

  test("starts at once after a rest, then after the debounce, then at the pace of its maximum", () => {
    const startAt = setUp();
    const starts = new Set<number>();
    for (let now = 10_000; now < 13_000; now += 50) {
      starts.add(startAt(NUDGE, now));
    }
    expect([...starts]).toEqual([10_000, 10_200, 11_200, 12_200, 13_200]);
    expect(startAt(NUDGE, 20_000)).toBe(20_000);
    expect(startAt(NUDGE, 20_300)).toBe(20_300);
  });

  test("lets what is urgent start at once", () => {
    const startAt = setUp();
    startAt(NUDGE, 10_000);
    startAt(NUDGE, 10_050);
    expect(startAt(URGENT, 10_060)).toBe(10_060);
    expect(startAt(NUDGE, 10_070)).toBe(10_260);
  });

  test("is not kept back by a clock that was wrong", () => {
    const startAt = setUp();
    startAt(NUDGE, 9_000_000);
    expect(startAt(NUDGE, 10_000)).toBe(10_000);
  });

  test("of no time starts every run at once", () => {
    const startAt = createDebounce({ debounceMs: 0, debounceMaxMs: 1000 });
    for (const now of [10_000, 10_001, 10_002])
      expect(startAt(NUDGE, now)).toBe(now);
  });
});

describe("the wait after a failure", () => {
  const options = { firstRetryMs: 2_000, longestRetryMs: 300_000 };
  const wait = (error: unknown, failures: number, random = 0): number =>
    retryWait(error, failures, options, () => random);
  const passing = new TransientError("lock-held");
  const permanent = new PermanentError("serverpilot-credentials-invalid");
  const busy = (retryAfterMs: number): TransientError =>
    new TransientError("serverpilot-rate-limited", {}, { retryAfterMs });

  test("doubles up to the longest", () => {
    const waits = [1, 2, 3, 7, 8, 9, 2_000].map((n) => wait(passing, n));
    expect(waits).toEqual([
      2_000, 4_000, 8_000, 128_000, 256_000, 300_000, 300_000,
    ]);
  });

  test("is shortened by up to half, so that networks do not try in step", () => {
    expect(wait(passing, 2, 0.5)).toBe(3_000);
    expect(wait(passing, 2, 1)).toBe(2_000);
    expect(wait(new TypeError("a bug"), 1, 1)).toBe(150_000);
  });

  test("starts at sixteen times as much where a person is needed, and at the longest for a bug", () => {
    expect(wait(permanent, 1)).toBe(32_000);
    expect(wait(permanent, 2)).toBe(64_000);
    expect(wait(new TypeError("a bug"), 1)).toBe(300_000);
  });

  test("is what the other side asks for, up to an hour", () => {
    expect(wait(busy(90_000), 1)).toBe(90_000);
    expect(wait(busy(1_000), 3)).toBe(8_000);
    expect(wait(busy(7_200_000), 1)).toBe(3_600_000);
  });
});
