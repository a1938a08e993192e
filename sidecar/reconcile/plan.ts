import { createHash } from "node:crypto";
import { comparable, twinOf } from "./hostnames";
import type { WantedName } from "./policy";

/** ServerPilot's limit. Source: ServerPilot API, "Update an App": at most 300 domains per app. */
export const APP_CAPACITY = 300;

/** In pieces: one text of all names would be megabytes that nobody needs. */
const HASHED_AT_ONCE = 500;

export interface PlanInput {
  wanted: readonly WantedName[];
  /** The app's list as ServerPilot answered it. */
  actual: readonly string[];
  /** Names that the ledger says the bridge put on the app, or adopted. */
  owned: ReadonlySet<string>;
  /** Names that were on the app before they were mapped: a person put them there, and they stay when they are unmapped. */
  persons: ReadonlySet<string>;
  /** `www.` names that ServerPilot put beside ours: they stay and go with the name that they belong to. */
  twins: ReadonlySet<string>;
  /** Names that ServerPilot refuses and that are not to be tried now: they take no room. */
  resting: ReadonlySet<string>;
  /** Never removed, whatever the ledger says. */
  networkDomain: string | null;
  /** The network's own domain is put back, because a person asked for it. */
  addNetworkDomain: boolean;
  /** Names that would be removed and stay: a person has not approved it. */
  held: ReadonlySet<string>;
  capacity?: number;
}

export interface Plan {
  /** In the order in which they are to be put at the list's end. */
  add: string[];
  /** To be taken off the app, and with it off the ledger; what is held stays on it for now. */
  remove: string[];
  adopt: string[];
  /** Wanted names that a person had put on the app: used as they are, and not ours to remove. */
  use: string[];
  /** Forgotten by the ledger without touching the app. */
  disown: string[];
  /** The app's names that stay, in their order and as ServerPilot spells them. */
  kept: string[];
  /** Wanted names for which the app has no room. */
  withoutPlace: string[];
  /** The app's whole list afterwards. */
  result: string[];
  /** Whether the app's list has to be written at all. */
  writes: boolean;
  /** Names this plan and no other. */
  checksum: string;
}

/**
 * Works out what the app's list should become. Pure: no I/O, no clock.
 *
 * | wanted | on the app | owned | then                                                |
 * | ------ | ---------- | ----- | --------------------------------------------------- |
 * | yes    | no         | –     | add, own                                            |
 * | yes    | yes        | no    | keep; adopt unless it was there before its mapping  |
 * | yes    | yes        | yes   | keep                                                |
 * | no     | yes        | yes   | remove, disown                                      |
 * | no     | yes        | no    | keep: foreign                                       |
 * | no     | no         | yes   | disown: someone removed it in the panel             |
 *
 * The order of the app's list is kept, new names go to its end, no name stands twice. What is on the app and wanted
 * stays, however full the app is: a newcomer waits.
 */
export function computePlan(input: PlanInput): Plan {
  const { wanted, owned, persons, networkDomain } = input;
  const { names, spelled, places } = listed(input.actual);
  // Marks by place rather than sets of names: with many names, looking them up is what takes the time.
  const isWanted = new Uint8Array(names.length);
  const isOwned = new Uint8Array(names.length);
  const missing: WantedName[] = [];
  for (const one of wanted) {
    const place = places.get(one.name);
    if (place === undefined) missing.push(one);
    else isWanted[place] = 1;
  }
  const gone: string[] = [];
  for (const name of owned) {
    const place = places.get(name);
    if (place === undefined) gone.push(name);
    else isOwned[place] = 1;
  }
  const stays = (name: string): boolean => {
    const place = places.get(twinOf(name));
    return place !== undefined && isWanted[place] === 1;
  };

  const plan = { remove: [], adopt: [], use: [], disown: [], kept: [] };
  const lists: Record<keyof typeof plan, string[]> = plan;
  for (const [place, name] of names.entries()) {
    const isTwin = input.twins.has(name);
    const ours = isOwned[place] === 1 || isTwin;
    if (ours && !isWanted[place] && !(isTwin && stays(name))) {
      if (name === networkDomain) lists.disown.push(name);
      else {
        lists.remove.push(name);
        if (!input.held.has(name) && !(isTwin && input.held.has(twinOf(name))))
          continue;
      }
    }
    if (isWanted[place] && !isOwned[place])
      lists[persons.has(name) ? "use" : "adopt"].push(name);
    lists.kept.push(spelled[place] ?? name);
  }
  const { add, withoutPlace } = placed(input, missing, lists.kept.length);
  if (input.addNetworkDomain && networkDomain && !places.has(networkDomain))
    add.unshift(networkDomain);
  if (gone.length > 0) {
    const adding = new Set(add);
    for (const name of gone) if (!adding.has(name)) lists.disown.push(name);
  }
  const result = lists.kept.concat(add);
  return {
    ...lists,
    add,
    withoutPlace,
    result,
    writes: add.length > 0 || lists.kept.length !== input.actual.length,
    checksum: checksumOf(input.actual, result),
  };
}

interface Listed {
  /** In the form in which they are compared; of a name that stands twice the first one. */
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
    const name = comparable(asSpelled);
    if (places.has(name)) continue;
    places.set(name, names.length);
    names.push(name);
    spelled.push(asSpelled);
  }
  return { names, spelled, places };
}

/** Which of the missing names the app has room for, by rank and age; they keep the order in which they are wanted. */
function placed(
  { resting, capacity = APP_CAPACITY }: PlanInput,
  missing: readonly WantedName[],
  taken: number,
): Pick<Plan, "add" | "withoutPlace"> {
  const room = Math.max(0, capacity - taken);
  const newcomers = missing.filter(({ name }) => !resting.has(name));
  if (newcomers.length <= room)
    return { add: newcomers.map(({ name }) => name), withoutPlace: [] };
  const byRank = [...newcomers].sort(byImportance);
  const chosen = new Set(byRank.slice(0, room).map(({ name }) => name));
  return {
    add: newcomers.map(({ name }) => name).filter((name) => chosen.has(name)),
    withoutPlace: byRank.slice(room).map(({ name }) => name),
  };
}

function byImportance(one: WantedName, other: WantedName): number {
  return (
    one.rank - other.rank ||
    one.age - other.age ||
    (one.name < other.name ? -1 : 1)
  );
}

/** Names these lists and no others, in this order. */
export function checksumOf(...lists: (readonly string[])[]): string {
  const hash = createHash("sha256");
  for (const names of lists) {
    for (let at = 0; at < names.length; at += HASHED_AT_ONCE)
      hash.update(`${names.slice(at, at + HASHED_AT_ONCE).join("\n")}\n`);
    hash.update("\n");
  }
  return hash.digest("hex").slice(0, 32);
}
