import { reasonOf } from "../errors";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import { HELD_KEY, type HeldPlan, type Survey } from "./pass";
import { APP_CAPACITY, type Plan } from "./plan";
import type { Wanted, WantedName } from "./policy";
import type {
  AppState,
  CertificateView,
  NameRecord,
  PassEntry,
  PassLedger,
  StateStore,
} from "./ports";

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

/** What a pass has found out so far, so that whatever happens next can still be written down. */
export interface Progress {
  survey: Survey | null;
  app: AppState | null;
  /** When the look at the app began, in milliseconds since the epoch. */
  lookedAt: number;
  claimed: boolean;
  /** Whether ForceSSL is wanted once every name is secure. */
  forceSsl: boolean;
  calls: () => number;
}

/** A pass as history keeps it; `error` is what made it fail, or null. */
export function describePass(
  { survey: seen, calls, app }: Progress,
  error: unknown,
  about: Pick<
    PassEntry,
    "trigger" | "correlationId" | "startedAt" | "finishedAt"
  >,
): PassEntry {
  const { trigger, correlationId, startedAt, finishedAt } = about;
  const common = {
    ...{ trigger, correlationId, startedAt, finishedAt },
    calls: calls(),
  };
  const { added, removed } = outcomeOf(seen?.plan, app);
  if (error !== null)
    return { ...common, outcome: "failed", ...reasonOf(error), added, removed };
  if (seen?.verdict.held) {
    const { reason, params } = seen.verdict;
    return { ...common, outcome: "held", reason, params, added, removed };
  }
  return { ...common, outcome: "ok", reason: null, params: {}, added, removed };
}

/** What of the plan has come about, as far as it was seen. */
function outcomeOf(
  plan: Plan | undefined,
  app: AppState | null,
): Pick<PassEntry, "added" | "removed"> {
  if (!plan || plan.add.length + plan.remove.length === 0)
    return { added: [], removed: [] };
  const onApp = namesOn(app);
  return {
    added: plan.add.filter((name) => onApp.has(name)),
    removed: plan.remove.filter((name) => !onApp.has(name)),
  };
}

/** ServerPilot may spell a name with capitals. */
function namesOn(app: AppState | null): Set<string> {
  return new Set(app?.domains.map((name) => name.toLowerCase()));
}

/**
 * Writes the states of all names down as they were seen, whatever happened.
 *
 * @throws TransientError `lock-lost` where another may have written meanwhile.
 * @throws TransientError | PermanentError with a `database-*` reason.
 */
export async function recordPass(
  deps: { ledger: Pick<PassLedger, "settle">; state: StateStore },
  progress: Progress,
  entry: PassEntry,
  stillHeld: () => Promise<void>,
): Promise<void> {
  const { survey: seen, app, claimed } = progress;
  if (!seen || !app) return;
  const onApp = namesOn(app);
  const { reason, params } = entry;
  const trouble = reason === null ? null : { reason, params };
  const { wanted, plan, known } = seen;
  const changes = ledgerChanges({
    wanted,
    plan,
    known,
    onApp,
    claimed,
    trouble,
    now: entry.finishedAt,
  });
  const answered = answeredReports(seen, onApp, entry.finishedAt);
  const held = entry.outcome === "failed" ? undefined : heldPlanAfter(seen);
  const lists = [changes.save, changes.forget, answered];
  if (held === undefined && lists.every((list) => list.length === 0)) return;
  // Who has the lock by now knows better what is true.
  await stillHeld();
  await deps.ledger.settle({ ...changes, answered }, entry.correlationId);
  if (held !== undefined) await deps.state.set(HELD_KEY, held);
}

/** How long a report of a removal is kept at least: the mapping table may be read a moment before the row goes. */
const REPORT_KEPT_MS = 10 * 60_000;

/** Reports that have served: the name is gone from the app, or is wanted again. One from a clock that was wrong is old. */
function answeredReports(
  { reported, plan }: Survey,
  onApp: ReadonlySet<string>,
  now: number,
): string[] {
  const waiting = new Set(plan.remove.filter((name) => onApp.has(name)));
  return [...reported]
    .filter(([name, at]) => {
      return !waiting.has(name) && Math.abs(now - at) > REPORT_KEPT_MS;
    })
    .map(([name]) => name);
}

/** What is to be kept of a held plan from now on; undefined where what is kept is right. */
function heldPlanAfter({
  plan,
  verdict,
  heldBefore,
}: Survey): HeldPlan | null | undefined {
  if (!verdict.held) return heldBefore === null ? undefined : null;
  const { checksum, remove } = plan;
  if (heldBefore?.checksum === checksum) return undefined;
  const { reason, params } = verdict;
  return { checksum, remove, reason, params, approved: false };
}
