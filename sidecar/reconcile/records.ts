import type { ReasonCode, ReasonParams } from "../reasons";
import type { Plan } from "./plan";
import type { Wanted, WantedName } from "./policy";
import type { BlockedName, CertificateView, NameRecord } from "./ports";
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
  const next = new Map<string, NameRecord>();
  const overCapacity = new Set(facts.plan.overCapacity);
  const unadopted = new Set(facts.plan.unadopted);
  const claimed = new Set(facts.claimed ? facts.plan.add : []);
  for (const wanted of facts.wanted.names) {
    const state = overCapacity.has(wanted.name)
      ? blockedState({
          reason: "over-capacity",
          params: { capacity: APP_CAPACITY },
        })
      : stateOfWanted(wanted, facts);
    const owned =
      (facts.onApp.has(wanted.name) && !unadopted.has(wanted.name)) ||
      claimed.has(wanted.name);
    next.set(wanted.name, { ...recordOf(wanted, state, facts), owned });
  }
  for (const blocked of facts.wanted.blocked) {
    if (next.has(blocked.name)) continue;
    next.set(blocked.name, {
      ...recordOf(asWanted(blocked), blockedState(blocked), facts),
      siteId: blocked.siteId,
    });
  }
  for (const name of facts.plan.remove) {
    if (!facts.onApp.has(name)) continue;
    const known = next.get(name) ?? facts.known.get(name);
    if (!known) continue;
    const waiting = facts.trouble ?? {
      reason: "removal-waiting" as const,
      params: {},
    };
    next.set(name, {
      ...known,
      owned: true,
      ...UNSEEN,
      state: "removing",
      ...waiting,
    });
  }
  const forget = [...facts.known.keys()].filter((name) => !next.has(name));
  return { save: changedRecords(next, facts), forget };
}

/** The states of wanted names that the ledger does not know yet, when the app could not be read. */
export function pendingRecords(
  facts: Pick<PassFacts, "wanted" | "known" | "now"> & {
    trouble: NonNullable<PassFacts["trouble"]>;
  },
): NameRecord[] {
  return facts.wanted.names
    .filter(({ name }) => {
      const known = facts.known.get(name);
      return !known || known.state === "pending";
    })
    .map((wanted) => ({
      ...recordOf(
        wanted,
        { ...UNSEEN, state: "pending", ...facts.trouble },
        facts,
      ),
      owned: facts.known.get(wanted.name)?.owned ?? false,
    }));
}

const UNSEEN = {
  tries: 0,
  triesSince: null,
  nextTryAt: null,
  certificateEndsAt: null,
  dnsSeen: null,
} satisfies Partial<CertificateView>;

function blockedState(why: {
  reason: ReasonCode;
  params: ReasonParams;
}): CertificateView {
  return {
    ...UNSEEN,
    state: "blocked",
    reason: why.reason,
    params: why.params,
  };
}

function stateOfWanted(wanted: WantedName, facts: PassFacts): CertificateView {
  const known = facts.known.get(wanted.name);
  if (!facts.onApp.has(wanted.name)) {
    const why = facts.trouble ?? {
      reason: "waiting-for-pass" as const,
      params: {},
    };
    return { ...UNSEEN, state: "pending", ...why };
  }
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

function recordOf(
  wanted: WantedName,
  view: CertificateView,
  facts: Pick<PassFacts, "known" | "now">,
): NameRecord {
  const { name, kind, siteId } = wanted;
  const {
    state,
    reason,
    params,
    tries,
    triesSince,
    nextTryAt,
    certificateEndsAt,
    dnsSeen,
  } = view;
  const known = facts.known.get(name);
  const same =
    known?.state === state &&
    known.reason === reason &&
    sameParams(known.params, params);
  return {
    name,
    kind,
    siteId,
    owned: false,
    changedAt: same ? known.changedAt : facts.now,
    ...{
      state,
      reason,
      params,
      tries,
      triesSince,
      nextTryAt,
      certificateEndsAt,
      dnsSeen,
    },
  };
}

function asWanted(blocked: BlockedName): WantedName {
  return {
    name: blocked.name,
    kind: "mapping",
    siteId: blocked.siteId ?? 0,
    rank: 0,
    age: 0,
  };
}

function changedRecords(
  next: ReadonlyMap<string, NameRecord>,
  facts: PassFacts,
): NameRecord[] {
  return [...next.values()].filter((record) => {
    const known = facts.known.get(record.name);
    return (
      known?.state !== record.state ||
      known.reason !== record.reason ||
      known.kind !== record.kind ||
      known.siteId !== record.siteId ||
      known.owned !== record.owned ||
      !sameParams(known.params, record.params)
    );
  });
}

function sameParams(one: ReasonParams, other: ReasonParams): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => one[key] === other[key])
  );
}
