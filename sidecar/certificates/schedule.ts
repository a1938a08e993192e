import type {
  AppState,
  CertificateState,
  CertificateView,
  NameRecord,
} from "../reconcile/ports";

/** How often a name is checked before it counts as failed. */
export interface Schedule {
  maxTries: number;
  windowMs: number;
}

export interface CheckOutcome {
  now: number;
  secure: boolean;
  /** A secure name that has a reason all the same, such as a certificate that ends soon. */
  warned: boolean;
  /** The check failed for a reason that says nothing of the certificate: a secure name keeps its state meanwhile. */
  doubtful: boolean;
  /** False for checks between the tries, which a poll or a change of DNS set off. */
  counted: boolean;
  /** The tries begin again: DNS means something else now, or a person asked. */
  restart: boolean;
}

export type Standing = Pick<
  CertificateView,
  "tries" | "triesSince" | "nextTryAt"
> & { state: CertificateState };

type Known = Pick<
  CertificateView,
  "state" | "tries" | "triesSince" | "nextTryAt"
>;

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_TRIES = 20;

/** Milliseconds from the schedule's beginning to try `k`: each gap is twice the one before, the last try ends the window. */
export function tryOffset(k: number, { maxTries, windowMs }: Schedule): number {
  return Math.round((windowMs * (2 ** k - 1)) / (2 ** maxTries - 1));
}

/** A schedule from settings that a site's filter may have filled with anything. */
export function scheduleOf(maxTries: number, windowMs: number): Schedule {
  const whole = Number.isFinite(maxTries) ? Math.round(maxTries) : 5;
  return { maxTries: Math.min(Math.max(whole, 1), MOST_TRIES), windowMs };
}

/**
 * Whether a name's next check is due. A time further away than any schedule sets, or a beginning in the future, comes
 * from a clock that was wrong: then it is due now.
 */
export function isDue(view: Known, now: number, schedule: Schedule): boolean {
  const { state, triesSince, nextTryAt } = view;
  if (nextTryAt === null || (state !== "secure" && triesSince === null))
    return true;
  if (triesSince !== null && triesSince > now) return true;
  const longest = state === "securing" ? schedule.windowMs : DAY_MS;
  return nextTryAt <= now || nextTryAt - now > longest;
}

/** Whether a check is the last of the tries, or comes after them. */
export function isLast(
  { state, tries, triesSince }: Known,
  counted: boolean,
  { maxTries }: Schedule,
): boolean {
  if (state === "ssl-failed") return true;
  return counted && triesSince !== null && tries + 1 >= maxTries;
}

/** Where a name stands after a check, and when it is checked next. */
export function settle(
  previous: Known,
  check: CheckOutcome,
  rule: Schedule,
): Standing {
  const { now } = check;
  if (check.secure) {
    return {
      state: "secure",
      tries: 0,
      triesSince: null,
      nextTryAt: now + (check.warned ? rule.windowMs : DAY_MS),
    };
  }
  if (previous.state === "ssl-failed" && !check.restart)
    return afterFailure(previous, check, rule);

  const staysSecure = previous.state === "secure" && check.doubtful;
  const state = staysSecure ? "secure" : "securing";
  const since = previous.triesSince;
  const fallen = previous.state === "secure" && !check.doubtful;
  if (check.restart || fallen || since === null || since > now) {
    const nextTryAt = now + tryOffset(1, rule);
    return { state, tries: 0, triesSince: now, nextTryAt };
  }
  if (!check.counted) {
    const { tries, nextTryAt } = previous;
    return { state, tries, triesSince: since, nextTryAt };
  }
  const tries = previous.tries + 1;
  if (tries >= rule.maxTries) {
    return {
      state: "ssl-failed",
      tries,
      triesSince: since,
      nextTryAt: now + HOUR_MS,
    };
  }
  const gap = tryOffset(tries + 1, rule) - tryOffset(tries, rule);
  const onTime = since + tryOffset(tries + 1, rule);
  // After a long sleep or a jump of the clock the missed tries are not made up for in a burst: the schedule moves.
  return onTime - now < gap / 2
    ? {
        state,
        tries,
        triesSince: now - tryOffset(tries, rule),
        nextTryAt: now + gap,
      }
    : { state, tries, triesSince: since, nextTryAt: onTime };
}

/** A failed name is checked after 1, 2, 4 … 24 hours, so that it heals by itself. */
function afterFailure(
  previous: Known,
  check: CheckOutcome,
  rule: Schedule,
): Standing {
  const { now } = check;
  const tries = previous.tries + (check.counted ? 1 : 0);
  const wait = HOUR_MS * 2 ** Math.max(0, tries - rule.maxTries);
  return {
    state: "ssl-failed",
    tries,
    triesSince: Math.min(previous.triesSince ?? now, now),
    nextTryAt: check.counted
      ? now + Math.min(wait, DAY_MS)
      : previous.nextTryAt,
  };
}

/** How often the DNS of names that failed is watched for a change. */
const WATCH_MS = 60_000;
const SHORTEST_WAIT_MS = 250;

/** When the next round is due: for the next try, the next poll or the next watch of DNS, whichever comes first. */
export function nextCheck(
  records: readonly NameRecord[],
  now: number,
  pollMs: number,
): number {
  const watchMs = { securing: pollMs, "ssl-failed": WATCH_MS };
  const times = records.map(({ state, nextTryAt }) => {
    const between =
      state === "securing" || state === "ssl-failed"
        ? watchMs[state]
        : Infinity;
    return Math.min(nextTryAt ?? now, now + between);
  });
  return Math.max(Math.min(...times), now + SHORTEST_WAIT_MS);
}

/** Names whose last check hung come last, so that they hold up nobody in a probe's queue. */
export function inOrder(records: readonly NameRecord[]): NameRecord[] {
  const hung = ({ reason }: NameRecord): boolean =>
    reason === "dns-unanswered" || reason === "server-unreachable";
  return [
    ...records.filter((record) => !hung(record)),
    ...records.filter(hung),
  ];
}

export interface ForceWish {
  /** ForceSSL is to be on once every name is secure. */
  wanted: boolean;
  /** A finding says why it is not on. */
  isHeld: boolean;
}

/** Whether ForceSSL may be turned on, or what is said of it is missing or old. */
function needsForce({ ssl }: AppState, { wanted, isHeld }: ForceWish): boolean {
  if (!wanted || ssl?.force === true) return isHeld;
  return ssl?.auto === true || !isHeld;
}

/** Secure names have no tries. */
const SECURE_NAMES = { maxTries: 1, windowMs: 0 };

/**
 * Whether a pass has seen something for a round of certificates to do. A round on its own schedule comes anyway; this is
 * for what other sidecars, a person or a clock that was wrong may have changed.
 */
export function needsRound(
  known: ReadonlyMap<string, NameRecord>,
  app: AppState,
  force: ForceWish,
  now: number,
): boolean {
  if (needsForce(app, force)) return true;
  return [...known.values()].some((record) => {
    if (record.state === "secure") return isDue(record, now, SECURE_NAMES);
    return record.state !== "blocked";
  });
}
