import { createHash } from "node:crypto";
import type { WantedName } from "./policy";

/** ServerPilot's limit. Source: ServerPilot API, "Update an App": at most 300 domains per app. */
export const APP_CAPACITY = 300;

export interface PlanInput {
  wanted: readonly WantedName[];
  /** The app's list as ServerPilot answered it. */
  actual: readonly string[];
  /** Names that the ledger says the bridge put on the app, or adopted. */
  owned: ReadonlySet<string>;
  /** Never removed, whatever the ledger says. */
  networkDomain: string | null;
  capacity?: number;
}

export interface Plan {
  add: string[];
  /** Taken off the app, and with it off the ledger. */
  remove: string[];
  adopt: string[];
  /** Forgotten by the ledger without touching the app. */
  disown: string[];
  /** How many of the app's names stay. */
  keep: number;
  /** Wanted names for which the app has no room, least important last. */
  overCapacity: string[];
  /** Wanted names that stand on the app but not ours to keep there: the room belongs to more important ones. */
  unadopted: string[];
  /** The app's whole list afterwards. */
  result: string[];
  /** Whether the app's list has to be written at all. */
  writes: boolean;
  /** Names this plan and no other: an approval is bound to it. */
  checksum: string;
}

/**
 * Works out what the app's list should become. Pure: no I/O, no clock.
 *
 * | wanted | on the app | owned | then                                      |
 * | ------ | ---------- | ----- | ----------------------------------------- |
 * | yes    | no         | –     | add, own                                  |
 * | yes    | yes        | no    | keep, adopt                               |
 * | yes    | yes        | yes   | keep                                      |
 * | no     | yes        | yes   | remove, disown                            |
 * | no     | yes        | no    | keep: foreign                             |
 * | no     | no         | yes   | disown: someone removed it in the panel   |
 *
 * The order of the app's list is kept, new names go to its end, no name stands twice.
 */
export function computePlan(input: PlanInput): Plan {
  const { owned, networkDomain } = input;
  const { spelled, onApp } = listed(input.actual);
  const { chosen, overCapacity, unadopted } = fitIn(input, onApp);

  const add: string[] = [];
  const remove: string[] = [];
  const adopt: string[] = [];
  const disown: string[] = [];
  const result: string[] = [];
  let ownedOnApp = 0;
  let index = 0;
  for (const name of onApp) {
    const asSpelled = spelled[index++] ?? name;
    const isWanted = chosen.has(name);
    const isOwned = owned.has(name);
    if (isOwned) ownedOnApp += 1;
    if (isOwned && !isWanted && name !== networkDomain) {
      remove.push(name);
      continue;
    }
    if (isOwned && !isWanted) disown.push(name);
    if (!isOwned && isWanted) adopt.push(name);
    result.push(asSpelled);
  }
  const keep = result.length;
  for (const name of chosen) {
    if (onApp.has(name)) continue;
    add.push(name);
    result.push(name);
  }
  if (ownedOnApp < owned.size) {
    for (const name of owned) {
      if (!onApp.has(name) && !chosen.has(name)) disown.push(name);
    }
  }
  return {
    add,
    remove,
    adopt,
    disown,
    keep,
    overCapacity,
    unadopted,
    result,
    writes: add.length > 0 || result.length !== input.actual.length,
    checksum: checksumOf(input.actual, result),
  };
}

/**
 * The app's names in lower case, which they are compared in, and as ServerPilot spells them, in the same order; of a
 * name that stands twice the first one.
 */
function listed(actual: readonly string[]): {
  spelled: readonly string[];
  onApp: ReadonlySet<string>;
} {
  const lower = actual.map((name) => name.toLowerCase());
  const onApp = new Set(lower);
  if (onApp.size === actual.length) return { spelled: actual, onApp };
  const seen = new Set<string>();
  const spelled = actual.filter((_, index) => {
    const before = seen.size;
    seen.add(lower[index] ?? "");
    return seen.size > before;
  });
  return { spelled, onApp };
}

interface Fit {
  chosen: Set<string>;
  overCapacity: string[];
  unadopted: string[];
}

/**
 * Chooses which wanted names the app has room for, by rank and age. A name that loses but stands on the app unowned is
 * foreign: it stays and takes room, so the choice is made again without it, until it holds.
 */
function fitIn(input: PlanInput, onApp: ReadonlySet<string>): Fit {
  const isUnowned = (name: string): boolean =>
    onApp.has(name) && !input.owned.has(name);
  const wanted = new Set(input.wanted.map(({ name }) => name));
  let room = input.capacity ?? APP_CAPACITY;
  // Whatever of it is foreign, everything fits.
  if (wanted.size + onApp.size <= room)
    return { chosen: wanted, overCapacity: [], unadopted: [] };
  for (const name of onApp) {
    if (name === input.networkDomain || (isUnowned(name) && !wanted.has(name)))
      room -= 1;
  }
  if (wanted.size <= room)
    return { chosen: wanted, overCapacity: [], unadopted: [] };

  const unadopted: string[] = [];
  let contenders = [...input.wanted].sort(byImportance).map(({ name }) => name);
  for (;;) {
    const lost = contenders.slice(Math.max(0, room));
    const staying = lost.filter(isUnowned);
    if (staying.length === 0) {
      const left = new Set([...lost, ...unadopted]);
      const chosen = new Set([...wanted].filter((name) => !left.has(name)));
      return { chosen, overCapacity: lost, unadopted };
    }
    const stays = new Set(staying);
    unadopted.push(...staying);
    room -= staying.length;
    contenders = contenders.filter((name) => !stays.has(name));
  }
}

function byImportance(one: WantedName, other: WantedName): number {
  return (
    one.rank - other.rank ||
    one.age - other.age ||
    (one.name < other.name ? -1 : 1)
  );
}

function checksumOf(
  actual: readonly string[],
  result: readonly string[],
): string {
  const hash = createHash("sha256");
  for (const names of [actual, result]) {
    // In pieces: one text of all names would be megabytes that nobody needs.
    for (let at = 0; at < names.length; at += HASHED_AT_ONCE)
      hash.update(`${names.slice(at, at + HASHED_AT_ONCE).join("\n")}\n`);
    hash.update("\n");
  }
  return hash.digest("hex").slice(0, 32);
}

const HASHED_AT_ONCE = 500;
