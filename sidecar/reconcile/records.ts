import type { Held } from "./guard";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { AppRecord } from "./app-record";
import { APP_CAPACITY, type Plan } from "./plan";
import type { Wanted, WantedName } from "./policy";
import type { CertificateView, NameRecord } from "./ports";

/** What the ledger has to change so that it says what the pass saw. */
export interface LedgerChanges {
  save: NameRecord[];
  forget: string[];
}

export interface Trouble {
  reason: ReasonCode;
  params: ReasonParams;
}

export interface PassFacts {
  wanted: Wanted;
  known: ReadonlyMap<string, NameRecord>;
  record: AppRecord;
  /** Null where the app's list is not known well enough to plan from: then only news of the mapping table are noted. */
  seen: {
    plan: Plan;
    /** The names of the app's list, in the form in which they are compared. */
    onApp: ReadonlySet<string>;
    /** Names that were put on the app just now: what was known of their certificates is about another time. */
    added: ReadonlySet<string>;
  } | null;
  /** Names that ServerPilot has just refused or dropped, each with why. */
  refused: ReadonlyMap<string, Trouble>;
  /** Why wanted names are not on the app yet, where the pass failed or waits. */
  trouble: Trouble | null;
  /** Removals that wait for a person. */
  held: Held | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Reasons of names that ServerPilot does not take; they are tried again by themselves, less and less often. */
const REFUSALS: ReadonlySet<ReasonCode | null> = new Set<ReasonCode>([
  "refused-by-serverpilot",
  "dropped-by-serverpilot",
]);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_REST_MS = 24 * HOUR_MS;

/** How long a name is left alone after it was not taken so many times, in milliseconds. */
function restOf({ reason }: Trouble, tries: number): number {
  // Whoever edits the list in the panel while the action runs takes a good name off: it is soon tried once more.
  if (reason === "dropped-by-serverpilot" && tries === 1) return MINUTE_MS;
  return Math.min(HOUR_MS * 2 ** (tries - 1), LONGEST_REST_MS);
}

/** Whether the ledger says that ServerPilot does not take the name. */
export function isRefused({
  state,
  reason,
}: Pick<NameRecord, "state" | "reason">): boolean {
  return state === "blocked" && REFUSALS.has(reason);
}

/** Works out every name's state after a run of the pass. Pure; gives only what differs from what is known. */
export function ledgerChanges(facts: PassFacts): LedgerChanges {
  const { wanted, known, seen } = facts;
  const next = new Map<string, NameRecord>();
  const uncounted = new Set(seen?.plan.withoutPlace);
  for (const one of wanted.names) {
    const before = known.get(one.name);
    // Names without a place are counted; thousands of sites would fill the table for nothing.
    if (uncounted.has(one.name) && one.kind !== "mapping") continue;
    if (seen === null && before && before.state !== "pending") {
      next.set(one.name, before);
      continue;
    }
    next.set(one.name, wantedRecord(one, facts, uncounted.has(one.name)));
  }
  for (const { name, siteId, reason, params } of wanted.blocked) {
    if (next.has(name)) continue;
    const view = blockedView(reason, params);
    next.set(name, recordOf({ name, kind: "mapping", siteId }, view, facts));
  }
  if (seen !== null)
    for (const name of seen.plan.remove) {
      const removing = next.get(name) ?? known.get(name);
      if (!removing || !seen.onApp.has(name)) continue;
      next.set(name, removingRecord(removing, facts));
    }
  return {
    save: [...next.values()].filter((one) => one !== known.get(one.name)),
    forget:
      seen === null ? [] : [...known.keys()].filter((name) => !next.has(name)),
  };
}

const UNSEEN = {
  tries: 0,
  triesSince: null,
  nextTryAt: null,
  certificateEndsAt: null,
  dnsSeen: null,
} satisfies Partial<CertificateView>;

/** A wanted name that is not on the app yet, as long as nothing else is known of it. */
export const WAITING = {
  ...UNSEEN,
  state: "pending",
  reason: "waiting-for-pass",
  params: {},
  liveSince: null,
  dns: null,
} as const satisfies CertificateView;

type View = Omit<CertificateView, "liveSince" | "dns">;

function blockedView(reason: ReasonCode, params: ReasonParams): View {
  return { ...UNSEEN, state: "blocked", reason, params };
}

function wantedRecord(
  one: WantedName,
  facts: PassFacts,
  isWithoutPlace: boolean,
): NameRecord {
  const { name } = one;
  const { seen, known, refused, now } = facts;
  if (seen?.onApp.has(name)) {
    const view = viewOnApp(name, facts);
    const used = seen.plan.use.includes(name) || known.get(name)?.used === true;
    return recordOf(one, view, facts, { owned: !used, used });
  }
  const before = known.get(name);
  const owned = mayTurnUp(name, facts.record);
  const why = refused.get(name);
  if (why !== undefined) {
    const tries = (before && isRefused(before) ? before.tries : 0) + 1;
    const view = { ...blockedView(why.reason, why.params), tries };
    const nextTryAt = now + restOf(why, tries);
    return recordOf(one, { ...view, nextTryAt }, facts, { owned });
  }
  if (before && isRefused(before))
    return recordOf(one, before, facts, { owned });
  if (isWithoutPlace) {
    const view = blockedView("over-capacity", { capacity: APP_CAPACITY });
    return recordOf(one, view, facts, { owned });
  }
  return recordOf(one, { ...WAITING, ...facts.trouble }, facts, { owned });
}

/** Claimed for a write whose end is not seen, also by this very run: it is ours whenever it turns up. */
function mayTurnUp(name: string, { write, tombstones }: AppRecord): boolean {
  return write?.added.includes(name) === true || name in tombstones;
}

function viewOnApp(name: string, { seen, known, now }: PassFacts): View {
  const before = known.get(name);
  const hasCertificateState =
    before?.state === "securing" ||
    before?.state === "secure" ||
    before?.state === "ssl-failed";
  if (before && hasCertificateState && !seen?.added.has(name)) return before;
  return {
    ...UNSEEN,
    state: "securing",
    reason: "not-checked-yet",
    params: {},
    nextTryAt: now,
  };
}

function removingRecord(removing: NameRecord, facts: PassFacts): NameRecord {
  const isHeld = facts.held?.names.includes(removing.name) === true;
  const waiting: Trouble = (isHeld ? facts.held : facts.trouble) ?? {
    reason: "removal-waiting",
    params: {},
  };
  const { reason, params } = waiting;
  const view: View = { ...UNSEEN, state: "removing", reason, params };
  return recordOf(removing, view, facts, { owned: true });
}

/** A name's record with another view of it; the known record itself where nothing that matters has changed. */
function recordOf(
  { name, kind, siteId }: Pick<NameRecord, "name" | "kind" | "siteId">,
  view: View,
  { known, record, now }: Pick<PassFacts, "known" | "record" | "now">,
  { owned = false, used = false } = {},
): NameRecord {
  const before = known.get(name);
  const { appId } = record;
  const same =
    before?.state === view.state &&
    before.reason === view.reason &&
    before.tries === view.tries &&
    sameParams(before.params, view.params);
  if (
    same &&
    before.kind === kind &&
    before.siteId === siteId &&
    before.owned === owned &&
    before.used === used &&
    before.appId === appId
  )
    return before;
  return {
    name,
    kind,
    siteId,
    owned,
    used,
    appId,
    state: view.state,
    reason: view.reason,
    params: view.params,
    tries: view.tries,
    triesSince: view.triesSince,
    nextTryAt: view.nextTryAt,
    certificateEndsAt: view.certificateEndsAt,
    dnsSeen: view.dnsSeen,
    liveSince: before?.liveSince ?? null,
    dns: before?.dns ?? null,
    knownSince: before?.knownSince ?? now,
    changedAt: same ? before.changedAt : now,
  };
}

function sameParams(one: ReasonParams, other: ReasonParams): boolean {
  if (one === other) return true;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => one[key] === other[key])
  );
}

/** How long a report of a removal is kept at least: the mapping table may be read a moment before the row goes. */
const REPORT_KEPT_MS = 10 * 60_000;

/** Reports that have served: the name is gone from the app, or is wanted again. One from a clock that was wrong is old. */
export function answeredReports(
  reported: ReadonlyMap<string, number>,
  { plan, onApp }: NonNullable<PassFacts["seen"]>,
  now: number,
): string[] {
  const waiting = new Set(plan.remove.filter((name) => onApp.has(name)));
  return [...reported]
    .filter(
      ([name, at]) => !waiting.has(name) && Math.abs(now - at) > REPORT_KEPT_MS,
    )
    .map(([name]) => name);
}
