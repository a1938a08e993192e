import { LONGEST_PAUSE_MS, type AppRecord } from "./app-record";
import { judge, type Held } from "./guard";
import { comparable, twinOf } from "./hostnames";
import { nextAdditions } from "./isolation";
import { checksumOf, computePlan, type Plan, type PlanInput } from "./plan";
import type { PolicySettings, Wanted, WantedName } from "./policy";
import type { AppState, Mapping, NameRecord } from "./ports";
import { isRefused } from "./records";

/** Everything that a plan follows from. */
export interface PlanFacts {
  record: AppRecord;
  /** The app's list as it was believed before this read; null before the first one. */
  before: readonly string[] | null;
  wanted: Wanted;
  known: ReadonlyMap<string, NameRecord>;
  mappings: readonly Mapping[];
  app: AppState;
  reported: ReadonlyMap<string, number>;
  /** Names that ServerPilot has refused in this very run. */
  refused: ReadonlyMap<string, unknown>;
  urgent: boolean;
  settings: PolicySettings;
  now: number;
}

export interface Planned {
  plan: Plan;
  byName: ReadonlyMap<string, WantedName>;
  /** Names of the plan's additions that were refused before. */
  again: ReadonlySet<string>;
  /** The removals that wait for a person; null where none do. */
  held: Held | null;
  /** How many removals UM has not reported, and no person has approved. */
  unreported: number;
  /** Whether a list is to be sent now. */
  writes: boolean;
  /** When a list is to be sent that has to wait, in milliseconds since the epoch; null where none has. */
  writesAt: number | null;
  /** Something on the app shows that it is this network's. */
  isRelated: boolean;
}

/** Plans from both sides, lets the guard judge, and gives what the record has to say of it. Pure. */
export function planFor(facts: PlanFacts): {
  planned: Planned;
  record: AppRecord;
} {
  const { wanted, known, app } = facts;
  const onApp = new Set(app.domains.map(comparable));
  const { resting, again } = refusedNames(facts);
  const ours = ownedNames(facts);
  const twins = twinsOn(facts, onApp, ours);
  const input = planInput(facts, { onApp, resting, owned: ours, twins });
  const free = computePlan(input);
  const owned = countOwned(input.owned, onApp);
  const before = facts.record.held;
  const approved = before?.approved ? before.checksum : null;
  const unreported = free.remove.filter(
    (name) => !twins.has(name) && !facts.reported.has(name),
  );
  const held = judge(unreported, {
    owned,
    recent: facts.record.unreported.reduce((sum, { count }) => sum + count, 0),
    approved,
  });
  const isApproved =
    approved !== null && checksumOf([...unreported].sort()) === approved;
  const plan = held
    ? computePlan({ ...input, held: new Set(held.names) })
    : free;
  // An approval holds until what was approved is done.
  const stays = isApproved ? before : null;
  const record = {
    ...afterPlan(facts, free, onApp),
    twins: sameSet(facts.record.twins, twins) ? facts.record.twins : [...twins],
    held: held ? heldAfter(facts.record, held) : stays,
  };
  const next = nextAdditions(plan.add, again, record.isolation);
  const differs =
    next.isControl ||
    next.names.length > 0 ||
    plan.kept.length !== app.domains.length;
  return {
    planned: {
      plan,
      byName: new Map(wanted.names.map((one) => [one.name, one])),
      again,
      held,
      unreported: held !== null || isApproved ? 0 : unreported.length,
      ...whenToSend(facts, plan, next.names, differs),
      isRelated: isRelated(wanted, known, onApp),
    },
    record,
  };
}

function whenToSend(
  { record, urgent, now }: PlanFacts,
  plan: Plan,
  additions: readonly string[],
  differs: boolean,
): Pick<Planned, "writes" | "writesAt"> {
  const { write, mustWrite } = record;
  if (write?.stage === "open") {
    // Another plan than the one that is being carried out.
    const list = new Set(write.list.map(comparable));
    const wanted = [...plan.kept, ...additions].map(comparable);
    const isOther =
      wanted.length !== list.size || wanted.some((name) => !list.has(name));
    return { writes: isOther, writesAt: null };
  }
  if (mustWrite === null) return { writes: differs, writesAt: null };
  const at = differs ? mustWrite.soonest : mustWrite.at;
  // A time further away than any pause comes from a clock that was wrong.
  const isDue = urgent || now >= at || at - now > LONGEST_PAUSE_MS;
  return { writes: isDue, writesAt: isDue ? null : at };
}

/** Names that ServerPilot refused: those that rest, and those that are tried again now. */
function refusedNames({ known, refused, mappings, now }: PlanFacts): {
  resting: Set<string>;
  again: Set<string>;
} {
  const resting = new Set(refused.keys());
  const again = new Set<string>();
  const madeAt = new Map<string, number>();
  for (const { domain, createdAt } of mappings)
    if (createdAt !== null) madeAt.set(comparable(domain), createdAt);
  for (const record of known.values()) {
    if (!isRefused(record) || resting.has(record.name)) continue;
    const { name, nextTryAt, changedAt } = record;
    const isNew = (madeAt.get(name) ?? 0) > changedAt;
    const isDue = nextTryAt === null || nextTryAt <= now;
    (isNew || isDue ? again : resting).add(name);
  }
  return { resting, again };
}

/** What the ledger says is ours, and what a write whose end nobody saw may still bring. */
function ownedNames({ record, known }: PlanFacts): Set<string> {
  const owned = new Set(Object.keys(record.tombstones));
  for (const one of known.values()) if (one.owned) owned.add(one.name);
  return owned;
}

/** Names that ServerPilot put beside ours: those that are known, and those that are there since the same read as ours. */
function twinsOn(
  { record, before }: PlanFacts,
  onApp: ReadonlySet<string>,
  owned: ReadonlySet<string>,
): Set<string> {
  const twins = new Set(record.twins.filter((name) => onApp.has(name)));
  if (before === null) return twins;
  const was = new Set(before.map(comparable));
  for (const name of onApp) {
    const other = twinOf(name);
    const isNew = !was.has(name) && !was.has(other);
    if (isNew && !owned.has(name) && owned.has(other) && onApp.has(other))
      twins.add(name);
  }
  return twins;
}

function sameSet(list: readonly string[], names: ReadonlySet<string>): boolean {
  return list.length === names.size && list.every((name) => names.has(name));
}

function planInput(
  facts: PlanFacts,
  {
    onApp,
    ...sets
  }: Pick<PlanInput, "resting" | "owned" | "twins"> & {
    onApp: ReadonlySet<string>;
  },
): PlanInput {
  const { record, wanted, known, app, before } = facts;
  const persons = new Set<string>();
  for (const one of known.values()) if (one.used) persons.add(one.name);
  // Seen on the app while nobody had mapped it: a person had put it there.
  for (const spelled of before ?? []) {
    const name = comparable(spelled);
    if (!known.has(name)) persons.add(name);
  }
  const covers = customWildcards(app);
  return {
    wanted: wanted.names.filter(
      ({ name, kind }) => kind !== "site" || onApp.has(name) || !covers(name),
    ),
    actual: app.domains,
    persons,
    ...sets,
    networkDomain: wanted.networkDomain,
    addNetworkDomain: record.addNetworkDomain,
    held: new Set(),
  };
}

/** Whether a custom certificate and a wildcard on the app serve a site that is not listed by itself. */
function customWildcards(app: AppState): (name: string) => boolean {
  if (app.ssl?.custom !== true) return () => false;
  const zones = new Set(
    app.domains.flatMap((name) =>
      name.startsWith("*.") ? [name.slice(2).toLowerCase()] : [],
    ),
  );
  return (name) => zones.has(name.slice(name.indexOf(".") + 1));
}

function countOwned(
  owned: ReadonlySet<string>,
  onApp: ReadonlySet<string>,
): number {
  let count = 0;
  for (const name of owned) if (onApp.has(name)) count += 1;
  return count;
}

/** A name of the network's on the app: its domain with or without `www.` or under a wildcard, a site, or a mapping. */
function isRelated(
  { names, networkDomain }: Wanted,
  known: ReadonlyMap<string, NameRecord>,
  onApp: ReadonlySet<string>,
): boolean {
  // Nothing on an empty app is anybody's.
  if (onApp.size === 0) return true;
  return (
    (networkDomain !== null && isListed(networkDomain, onApp)) ||
    names.some(({ name }) => onApp.has(name)) ||
    [...known.values()].some(({ name, owned }) => owned && onApp.has(name))
  );
}

function isListed(networkDomain: string, onApp: ReadonlySet<string>): boolean {
  const apex = networkDomain.replace(/^www\./, "");
  const parent = networkDomain.slice(networkDomain.indexOf(".") + 1);
  return [apex, `www.${apex}`, `*.${apex}`, `*.${parent}`].some((name) =>
    onApp.has(name),
  );
}

function afterPlan(
  { record, before, wanted, app }: PlanFacts,
  free: Plan,
  onApp: ReadonlySet<string>,
): AppRecord {
  const { networkDomain } = wanted;
  const isThere = networkDomain === null || isListed(networkDomain, onApp);
  const wasThere =
    networkDomain !== null &&
    before !== null &&
    isListed(networkDomain, new Set(before.map(comparable)));
  return {
    ...record,
    withoutPlace: free.withoutPlace.length,
    networkDomain,
    networkDomainLost: !isThere && (wasThere || record.networkDomainLost),
    addNetworkDomain:
      record.addNetworkDomain &&
      !(networkDomain !== null && onApp.has(networkDomain)) &&
      app.domains.length > 0,
  };
}

function heldAfter(
  { held }: AppRecord,
  { names, checksum, reason, params }: Held,
): AppRecord["held"] {
  if (held?.checksum === checksum && !held.approved) return { ...held, params };
  return { checksum, remove: [...names], reason, params, approved: false };
}
