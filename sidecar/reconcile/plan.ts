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
  // Foreign names keep ServerPilot's spelling; they are only compared in lower case.
  const onApp = new Map<string, string>();
  for (const spelled of input.actual) {
    const name = spelled.toLowerCase();
    if (!onApp.has(name)) onApp.set(name, spelled);
  }
  const { chosen, overCapacity } = fitIn(input, onApp);

  const add: string[] = [];
  const remove: string[] = [];
  const adopt: string[] = [];
  const disown: string[] = [];
  const result: string[] = [];
  for (const [name, spelled] of onApp) {
    const isWanted = chosen.has(name);
    const isOwned = owned.has(name);
    if (isOwned && !isWanted && name !== networkDomain) {
      remove.push(name);
      continue;
    }
    if (isOwned && !isWanted) disown.push(name);
    if (!isOwned && isWanted) adopt.push(name);
    result.push(spelled);
  }
  const keep = result.length;
  for (const name of chosen) {
    if (onApp.has(name)) continue;
    add.push(name);
    result.push(name);
  }
  for (const name of owned) {
    if (!onApp.has(name) && !chosen.has(name)) disown.push(name);
  }
  return {
    add,
    remove,
    adopt,
    disown,
    keep,
    overCapacity,
    result,
    writes: add.length > 0 || result.length !== input.actual.length,
    checksum: checksumOf(input.actual, result),
  };
}

/** Chooses which wanted names the app has room for: those that are there unowned stay anyway, the rest by rank and age. */
function fitIn(
  input: PlanInput,
  onApp: ReadonlyMap<string, string>,
): { chosen: Set<string>; overCapacity: string[] } {
  const stays = (name: string): boolean =>
    onApp.has(name) && (!input.owned.has(name) || name === input.networkDomain);
  let room = input.capacity ?? APP_CAPACITY;
  for (const name of onApp.keys()) if (stays(name)) room -= 1;

  const contenders = input.wanted.filter(({ name }) => !stays(name));
  if (contenders.length <= room)
    return {
      chosen: new Set(input.wanted.map(({ name }) => name)),
      overCapacity: [],
    };

  const byImportance = [...contenders].sort(
    (a, b) => a.rank - b.rank || a.age - b.age || (a.name < b.name ? -1 : 1),
  );
  const overCapacity = byImportance
    .slice(Math.max(0, room))
    .map(({ name }) => name);
  const left = new Set(overCapacity);
  return {
    chosen: new Set(
      input.wanted.map(({ name }) => name).filter((name) => !left.has(name)),
    ),
    overCapacity,
  };
}

function checksumOf(
  actual: readonly string[],
  result: readonly string[],
): string {
  return createHash("sha256")
    .update(`${actual.join("\n")}\n\n${result.join("\n")}`)
    .digest("hex")
    .slice(0, 32);
}
