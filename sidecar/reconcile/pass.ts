import type { Clock } from "../clock";
import { TransientError, reasonOf } from "../errors";
import { followAction } from "./follow-action";
import type { PolicySettings } from "./policy";
import type {
  AppState,
  NetworkLock,
  PassEntry,
  PassLedger,
  ServerPilot,
  StateStore,
} from "./ports";
import { ledgerChanges, pendingRecords } from "./records";
import {
  AppUnreadable,
  HELD_KEY,
  survey,
  type Survey,
  type SurveyDeps,
} from "./survey";

export interface PassDeps extends SurveyDeps {
  ledger: PassLedger;
  state: StateStore;
  lock: NetworkLock;
  clock: Clock;
  /** @throws PermanentError `network-not-registered`, `credentials-missing`. */
  connect(): Promise<{ serverPilot: ServerPilot; settings: PolicySettings }>;
}

export interface PassRequest {
  trigger: string;
  correlationId: string;
  signal: AbortSignal;
}

export interface PassResult {
  entry: PassEntry;
  /** The app as last read; null where it could not be read. */
  app: AppState | null;
  /** What made the pass fail; null otherwise. */
  error: unknown;
}

/** What a pass has found out so far, so that whatever happens next can still be written down. */
interface Progress {
  survey: Survey | null;
  app: AppState | null;
  /** When the look at the app began, in milliseconds since the epoch. */
  lookedAt: number;
  claimed: boolean;
  calls: () => number;
}

/**
 * One pass: look at both sides, plan, let the guard judge, write, follow the action, read back, record. Holds the
 * network's lock from the first look to the last, so that there is one writer. Never throws for what it can record.
 */
export async function runPass(
  deps: PassDeps,
  request: PassRequest,
): Promise<PassResult> {
  const startedAt = deps.clock.now();
  const progress: Progress = {
    survey: null,
    app: null,
    lookedAt: startedAt,
    claimed: false,
    calls: () => 0,
  };
  let error: unknown = null;
  try {
    const { serverPilot, settings } = await deps.connect();
    const callsBefore = serverPilot.calls;
    progress.calls = () => serverPilot.calls - callsBefore;
    await deps.lock.run(async (stillHeld) => {
      progress.lookedAt = deps.clock.now();
      const seen = await survey(deps, serverPilot, settings);
      progress.survey = seen;
      progress.app = seen.app;
      if (seen.verdict.held) return;
      await apply(deps, serverPilot, seen, progress, stillHeld, request.signal);
    });
  } catch (thrown) {
    error = thrown instanceof AppUnreadable ? thrown.cause : thrown;
    if (thrown instanceof AppUnreadable)
      await recordUnread(deps, thrown, request);
  }
  const entry = describe(progress, error, {
    ...request,
    startedAt,
    finishedAt: deps.clock.now(),
  });
  await record(deps, progress, entry);
  return { entry, app: progress.app, error };
}

async function apply(
  deps: PassDeps,
  serverPilot: ServerPilot,
  { plan, wanted, app }: Survey,
  progress: Progress,
  stillHeld: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (plan.add.length > 0) {
    const adding = new Set(plan.add);
    await deps.ledger.claim(
      wanted.names.filter(({ name }) => adding.has(name)),
      deps.clock.now(),
    );
    progress.claimed = true;
  }
  if (!plan.writes) return;
  if (Math.abs(deps.clock.now() - progress.lookedAt) > FRESH_MS)
    await refuseChanged(serverPilot, app);
  await stillHeld();
  const { actionId } = await serverPilot.replaceDomains(plan.result);
  await followAction(serverPilot, actionId, deps.clock, signal);
  progress.app = await serverPilot.getApp();
  if (!sameNames(progress.app.domains, plan.result))
    throw new TransientError("list-not-as-written");
}

/** A look at the app that is older than this is not written from unseen, in milliseconds. */
const FRESH_MS = 3_000;

/**
 * A slow database or ServerPilot can leave minutes between look and write, in which a person may edit the list in the
 * panel. The API has no conditional write: the best to be had is a short time between the two.
 *
 * @throws TransientError `serverpilot-conflict` when the list is not what was planned from.
 */
async function refuseChanged(
  serverPilot: ServerPilot,
  { domains }: AppState,
): Promise<void> {
  const now = await serverPilot.getApp();
  if (JSON.stringify(now.domains) !== JSON.stringify(domains))
    throw new TransientError("serverpilot-conflict");
}

/** ServerPilot may spell or order the list its own way; what counts is which names are on it. */
function sameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one.map((name) => name.toLowerCase()));
  return (
    one.length === other.length &&
    other.every((name) => names.has(name.toLowerCase()))
  );
}

async function recordUnread(
  deps: PassDeps,
  failure: AppUnreadable,
  request: PassRequest,
): Promise<void> {
  const { wanted, known, cause } = failure;
  const trouble = reasonOf(cause);
  const now = deps.clock.now();
  const save = pendingRecords({ wanted, known, trouble, now });
  const changes = { save, forget: [], answered: [] };
  await deps.ledger.settle(changes, request.correlationId);
}

function describe(
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
  const onApp = new Set(app?.domains.map((name) => name.toLowerCase()));
  const added = seen?.plan.add.filter((name) => onApp.has(name)) ?? [];
  const removed = seen?.plan.remove.filter((name) => !onApp.has(name)) ?? [];
  if (error !== null)
    return { ...common, outcome: "failed", ...reasonOf(error), added, removed };
  if (seen?.verdict.held) {
    const { reason, params } = seen.verdict;
    return { ...common, outcome: "held", reason, params, added, removed };
  }
  return { ...common, outcome: "ok", reason: null, params: {}, added, removed };
}

/** Writes down what was seen, whatever happened; a database that is away is the caller's to notice and to try again. */
async function record(
  deps: PassDeps,
  progress: Progress,
  entry: PassEntry,
): Promise<void> {
  const { survey: seen, app, claimed } = progress;
  if (seen && app) {
    const onApp = new Set(app.domains.map((name) => name.toLowerCase()));
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
    await deps.ledger.settle({ ...changes, answered }, entry.correlationId);
    if (entry.outcome !== "failed") await keepHeldPlan(deps.state, seen);
  }
  await deps.ledger.addPass(entry);
}

/** How long a report of a removal is kept at least: the mapping table may be read a moment before the row goes. */
const REPORT_KEPT_MS = 10 * 60_000;

/** Reports that have served: the name is gone from the app, or is wanted again. */
function answeredReports(
  { reported, plan }: Survey,
  onApp: ReadonlySet<string>,
  now: number,
): string[] {
  const waiting = new Set(plan.remove.filter((name) => onApp.has(name)));
  return [...reported]
    .filter(([name, at]) => !waiting.has(name) && now - at > REPORT_KEPT_MS)
    .map(([name]) => name);
}

async function keepHeldPlan(
  state: StateStore,
  { plan, verdict, heldBefore }: Survey,
): Promise<void> {
  if (verdict.held) {
    const { reason, params } = verdict;
    if (heldBefore?.checksum === plan.checksum) return;
    await state.set(HELD_KEY, {
      checksum: plan.checksum,
      remove: plan.remove,
      reason,
      params,
      approved: false,
    });
  } else if (heldBefore !== null) {
    await state.set(HELD_KEY, null);
  }
}
