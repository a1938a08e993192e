import type { CertificateMemory } from "../certificates/memory";
import type { ReasonParams } from "../reasons/reasons";
import { comparable, twinOf } from "./hostnames";
import type { AppState, Server } from "./ports";

/**
 * What is remembered of a network's app besides the ledger: one versioned record, changed by compare-and-swap in the
 * transaction that needs it. Times are milliseconds since the epoch.
 */
export interface AppRecord {
  /** Grows by one with every change; a change that was made from an older one is refused. */
  revision: number;
  /** The app that all of this is about; null before the first read. */
  appId: string | null;
  /** The app as it was last seen, without its list. */
  app: SeenApp | null;
  server: (Server & { seenAt: number }) | null;
  /** The app's list as ServerPilot spells it, by reads that agreed or a confirmed write; null before the first read. */
  believed: readonly string[] | null;
  /** A read with news that no second read has confirmed yet. */
  doubt: Doubt | null;
  /** Names that the bridge took off the app within the last day, and when: one that is back needs a second read. */
  removed: Readonly<Record<string, number>>;
  /** Names of writes that were never answered or never ended: they may appear late, and are ours when they do. */
  tombstones: Readonly<Record<string, number>>;
  /** `www.` names that ServerPilot put beside ours by itself. */
  twins: readonly string[];
  write: OpenWrite | null;
  mustWrite: MustWrite | null;
  isolation: Isolation | null;
  /** Writes in a row that were answered with a conflict. */
  conflicts: number;
  /** Removals of the last day that UM had not reported. */
  unreported: readonly { at: number; count: number }[];
  held: HeldPlan | null;
  /** The app id that this network may write to: it was proven, approved by a person, or written to by 0.1.0. */
  provenAppId: string | null;
  suspect: Suspect | null;
  /** The network's own domain as it was last read. */
  networkDomain: string | null;
  /** The network's own domain was on the app and is gone, by two reads. */
  networkDomainLost: boolean;
  /** A person asked for the network's own domain to be put back. */
  addNetworkDomain: boolean;
  /** Wanted names that the app has no room for. */
  withoutPlace: number;
  /** What the network owned on apps that it has left; kept for 30 days, in case it comes back. */
  left: readonly LeftApp[];
  certificates: CertificateMemory | null;
}

export interface LeftApp {
  appId: string;
  at: number;
  owned: readonly string[];
}

export interface SeenApp {
  id: string;
  name: string;
  serverId: string;
  domainsUsed: number;
  ssl: AppState["ssl"];
  autossl: AppState["autossl"];
  seenAt: number;
}

export interface Doubt {
  /** When the first read with news came. */
  since: number;
  /** When this list was read. */
  at: number;
  list: readonly string[];
}

/**
 * A write to the app's list, kept before it is sent and until it is confirmed:
 *
 *     intent ── answered ──► open ── action succeeded ──► done ── read back ──► (none)
 */
export interface OpenWrite {
  id: string;
  stage: "intent" | "open" | "done";
  /** The whole list that was sent. */
  list: readonly string[];
  added: readonly string[];
  removed: readonly string[];
  /** How many of the removals UM had not reported, and no person had approved. */
  unreported: number;
  /** When the intent was kept. */
  at: number;
  /** Until then a request without an answer may be on its way, and nobody writes. */
  expiresAt: number;
  actionId: string | null;
  /** ServerPilot no longer knows its action: only the list can tell whether it was applied. */
  isUnknown: boolean;
  /** When the answer came. */
  openSince: number | null;
  trigger: string;
  correlationId: string;
  calls: number;
}

/** A write whose end was never seen has to be repeated even where nothing differs. */
export interface MustWrite {
  /** Writes in a row without a good end. */
  failures: number;
  /** Not before then, where the list is not what it should be. */
  soonest: number;
  /** Not before then, where nothing differs. */
  at: number;
}

/** Names that ServerPilot refused together, and how far finding out which of them it is has come. */
export interface Isolation {
  /** Groups that are still to be tried, each in a write of its own, in this order. */
  groups: readonly (readonly string[])[];
  /** The list without any of them was accepted, so the names are the trouble and not the app. */
  controlled: boolean;
  /** What ServerPilot said last. */
  words: string;
}

/** Removals that wait for a person; the checksum names them and no others. */
export interface HeldPlan {
  checksum: string;
  remove: readonly string[];
  reason: "plan-held";
  params: ReasonParams;
  approved: boolean;
}

/** Nothing says that this network belongs to the app: nothing is written until a person approves it. */
export interface Suspect {
  appId: string;
  checksum: string;
  since: number;
}

/** A record that nothing is known to. */
export const emptyRecord: AppRecord = {
  revision: 0,
  appId: null,
  app: null,
  server: null,
  believed: null,
  doubt: null,
  removed: {},
  tombstones: {},
  twins: [],
  write: null,
  mustWrite: null,
  isolation: null,
  conflicts: 0,
  unreported: [],
  held: null,
  provenAppId: null,
  suspect: null,
  networkDomain: null,
  networkDomainLost: false,
  addNetworkDomain: false,
  withoutPlace: 0,
  left: [],
  certificates: null,
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long a name that may still appear counts as ours. */
const TOMBSTONE_MS = 7 * DAY_MS;

/** What was owned on an app that the network has left counts for 30 days, in milliseconds. */
const LEFT_KEPT_MS = 30 * DAY_MS;

/** Writes without a good end are repeated after 1, 2, 4 … 60 minutes, and sooner where a name waits for them. */
export const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
const SHORTEST_PAUSE_MS = 5_000;

/** The record with the app as it was read. */
export function withApp(
  record: AppRecord,
  { id, name, serverId, domains, ssl, autossl }: AppState,
  readAt: number,
): AppRecord {
  const domainsUsed = domains.length;
  const seen = { id, name, serverId, domainsUsed, ssl, autossl };
  const { seenAt: _, ...before } = record.app ?? {};
  const isSame = JSON.stringify(before) === JSON.stringify(seen);
  return isSame ? record : { ...record, app: { ...seen, seenAt: readAt } };
}

/** The record with a write that ended without anybody having seen its end. */
export function unfinished(record: AppRecord, now: number): AppRecord {
  const { write } = record;
  if (write === null) return record;
  const failures = (record.mustWrite?.failures ?? 0) + 1;
  const pause = (firstMs: number): number =>
    Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  const tombstones = { ...record.tombstones };
  for (const name of write.added) tombstones[name] = now;
  return {
    ...record,
    write: null,
    tombstones,
    mustWrite: {
      failures,
      soonest: now + pause(SHORTEST_PAUSE_MS),
      at: now + pause(MINUTE_MS),
    },
  };
}

/** What a confirmed write means for the record, once its list was read back. */
export function confirmed(record: AppRecord, now: number): AppRecord {
  const { write, isolation } = record;
  if (write === null) return record;
  const removed = { ...record.removed };
  const tombstones = { ...record.tombstones };
  for (const name of write.removed) {
    removed[name] = now;
    // Removed once, whoever puts it there now means it; but a list that nobody saw end may still bring it back.
    if (record.mustWrite === null && !write.isUnknown)
      Reflect.deleteProperty(tombstones, name);
    else tombstones[name] = now;
  }
  for (const name of write.added) Reflect.deleteProperty(removed, name);
  const added = new Set(write.added);
  const groups = (isolation?.groups ?? []).filter(
    (group) => !group.every((name) => added.has(name)),
  );
  return {
    ...record,
    write: null,
    mustWrite: null,
    conflicts: 0,
    removed,
    tombstones,
    unreported:
      write.unreported > 0
        ? [...record.unreported, { at: now, count: write.unreported }]
        : record.unreported,
    twins: withTwins(record, write),
    isolation:
      isolation === null || groups.length === 0
        ? null
        : { ...isolation, groups, controlled: true },
  };
}

/** Also names that were taken off and are back beside one that was sent, with or without `www.`: ServerPilot puts them there. */
function withTwins(
  { twins, believed }: AppRecord,
  { list, removed }: OpenWrite,
): readonly string[] {
  const sent = new Set(list.map(comparable));
  const there = new Set((believed ?? []).map(comparable));
  const back = removed.filter(
    (name) => there.has(name) && sent.has(twinOf(name)),
  );
  return back.length === 0 ? twins : [...new Set([...twins, ...back])];
}

/** The record without what has had its time. */
export function aged(record: AppRecord, now: number): AppRecord {
  const unreported = record.unreported.filter(({ at }) => now - at < DAY_MS);
  return {
    ...record,
    removed: young(record.removed, now, DAY_MS),
    tombstones: young(record.tombstones, now, TOMBSTONE_MS),
    unreported:
      unreported.length === record.unreported.length
        ? record.unreported
        : unreported,
  };
}

function young(
  times: Readonly<Record<string, number>>,
  now: number,
  keptMs: number,
): Readonly<Record<string, number>> {
  const all = Object.entries(times);
  const kept = all.filter(([, at]) => now - at < keptMs);
  return kept.length === all.length ? times : Object.fromEntries(kept);
}

/**
 * The record for another app: what was known of the one before says nothing of it. What the network owned there is kept,
 * and what it owned on the new one, if it was there before, counts again.
 *
 * @param owned what the network owns on the app that it leaves.
 */
export function movedTo(
  record: AppRecord,
  appId: string,
  owned: readonly string[],
  now: number,
): { record: AppRecord; owned: readonly string[] } {
  const young = record.left.filter(({ at }) => now - at < LEFT_KEPT_MS);
  const left = young.filter((app) => app.appId !== appId);
  if (record.appId !== null)
    left.push({ appId: record.appId, at: now, owned: [...owned] });
  const { revision, provenAppId } = record;
  return {
    record: { ...emptyRecord, revision, provenAppId, appId, left },
    owned: young.find((app) => app.appId === appId)?.owned ?? [],
  };
}
