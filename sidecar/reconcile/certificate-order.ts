import type { AppState, NameRecord } from "./ports";
import { isDue } from "./ssl-schedule";
import type { Survey } from "./survey";

/** How often the DNS of names that failed is watched for a change. */
const WATCH_MS = 60_000;
const SHORTEST_WAIT_MS = 250;

/** Names whose last look hung come last, so that they hold up nobody in a probe's queue. */
export function inOrder(records: readonly NameRecord[]): NameRecord[] {
  const hung = ({ reason }: NameRecord): boolean =>
    reason === "dns-unanswered" || reason === "server-unreachable";
  return [
    ...records.filter((record) => !hung(record)),
    ...records.filter(hung),
  ];
}

/**
 * Whether a pass has seen something for a round of certificates to do. A round on its own schedule comes anyway; this is
 * for what other sidecars, a person or a clock that was wrong may have changed.
 */
export function needsRound(
  { plan, known, app }: Pick<Survey, "plan" | "known" | "app">,
  forceSsl: boolean,
  now: number,
): boolean {
  if (plan.add.length + plan.adopt.length > 0) return true;
  if (forceSsl && app.ssl?.auto && !app.ssl.force) return true;
  return [...known.values()].some((record) => {
    if (record.state === "secure") return isDue(record, now, SECURE_NAMES);
    return record.state !== "blocked";
  });
}

/** Tries are of no account to secure names. */
const SECURE_NAMES = { maxTries: 1, windowMs: 0 };

/** ForceSSL breaks every name without a certificate, so a foreign name on the app has to be covered too. */
export function mayForce(
  app: AppState,
  records: readonly NameRecord[],
): boolean {
  if (app.ssl?.auto !== true || app.ssl.force) return false;
  const safe = new Set(app.autossl?.domains);
  for (const { name, state } of records) {
    if (state !== "secure") return false;
    safe.add(name);
  }
  return app.domains.every((name) => safe.has(name));
}

/** When the next round is due: for the next try, the next poll or the next watch of DNS, whichever comes first. */
export function nextLook(
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
