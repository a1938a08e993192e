import { needsRound } from "../certificates/round";
import type { Clock } from "../clock";
import { TransientError, reasonOf } from "../errors";
import type { ReasonParams } from "../reasons/reasons";
import { followAction } from "./follow-action";
import { type Verdict, judge } from "./guard";
import { type Plan, computePlan } from "./plan";
import { type PolicySettings, type Wanted, wantedNames } from "./policy";
import type {
  AppState,
  NameRecord,
  NetworkLock,
  NetworkSnapshot,
  PassEntry,
  PassLedger,
  ServerPilot,
  Source,
  StateStore,
} from "./ports";
import {
  type Progress,
  describePass,
  pendingRecords,
  recordPass,
} from "./records";

/** Both sides as they are now, and what follows from them. */
export interface Survey {
  snapshot: NetworkSnapshot;
  wanted: Wanted;
  app: AppState;
  known: ReadonlyMap<string, NameRecord>;
  /** Names that UM reported as removed, with the time of the report in milliseconds since the epoch. */
  reported: ReadonlyMap<string, number>;
  plan: Plan;
  verdict: Verdict;
  /** The plan that was held before, if any. */
  heldBefore: HeldPlan | null;
}

/** A plan that waits for a person, as kept under {@link HELD_KEY}. */
export interface HeldPlan {
  checksum: string;
  remove: string[];
  reason: "plan-held";
  params: ReasonParams;
  approved: boolean;
}

/** State key of the held plan, or null. */
export const HELD_KEY = "held-plan";

/** The app could not be read, but the network could: enough to show which names are waiting, and why. */
export class AppUnreadable extends Error {
  readonly wanted: Wanted;
  readonly known: ReadonlyMap<string, NameRecord>;

  constructor(
    wanted: Wanted,
    known: ReadonlyMap<string, NameRecord>,
    cause: unknown,
  ) {
    super("the app could not be read", { cause });
    this.wanted = wanted;
    this.known = known;
  }
}

export interface SurveyDeps {
  source: Source;
  ledger: Pick<PassLedger, "load">;
  state: StateStore;
}

/**
 * Reads the app, and meanwhile the network and the ledger, and plans. Writes nothing.
 *
 * @throws AppUnreadable when only the app could not be read; the source's and the ledger's errors as they are.
 */
export async function survey(
  deps: SurveyDeps,
  serverPilot: ServerPilot,
  settings: PolicySettings,
): Promise<Survey> {
  const [app, local] = await Promise.allSettled([
    serverPilot.getApp(),
    readDatabase(deps),
  ]);
  const { snapshot, ledger, held } = valueOf(local);
  const wanted = wantedNames(snapshot, settings);
  const { names, reported } = ledger;
  const known = new Map(names.map((record) => [record.name, record]));
  if (app.status === "rejected")
    throw new AppUnreadable(wanted, known, app.reason);

  const owned = new Set(
    names.filter((record) => record.owned).map(({ name }) => name),
  );
  const actual = app.value.domains;
  const plan = computePlan({
    wanted: wanted.names,
    actual,
    owned,
    networkDomain: wanted.networkDomain,
  });
  const heldBefore = (held ?? null) as HeldPlan | null;
  const approved = heldBefore?.approved ? heldBefore.checksum : null;
  const verdict = judge(plan, owned.size, reported, approved);
  return {
    ...{ snapshot, wanted, known, reported, plan, verdict, heldBefore },
    app: app.value,
  };
}

/** One after the other: ServerPilot takes longer than all of it, and so one connection does. */
async function readDatabase({ source, ledger, state }: SurveyDeps) {
  return {
    snapshot: await source.read(),
    ledger: await ledger.load(),
    held: await state.get(HELD_KEY),
  };
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

export interface PassDeps extends SurveyDeps {
  ledger: PassLedger;
  state: StateStore;
  lock: NetworkLock;
  clock: Clock;
  /** @throws PermanentError `network-not-registered`, `credentials-missing`. */
  connect(): Promise<{
    serverPilot: ServerPilot;
    settings: PolicySettings & { forceSsl: boolean };
  }>;
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
  /** The network as it was read; null where not both sides could be. */
  snapshot: NetworkSnapshot | null;
  /** Whether certificates are to be looked at, whatever their schedule says. */
  needsRound: boolean;
  /** What made the pass fail; null otherwise. */
  error: unknown;
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
    forceSsl: false,
    calls: () => 0,
  };
  let error: unknown = null;
  const entryNow = (): PassEntry =>
    describePass(progress, error, {
      ...request,
      startedAt,
      finishedAt: deps.clock.now(),
    });
  try {
    await deps.lock.run(async (stillHeld) => {
      try {
        await reconcile(deps, request, progress, stillHeld);
      } catch (thrown) {
        error = thrown instanceof AppUnreadable ? thrown.cause : thrown;
        if (thrown instanceof AppUnreadable)
          await recordUnread(deps, thrown, request);
      }
      await recordPass(deps, progress, entryNow(), stillHeld);
    });
  } catch (thrown) {
    error ??= thrown;
  }
  const entry = entryNow();
  await deps.ledger.addPass(entry);
  const { app, survey: seen, forceSsl } = progress;
  return {
    ...{ entry, app, error },
    snapshot: seen?.snapshot ?? null,
    needsRound: !seen || needsRound(seen, forceSsl, deps.clock.now()),
  };
}

/**
 * Looks at both sides and makes the app what it should be. The settings are asked for once the lock is had: waiting for
 * it takes long enough for them to change.
 */
async function reconcile(
  deps: PassDeps,
  { signal }: PassRequest,
  progress: Progress,
  stillHeld: () => Promise<void>,
): Promise<void> {
  const { serverPilot, settings } = await deps.connect();
  const callsBefore = serverPilot.calls;
  progress.forceSsl = settings.forceSsl;
  progress.calls = () => serverPilot.calls - callsBefore;
  progress.lookedAt = deps.clock.now();
  const seen = await survey(deps, serverPilot, settings);
  progress.survey = seen;
  progress.app = seen.app;
  if (seen.verdict.held) return;
  await apply(deps, serverPilot, seen, progress, stillHeld, signal);
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
