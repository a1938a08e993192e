import type { AppRecord, Isolation } from "./app-record";

/**
 * Finding out which names of a refused list it is that ServerPilot does not take. Pure.
 *
 *     list refused ─► the list without additions (control) ─ refused ─► the trouble is the app's: no name is blamed
 *                                                          └ accepted ─► names that ServerPilot's words contain are set
 *                                                            aside, then halves, each in a write of its own, until what
 *                                                            is refused stands alone
 */

/** What the next write adds: all of it, one group of it, or nothing (the control). */
export interface NextAdditions {
  names: readonly string[];
  /** The list without additions is written, to see whether the names are the trouble at all. */
  isControl: boolean;
}

/**
 * @param add what the plan adds, in its order.
 * @param refused names of it that were refused before: each is tried alone, after all others.
 */
export function nextAdditions(
  add: readonly string[],
  refused: ReadonlySet<string>,
  isolation: Isolation | null,
): NextAdditions {
  if (isolation && !isolation.controlled) return { names: [], isControl: true };
  const wanted = new Set(add);
  const groups = (isolation?.groups ?? [])
    .map((group) => group.filter((name) => wanted.has(name)))
    .filter((group) => group.length > 0);
  const waiting = new Set(groups.flat());
  const fresh = add.filter((name) => !waiting.has(name) && !refused.has(name));
  const again = add.filter((name) => !waiting.has(name) && refused.has(name));
  const [first = []] = [
    ...(fresh.length > 0 ? [fresh] : []),
    ...groups,
    ...again.map((name) => [name]),
  ];
  return { names: first, isControl: false };
}

export interface AfterRefusal {
  record: AppRecord;
  /** A name that stands alone and is refused. */
  culprit: string | null;
  /** The list was refused though nothing was added to it: no name is to blame. */
  isAppsTrouble: boolean;
}

/** What follows from a refused write. */
export function afterRefusal(
  record: AppRecord,
  { names, isControl }: NextAdditions,
  words: string,
): AfterRefusal {
  const { isolation } = record;
  if (isControl || names.length === 0)
    return {
      record: { ...record, isolation: null },
      culprit: null,
      isAppsTrouble: true,
    };
  const [culprit = null] = names;
  if (isolation?.controlled && names.length === 1)
    return {
      record: { ...record, isolation: withoutGroup(isolation, names, words) },
      culprit,
      isAppsTrouble: false,
    };
  const rest = isolation ? withoutGroup(isolation, names, words)?.groups : [];
  return {
    record: {
      ...record,
      isolation: {
        groups: [...split(names, words), ...(rest ?? [])],
        controlled: isolation?.controlled ?? false,
        words,
      },
    },
    culprit: null,
    isAppsTrouble: false,
  };
}

function withoutGroup(
  { groups, controlled }: Isolation,
  tried: readonly string[],
  words: string,
): Isolation | null {
  const done = new Set(tried);
  const left = groups
    .map((group) => group.filter((name) => !done.has(name)))
    .filter((group) => group.length > 0);
  return left.length === 0 ? null : { groups: left, controlled, words };
}

/** The names that ServerPilot's words contain each by itself behind the rest; else halves. */
function split(names: readonly string[], words: string): string[][] {
  if (names.length === 1) return [[...names]];
  const named = names.filter((name) => contains(words, name));
  if (named.length > 0) {
    const rest = names.filter((name) => !named.includes(name));
    return [...(rest.length > 0 ? [rest] : []), ...named.map((one) => [one])];
  }
  const middle = Math.ceil(names.length / 2);
  return [names.slice(0, middle), names.slice(middle)];
}

/** Whether the words name exactly this name, and not a longer one that ends in it. */
function contains(words: string, name: string): boolean {
  const text = words.toLowerCase();
  for (
    let at = text.indexOf(name);
    at !== -1;
    at = text.indexOf(name, at + 1)
  ) {
    const before = text[at - 1] ?? " ";
    const after = text.slice(at + name.length);
    if (!/[a-z0-9.-]/.test(before) && !/^(-|\.?[a-z0-9])/.test(after))
      return true;
  }
  return false;
}
