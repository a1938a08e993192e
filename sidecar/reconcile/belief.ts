import type { AppRecord, Doubt } from "./app-record";
import { comparable, twinOf } from "./hostnames";
import type { Wanted } from "./policy";

/** How far apart the two reads are that have to agree. */
export const SECOND_READ_MS = 10_000;

/** Within this time two reads have to agree, or the pass has failed. */
const AGREEMENT_MS = 60_000;

export type Belief =
  /** The list may be planned from. */
  | { kind: "agreed"; record: AppRecord }
  /** It has to be read again, not before `nextAt`. */
  | { kind: "doubt"; record: AppRecord; nextAt: number }
  /** For a minute no two reads have agreed. */
  | { kind: "unstable"; record: AppRecord };

/**
 * Weighs a read of the app's list. Names that are missing although they were believed to be there, and names that the
 * bridge took off and that are back, are news: nothing is written or disowned for them until a second read says the
 * same. A first read that lacks what any app of a network has is such news too. Pure.
 *
 * @param ownNames names of which at least one is expected on the app when it is read for the first time.
 * @param apartMs how far apart the two reads have to be.
 */
export function believe(
  record: AppRecord,
  list: readonly string[],
  now: number,
  ownNames: readonly string[],
  apartMs = SECOND_READ_MS,
): Belief {
  const agreed: Belief = {
    kind: "agreed",
    record: { ...record, believed: list, doubt: null },
  };
  if (!hasNews(record, list, ownNames)) {
    const same = record.doubt === null && sameNames(record.believed, list);
    return same ? { kind: "agreed", record } : agreed;
  }
  // What was noted by a clock that ran ahead is as good as noted now.
  const before = record.doubt && {
    ...record.doubt,
    since: Math.min(record.doubt.since, now),
    at: Math.min(record.doubt.at, now),
  };
  if (before === null)
    return doubted(record, { since: now, at: now, list }, apartMs);
  if (sameNames(before.list, list))
    return now - before.at >= apartMs
      ? agreed
      : doubted(record, before, apartMs);
  if (now - before.since > AGREEMENT_MS)
    return { kind: "unstable", record: { ...record, doubt: null } };
  return doubted(record, { since: before.since, at: now, list }, apartMs);
}

function doubted(record: AppRecord, doubt: Doubt, apartMs: number): Belief {
  return {
    kind: "doubt",
    record: { ...record, doubt },
    nextAt: doubt.at + apartMs,
  };
}

function hasNews(
  record: AppRecord,
  list: readonly string[],
  ownNames: readonly string[],
): boolean {
  const names = new Set(list.map(comparable));
  const { write } = record;
  const isDone = write?.stage === "done";
  const expected = isDone ? write.list : record.believed;
  if (expected === null)
    return ownNames.length > 0 && !ownNames.some((name) => names.has(name));
  if (expected.some((name) => !names.has(comparable(name)))) return true;
  const gone = [
    ...Object.keys(record.removed),
    ...(isDone ? write.removed : []),
  ];
  if (gone.length === 0) return false;
  const wasThere = new Set(record.believed?.map(comparable));
  return gone.some(
    (name) => names.has(name) && (isDone || !wasThere.has(name)),
  );
}

function sameNames(
  one: readonly string[] | null,
  other: readonly string[],
): boolean {
  if (one?.length !== other.length) return false;
  const names = new Set(one.map(comparable));
  return other.every((name) => names.has(comparable(name)));
}

/**
 * What an app on which the network has always run would list: the network's own domain, or a name that is mapped.
 *
 * @param isEmpty whether the app lists nothing: then its own domain is not expected.
 */
export function expectedNames(
  wanted: Wanted | null,
  isEmpty: boolean,
): string[] {
  const own = isEmpty ? null : (wanted?.networkDomain ?? null);
  const mapped = wanted?.names.map(({ name }) => name) ?? [];
  return own === null ? mapped : [own, twinOf(own), ...mapped];
}
