import type { ReasonCode, ReasonParams } from "../reasons";
import type { Plan } from "./plan";
import type { Wanted, WantedName } from "./policy";
import type { CertificateView, NameRecord } from "./ports";
import { APP_CAPACITY } from "./plan";

/** What the ledger has to change so that it says what the pass saw. */
export interface LedgerChanges {
  save: NameRecord[];
  forget: string[];
}

export interface PassFacts {
  wanted: Wanted;
  plan: Plan;
  /** The app's names as last read, in lower case. */
  onApp: ReadonlySet<string>;
  known: ReadonlyMap<string, NameRecord>;
  /** Whether the ledger claimed the plan's names before a write: then a write may have been applied unseen. */
  claimed: boolean;
  /** Why wanted names are not on the app yet, where the pass failed or was held. */
  trouble: { reason: ReasonCode; params: ReasonParams } | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Works out every name's state after a pass, successful or not. Pure; gives only what differs from what is known. */
export function ledgerChanges(facts: PassFacts): LedgerChanges {
  const { wanted, plan, known, onApp, trouble } = facts;
  const next = new Map<string, NameRecord>();
  const overCapacity = new Set(plan.overCapacity);
  const unadopted = new Set(plan.unadopted);
  const claimed = new Set(facts.claimed ? plan.add : []);
  for (const one of wanted.names) {
    const { name } = one;
    const view = overCapacity.has(name)
      ? blockedState("over-capacity", { capacity: APP_CAPACITY })
      : stateOfWanted(one, facts);
    const owned =
      (onApp.has(name) && !unadopted.has(name)) || claimed.has(name);
    next.set(name, recordOf(one, view, owned, facts));
  }
  for (const { name, siteId, reason, params } of wanted.blocked) {
    if (next.has(name)) continue;
    const view = blockedState(reason, params);
    const blocked = { name, kind: "mapping", siteId } as const;
    next.set(name, recordOf(blocked, view, false, facts));
  }
  for (const name of plan.remove) {
    const removing = next.get(name) ?? known.get(name);
    if (!removing || !onApp.has(name)) continue;
    const waiting =
      trouble ?? ({ reason: "removal-waiting", params: {} } as const);
    const view = { ...UNSEEN, state: "removing", ...waiting } as const;
    next.set(name, recordOf(removing, view, true, facts));
  }
  return {
    save: [...next.values()].filter((one) => one !== known.get(one.name)),
    forget: [...known.keys()].filter((name) => !next.has(name)),
  };
}

/** The states of wanted names that the ledger does not know yet, when the app could not be read. */
export function pendingRecords(
  facts: Pick<PassFacts, "wanted" | "known" | "now"> & {
    trouble: NonNullable<PassFacts["trouble"]>;
  },
): NameRecord[] {
  const { wanted, known, trouble } = facts;
  const view = { ...WAITING, ...trouble };
  return wanted.names
    .filter(({ name }) => (known.get(name)?.state ?? "pending") === "pending")
    .map((one) =>
      recordOf(one, view, known.get(one.name)?.owned ?? false, facts),
    );
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
} as const satisfies CertificateView;

function blockedState(
  reason: ReasonCode,
  params: ReasonParams,
): CertificateView {
  return { ...UNSEEN, state: "blocked", reason, params };
}

function stateOfWanted(
  { name }: WantedName,
  facts: PassFacts,
): CertificateView {
  if (!facts.onApp.has(name)) return { ...WAITING, ...facts.trouble };
  const known = facts.known.get(name);
  if (
    known?.state === "securing" ||
    known?.state === "secure" ||
    known?.state === "ssl-failed"
  )
    return known;
  return {
    ...UNSEEN,
    state: "securing",
    reason: "certificate-pending",
    params: {},
    nextTryAt: facts.now,
  };
}

/** A name's record with another view of it; the known record itself where nothing that matters has changed. */
function recordOf(
  { name, kind, siteId }: Pick<NameRecord, "name" | "kind" | "siteId">,
  view: CertificateView,
  owned: boolean,
  { known, now }: Pick<PassFacts, "known" | "now">,
): NameRecord {
  const before = known.get(name);
  const same =
    before?.state === view.state &&
    before.reason === view.reason &&
    sameParams(before.params, view.params);
  if (
    same &&
    before.kind === kind &&
    before.siteId === siteId &&
    before.owned === owned
  )
    return before;
  const changedAt = same ? before.changedAt : now;
  return { ...view, name, kind, siteId, owned, changedAt };
}

function sameParams(one: ReasonParams, other: ReasonParams): boolean {
  if (one === other) return true;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => one[key] === other[key])
  );
}
