import fc from "fast-check";
import {
  credited,
  type EnableAttempt,
  MOST_IDLE,
  refusal,
} from "../../../sidecar/certificates/attempts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 0, 15, 12);

const attempt = (
  minutesAgo: number,
  over: Partial<EnableAttempt> = {},
): EnableAttempt => ({
  at: now - minutesAgo * MINUTE,
  names: ["shop.example.com"],
  outcome: "accepted",
  failure: null,
  actionId: null,
  added: false,
  ...over,
});
const added = { added: true };
const failed = { outcome: "failed" } as const;
const unanswered = { outcome: "sent" } as const;

const same = { name: "shop.example.com", since: now - DAY };
const other = { name: "new.example.com", since: now - DAY };
const fresh = { name: "shop.example.com", since: null };

describe("whether AutoSSL may be enabled", () => {
  test.each<[string, EnableAttempt[], typeof same | typeof fresh, boolean]>([
    ["the first time", [], same, true],
    [
      "for the same names 9 minutes after one that added",
      [attempt(9, added)],
      same,
      false,
    ],
    [
      "for the same names 10 minutes after one that added",
      [attempt(10, added)],
      same,
      true,
    ],
    [
      "for another name right after one that added",
      [attempt(0, added)],
      other,
      true,
    ],
    [
      "for the same names 59 minutes after one that added none",
      [attempt(59)],
      same,
      false,
    ],
    [
      "for the same names an hour after one that added none",
      [attempt(60)],
      same,
      true,
    ],
    [
      "for another name a moment after one that is not seen yet",
      [attempt(0.4)],
      other,
      false,
    ],
    [
      "for another name half a minute after one that is not seen yet",
      [attempt(0.5)],
      other,
      true,
    ],
    [
      "for another name half an hour after one that added none",
      [attempt(30)],
      other,
      false,
    ],
    [
      "for another name 59 minutes after one that failed",
      [attempt(59, failed)],
      other,
      false,
    ],
    [
      "for another name an hour after one that failed",
      [attempt(60, failed)],
      other,
      true,
    ],
    [
      "for another name 59 minutes after one without an answer",
      [attempt(59, unanswered)],
      other,
      false,
    ],
    [
      "at once for a name that is new or was asked for by a person",
      [attempt(0, failed)],
      fresh,
      true,
    ],
    [
      "for a name whose tries began anew since",
      [attempt(1, added)],
      { ...same, since: now - 1 },
      true,
    ],
    [
      "for another name after one that added although its answer was never seen",
      [attempt(1, { ...unanswered, ...added })],
      other,
      true,
    ],
    [
      "by an attempt of the future, from a clock that was wrong",
      [attempt(-60, failed)],
      same,
      true,
    ],
    [
      "after five within a day that added none, though a person asks",
      Array.from({ length: 5 }, (_, n) => attempt(n * 60 + 60)),
      fresh,
      false,
    ],
    [
      "after five that added none more than a day ago",
      Array.from({ length: 5 }, (_, n) => attempt(1440 + n)),
      same,
      true,
    ],
    [
      "after twelve within a day that added",
      Array.from({ length: 12 }, (_, n) => attempt(n * 60 + 60, added)),
      other,
      true,
    ],
  ])("%s", (_when, attempts, wish, allowed) => {
    expect(refusal(attempts, [wish], 0, now) === null).toBe(allowed);
  });

  test("at once where the app's place has changed since the last attempt", () => {
    expect(refusal([attempt(5, failed)], [same], now - MINUTE, now)).toBeNull();
  });

  test("whatever happens, no more than five attempts a day add nothing", () => {
    const event = fc.record({
      waitMs: fc.integer({ min: 0, max: 2 * HOUR }),
      name: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
      isFresh: fc.boolean(),
      outcome: fc.constantFrom("accepted", "failed", "sent"),
      turned: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        let time = now;
        let turnedAt = 0;
        const attempts: EnableAttempt[] = [];
        for (const { waitMs, name, isFresh, outcome, turned } of events) {
          time += waitMs;
          if (turned) turnedAt = time;
          const wish = { name, since: isFresh ? null : now };
          if (refusal(attempts, [wish], turnedAt, time) !== null) continue;
          attempts.push({
            ...attempt(0, { names: [name], outcome }),
            at: time,
          });
          const ofDay = attempts.filter(({ at }) => time - at < DAY);
          expect(ofDay.length).toBeLessThanOrEqual(MOST_IDLE);
        }
      }),
    );
  });
});

test("an attempt has added a certificate once one of its names is seen with it", () => {
  const attempts = [attempt(1), attempt(0, { names: ["new.example.com"] })];
  const [first, second] = credited(attempts, new Set(["new.example.com"]));
  expect([first?.added, second?.added]).toEqual([false, true]);
  expect(credited(attempts, new Set(["else.example"]))).toBe(attempts);
});
