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
  const { names, spelled, places } = listed(input.actual);
  const { chosen, overCapacity, unadopted } = fitIn(input, places);

  // Marks by place rather than sets of names: with many names, looking them up is what takes the time.
  const isWanted = new Uint8Array(names.length);
  const isOwned = new Uint8Array(names.length);
  const add: string[] = [];
  for (const name of chosen) {
    const place = places.get(name);
    if (place === undefined) add.push(name);
    else isWanted[place] = 1;
  }
  const gone: string[] = [];
  for (const name of owned) {
    const place = places.get(name);
    if (place === undefined) gone.push(name);
    else isOwned[place] = 1;
  }

  const remove: string[] = [];
  const adopt: string[] = [];
  const disown: string[] = [];
  const result: string[] = [];
  for (const [place, name] of names.entries()) {
    if (isOwned[place] && !isWanted[place]) {
      if (name !== networkDomain) {
        remove.push(name);
        continue;
      }
      disown.push(name);
    }
    if (!isOwned[place] && isWanted[place]) adopt.push(name);
    result.push(spelled[place] ?? name);
  }
  const keep = result.length;
  for (const name of add) result.push(name);
  if (gone.length > 0) {
    const adding = new Set(add);
    for (const name of gone) if (!adding.has(name)) disown.push(name);
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

interface Listed {
  /** In lower case, which they are compared in; of a name that stands twice the first one. */
  names: readonly string[];
  /** The same names as ServerPilot spells them. */
  spelled: readonly string[];
  /** Where each name stands in both. */
  places: ReadonlyMap<string, number>;
}

function listed(actual: readonly string[]): Listed {
  const names: string[] = [];
  const spelled: string[] = [];
  const places = new Map<string, number>();
  for (const asSpelled of actual) {
    const name = asSpelled.toLowerCase();
    if (places.has(name)) continue;
    places.set(name, names.length);
    names.push(name);
    spelled.push(asSpelled);
  }
  return { names, spelled, places };
}

interface Fit {
  /** In the order of the wanted names. */
  chosen: readonly string[];
  overCapacity: string[];
  unadopted: string[];
}

/**
 * Chooses which wanted names the app has room for, by rank and age. A name that loses but stands on the app unowned is
 * foreign: it stays and takes room, so the choice is made again without it, until it holds.
 */
function fitIn(
  { wanted, owned, networkDomain, capacity = APP_CAPACITY }: PlanInput,
  onApp: ReadonlyMap<string, number>,
): Fit {
  const names = wanted.map(({ name }) => name);
  const all = { chosen: names, overCapacity: [], unadopted: [] };
  // Whatever of it is foreign, everything fits.
  if (names.length + onApp.size <= capacity) return all;
  const isUnowned = (name: string): boolean =>
    onApp.has(name) && !owned.has(name);
  const isWanted = new Set(names);
  let room = capacity;
  for (const name of onApp.keys()) {
    if (name === networkDomain || (isUnowned(name) && !isWanted.has(name)))
      room -= 1;
  }
  if (names.length <= room) return all;

  const unadopted: string[] = [];
  let contenders = [...wanted].sort(byImportance).map(({ name }) => name);
  for (;;) {
    const lost = contenders.slice(Math.max(0, room));
    const staying = lost.filter(isUnowned);
    if (staying.length === 0) {
      const left = new Set([...lost, ...unadopted]);
      const chosen = names.filter((name) => !left.has(name));
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
