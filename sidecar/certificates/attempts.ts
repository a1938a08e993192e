import { describeReason } from "../reasons/reasons";
import type { Finding } from "./dns-findings";

/** One request to enable AutoSSL, kept before it is sent. */
export interface EnableAttempt {
  /** Milliseconds since the epoch. */
  at: number;
  /** The covered names that lacked their certificate then. */
  names: readonly string[];
  /** `sent`: its answer was never seen, which counts as a failure. */
  outcome: "sent" | "accepted" | "failed";
  failure: Finding | null;
  /** The action that carries it out, until its end was seen. */
  actionId: string | null;
  /** A name that lacked its certificate has it since. */
  added: boolean;
}

/** A name that would be helped, and since when its tries run; null: it is new, or a person asked. */
export interface Wish {
  name: string;
  since: number | null;
}

/** Null = now. Else why not now, as far as there is something to tell. */
export type Refusal = {
  why: Finding | null;
  /** It will be a matter of seconds. */
  isBrief: boolean;
} | null;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Attempts of a day that have added nothing, whatever the names: ServerPilot's issuing has limits of its own. */
export const MOST_IDLE = 5;
/** How long the server may take before an attempt that was accepted counts as one that added nothing. */
const PENDING_MS = 10 * MINUTE_MS;
/** How soon a further new name may follow one whose certificate is not seen yet. */
const CLOSE_MS = 30_000;

/** Attempts that still count; one in the future comes from a clock that was wrong and forbids nothing. */
export function recentAttempts(
  attempts: readonly EnableAttempt[],
  now: number,
): readonly EnableAttempt[] {
  return attempts.filter(({ at }) => at <= now && now - at < DAY_MS);
}

/**
 * Whether AutoSSL may be enabled now. Pure.
 *
 * | the last attempt                 | a name that it was not for | the same names again |
 * | -------------------------------- | -------------------------- | -------------------- |
 * | has added a certificate          | at once                    | after ten minutes    |
 * | was accepted within ten minutes  | after 30 seconds           | after an hour        |
 * | failed, or has added none so far | after an hour              | after an hour        |
 *
 * A name that is new on the app or that a person asked for, and an app whose place has changed, do not wait. After five
 * attempts of a day that have added nothing there is none at all, whatever the names.
 *
 * @param turnedAt when the app's place last changed: attempts before that keep nothing waiting.
 */
export function refusal(
  attempts: readonly EnableAttempt[],
  wishes: readonly Wish[],
  turnedAt: number,
  now: number,
): Refusal {
  const recent = recentAttempts(attempts, now);
  const idle = recent.filter(({ added }) => !added);
  const last = recent.at(-1);
  if (idle.length >= MOST_IDLE) return { why: exhausted(idle), isBrief: false };
  if (last === undefined || last.at < turnedAt) return null;
  if (wishes.some(({ since }) => since === null)) return null;
  const isNew = wishes.some((wish) => !wasTried(wish, recent));
  const pause = pauseAfter(last, isNew, now);
  return now - last.at < pause
    ? { why: last.failure, isBrief: pause === CLOSE_MS }
    : null;
}

function pauseAfter(last: EnableAttempt, isNew: boolean, now: number): number {
  if (last.added) return isNew ? 0 : PENDING_MS;
  if (last.outcome !== "accepted") return HOUR_MS;
  return isNew && now - last.at < PENDING_MS ? CLOSE_MS : HOUR_MS;
}

function wasTried(
  { name, since }: Wish,
  attempts: readonly EnableAttempt[],
): boolean {
  return attempts.some(
    ({ at, names }) => at >= (since ?? Infinity) && names.includes(name),
  );
}

function exhausted(idle: readonly EnableAttempt[]): Finding {
  const failure = idle.findLast((attempt) => attempt.failure !== null)?.failure;
  const message = failure
    ? describeReason(failure.reason, failure.params).message
    : "-";
  return {
    reason: "autossl-exhausted",
    params: { count: idle.length, message },
  };
}

/** The attempts once names were seen with their certificates; the same list where that changes nothing. */
export function credited(
  attempts: readonly EnableAttempt[],
  certified: ReadonlySet<string>,
): readonly EnableAttempt[] {
  const isNews = (attempt: EnableAttempt): boolean =>
    !attempt.added && attempt.names.some((name) => certified.has(name));
  return attempts.some(isNews)
    ? attempts.map((attempt) =>
        isNews(attempt) ? { ...attempt, added: true } : attempt,
      )
    : attempts;
}
