import fc from "fast-check";
import {
  type CheckOutcome,
  type Standing,
  isDue,
  scheduleOf,
  settle,
  tryOffset,
} from "../../../sidecar/certificates/schedule";

const rule = scheduleOf(5, 1_800_000);
const start = Date.UTC(2026, 0, 15, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const fresh: Standing = {
  state: "securing",
  tries: 0,
  triesSince: null,
  nextTryAt: null,
};

const check = (
  now: number,
  over: Partial<CheckOutcome> = {},
): CheckOutcome => ({
  now,
  secure: false,
  doubtful: false,
  counted: true,
  restart: false,
  warned: false,
  ...over,
});

/** Checks a name whenever it is due until `count` checks are done; gives the seconds since the start of each. */
function follow(
  count: number,
  schedule = rule,
): { seconds: number[]; end: Standing } {
  const seconds: number[] = [];
  let standing = fresh;
  let now = start;
  while (seconds.length < count) {
    expect(isDue(standing, now, schedule)).toBe(true);
    seconds.push(Math.round((now - start) / 1000));
    standing = settle(standing, check(now), schedule);
    expect(isDue(standing, now, schedule)).toBe(false);
    now = standing.nextTryAt ?? now;
  }
  return { seconds, end: standing };
}

describe("the schedule of tries", () => {
  it("spreads five tries over half an hour, each gap twice the one before", () => {
    const { seconds, end } = follow(6);
    expect(seconds).toEqual([0, 58, 174, 406, 871, 1800]);
    expect(end).toMatchObject({
      state: "ssl-failed",
      tries: 5,
      nextTryAt: start + 1_800_000 + HOUR,
    });
  });

  it("checks a failed name after 1, 2, 4, 8, 16 and from then on 24 hours", () => {
    const { seconds, end } = follow(13);
    const gaps = seconds
      .slice(6)
      .map((at, n) => (at - (seconds[n + 5] ?? 0)) / 3600);
    expect(gaps).toEqual([1, 2, 4, 8, 16, 24, 24]);
    expect(end.state).toBe("ssl-failed");
  });

  it.each([
    [1, [0, 1800]],
    [2, [0, 600, 1800]],
    [3, [0, 257, 771, 1800]],
  ])("follows the filter's number of tries: %i", (tries, expected) => {
    const { seconds, end } = follow(
      expected.length,
      scheduleOf(tries, 1_800_000),
    );
    expect(seconds).toEqual(expected);
    expect(end.state).toBe("ssl-failed");
  });

  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 5],
    [1e9, 20],
  ])("makes %d tries %d", (asked, given) => {
    expect(scheduleOf(asked, 1).maxTries).toBe(given);
  });

  it("does not count a check between the tries", () => {
    const first = settle(fresh, check(start), rule);
    expect(
      settle(first, check(start + 10_000, { counted: false }), rule),
    ).toEqual(first);
  });

  it("begins again when DNS means something else, for failed names too", () => {
    const failed = follow(6).end;
    const now = start + 2 * HOUR;
    expect(
      settle(failed, check(now, { restart: true, counted: false }), rule),
    ).toEqual({
      state: "securing",
      tries: 0,
      triesSince: now,
      nextTryAt: now + tryOffset(1, rule),
    });
  });

  it("checks a secure name once a day", () => {
    const secure = settle(fresh, check(start, { secure: true }), rule);
    expect(secure).toEqual({
      state: "secure",
      tries: 0,
      triesSince: null,
      nextTryAt: start + DAY,
    });
  });

  it("checks a secure name with a warning once a window, so that the warning goes away soon", () => {
    const over = { secure: true, warned: true };
    const { state, nextTryAt } = settle(fresh, check(start, over), rule);
    expect(state).toBe("secure");
    expect(nextTryAt).toBe(start + rule.windowMs);
  });

  it("takes a secure name back at once when another certificate is served", () => {
    const secure = settle(fresh, check(start, { secure: true }), rule);
    expect(settle(secure, check(start + DAY), rule)).toMatchObject({
      state: "securing",
      tries: 0,
    });
  });

  it("keeps a name secure while its server cannot be reached, until the last try", () => {
    let standing = settle(fresh, check(start, { secure: true }), rule);
    const states: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      standing = settle(
        standing,
        check(standing.nextTryAt ?? 0, { doubtful: true }),
        rule,
      );
      states.push(standing.state);
    }
    expect(states).toEqual([...Array<string>(5).fill("secure"), "ssl-failed"]);
  });
});

describe("a clock that jumps", () => {
  const trying = settle(fresh, check(start), rule);

  it("begins again after a jump to the past", () => {
    const now = start - 10 * DAY;
    expect(isDue(trying, now, rule)).toBe(true);
    expect(settle(trying, check(now), rule)).toMatchObject({
      tries: 0,
      triesSince: now,
    });
  });

  it("counts one try after a jump to the future and does not make up for the missed ones", () => {
    const now = start + 365 * DAY;
    const after = settle(trying, check(now), rule);
    expect(after).toMatchObject({ state: "securing", tries: 1 });
    expect((after.nextTryAt ?? 0) - now).toBe(
      tryOffset(2, rule) - tryOffset(1, rule),
    );
  });

  it("checks names whose next check lies further away than any schedule sets", () => {
    const secure: Standing = {
      state: "secure",
      tries: 0,
      triesSince: null,
      nextTryAt: start + 365 * DAY,
    };
    expect(isDue(secure, start, rule)).toBe(true);
    expect(isDue({ ...secure, nextTryAt: start + DAY }, start, rule)).toBe(
      false,
    );
  });

  it("never waits a negative time, no time at all or more than a day, whatever happens", () => {
    const event = fc.record({
      jump: fc.integer({ min: -40 * DAY, max: 40 * DAY }),
      secure: fc.boolean(),
      warned: fc.boolean(),
      doubtful: fc.boolean(),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (events, tries) => {
          const schedule = scheduleOf(tries, 1_800_000);
          let standing = fresh;
          let now = start;
          for (const { jump, ...rest } of events) {
            now += jump;
            if (!isDue(standing, now, schedule)) continue;
            standing = settle(
              standing,
              { now, counted: true, ...rest },
              schedule,
            );
            const wait = (standing.nextTryAt ?? 0) - now;
            expect(wait).toBeGreaterThan(0);
            expect(wait).toBeLessThanOrEqual(DAY);
            expect(isDue(standing, now, schedule)).toBe(false);
          }
        },
      ),
    );
  });
});
