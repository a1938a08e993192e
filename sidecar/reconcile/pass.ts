import type { Clock } from "../clock";
import { PermanentError, TransientError } from "../errors";
import { withApp } from "./app-record";
import { believe, expectedNames, SECOND_READ_MS } from "./belief";
import { nextAdditions } from "./isolation";
import { wantedNames, type PolicySettings } from "./policy";
import type {
  ActionStatus,
  AppRecords,
  AppState,
  NameRecord,
  NetworkLock,
  NetworkSnapshot,
  PassEntry,
  PassLedger,
  ServerPilot,
  Source,
} from "./ports";
import {
  endWrite,
  entryOf,
  entryToTell,
  keepRun,
  loaded,
  newRun,
  readLedger,
  wait,
  type Run,
  type RunRequest,
} from "./run";
import { planFor } from "./survey";
import { firstPoll, followed, sendList } from "./write";

/** Writes in one hold of the lock: refused ones and those without an action follow each other at once. */
const MOST_WRITES = 30;

export interface PassDeps {
  source: Source;
  ledger: Pick<PassLedger, "load" | "intend" | "settle" | "addPass">;
  records: Pick<AppRecords, "load">;
  lock: NetworkLock;
  clock: Clock;
  /** @throws PermanentError `network-not-registered`, `integration-disabled`, `plugin-missing`, `credentials-missing`. */
  connect(): Promise<{
    serverPilot: ServerPilot;
    appId: string;
    settings: PolicySettings;
  }>;
  /**
   * Whether the network answers at the app's server: it is asked before the first write to an app on which nothing else
   * shows that it is the network's own. False also where it cannot be told.
   */
  witness(
    app: AppState,
    networkDomain: string | null,
    serverPilot: ServerPilot,
  ): Promise<boolean>;
  /** How far apart two reads of the app are that have to agree, in milliseconds. */
  secondReadMs?: number;
}

export interface PassRequest extends RunRequest {
  signal: AbortSignal;
  /** A person asked, or the registration changed: pauses after failed writes do not hold. */
  urgent: boolean;
}

export interface PassResult {
  /** For the history; null while the pass goes on. */
  entry: PassEntry | null;
  /** The app as last read; null where it could not be read. */
  app: AppState | null;
  /** The network as it was read; null where not both sides could be. */
  snapshot: NetworkSnapshot | null;
  /** The ledger's names as they were read; null where they could not be. */
  known: ReadonlyMap<string, NameRecord> | null;
  /** Names were put on the app or adopted. */
  hasNewNames: boolean;
  /** What made the pass fail; null otherwise. */
  error: unknown;
  /** When the pass wants to go on, in milliseconds since the epoch; null: when both sides are next compared. */
  nextAt: number | null;
}

/**
 * One run of the pass. It follows the write that is open, else reads both sides, plans, lets the guard judge, writes,
 * and reads back. From the first read until the write's action is known it holds the network's lock, so that there is
 * one writer; while an action is open it ends, and comes again. Never throws for what it can record.
 */
export async function runPass(
  deps: PassDeps,
  request: PassRequest,
): Promise<PassResult> {
  const run = newRun(deps.clock.now());
  try {
    const status = await askAction(deps, run);
    await deps.lock.run(async (stillHeld) => {
      await reconcile(deps, request, run, status, stillHeld).catch(
        (error: unknown) => {
          run.error = error;
        },
      );
      await keepRun(run, deps.ledger, request, deps.clock.now(), stillHeld);
    });
  } catch (error) {
    run.error ??= error;
    await deps.ledger.addPass(entryOf(run, request, deps.clock.now()));
  }
  const { app, snapshot, known, error, nextAt, planned } = run;
  const adopted = planned?.plan.adopt.length ?? 0;
  return {
    entry: entryToTell(run, request, deps.clock.now()),
    app,
    snapshot,
    known,
    hasNewNames: run.added.size + adopted > 0,
    error,
    nextAt,
  };
}

async function connected(deps: PassDeps, run: Run) {
  const connection = await deps.connect();
  if (run.serverPilot !== connection.serverPilot) {
    run.serverPilot = connection.serverPilot;
    run.callsBefore = connection.serverPilot.calls;
  }
  return connection;
}

/** What is known before the lock is taken. */
interface Asked {
  /** The write whose action was asked about; null where there is none. */
  id: string | null;
  /** What ServerPilot says of its action; null where it did not answer. */
  status: ActionStatus | null;
  /** Why it would not say: trying again does not help. */
  error: PermanentError | null;
}

/** Asks about an open action before the lock is taken: others may work meanwhile. */
async function askAction(deps: PassDeps, run: Run): Promise<Asked> {
  const { write } = await deps.records.load();
  if (write?.stage !== "open" || write.actionId === null)
    return { id: null, status: null, error: null };
  const { id, actionId } = write;
  const { serverPilot } = await connected(deps, run);
  try {
    const status = await serverPilot.getAction(actionId);
    return { id, status, error: null };
  } catch (error) {
    // A failure of one poll says nothing about the action, which goes on: it is asked again.
    if (error instanceof TransientError)
      return { id, status: null, error: null };
    if (error instanceof PermanentError) return { id, status: null, error };
    throw error;
  }
}

/** Reads both sides and makes the app what it should be, as far as that can be done now. */
async function reconcile(
  deps: PassDeps,
  request: PassRequest,
  run: Run,
  asked: Asked,
  stillHeld: () => Promise<void>,
): Promise<void> {
  // Asked for once the lock is had: waiting for it takes long enough for the settings to change.
  const { serverPilot, appId, settings } = await connected(deps, run);
  // What is owned by now was in the table before: read the other way round, it would look removed.
  await readLedger(run, deps.ledger, appId, deps.clock.now());
  const now = deps.clock.now();
  const { write } = loaded(run);
  const status = write !== null && write.id === asked.id ? asked.status : null;
  const state = followed(loaded(run), status, now);
  // Not before the record was read: another pass's list is written over only by who has seen its write there.
  if (state.kind === "none" || state.kind === "done")
    readEarly(deps, run, serverPilot);
  run.snapshot = await deps.source.read(settings.networkId);
  run.wanted = wantedNames(run.snapshot, settings);
  if (asked.error !== null) throw asked.error;
  if (state.kind === "wait") {
    wait(run, state.nextAt, "write-under-way");
    return;
  }
  run.record = state.record;
  if (state.kind === "failed") throw state.error;
  run.nextAt = state.kind === "slow" ? state.nextAt : null;
  await readApp(deps, run, serverPilot);
  for (let left = MOST_WRITES; left > 0; left -= 1) {
    if (!isAgreed(deps, run)) return;
    endWrite(run, deps.clock.now());
    planRun(run, request, settings, deps.clock.now());
    if (!(await mayWrite(deps, run, serverPilot))) return;
    const goesOn = await writeNext(deps, request, run, serverPilot, stillHeld);
    if (!goesOn) return;
    await readApp(deps, run, serverPilot);
  }
  run.nextAt = deps.clock.now();
}

/** Asks for the app while the table is read: ServerPilot takes longer than all of it. */
function readEarly(
  { clock }: PassDeps,
  run: Run,
  serverPilot: ServerPilot,
): void {
  run.readAt = clock.now();
  run.early = serverPilot.getApp();
  // Where the table fails first, nobody waits for it.
  run.early.catch(() => undefined);
}

async function readApp(
  { clock }: PassDeps,
  run: Run,
  serverPilot: ServerPilot,
): Promise<void> {
  const { early } = run;
  run.early = null;
  if (early === null) run.readAt = clock.now();
  run.app = await (early ?? serverPilot.getApp());
  run.record = withApp(loaded(run), run.app, run.readAt);
}

/** Whether the app's list may be planned from; else when it is read again. */
function isAgreed(
  { clock, secondReadMs = SECOND_READ_MS }: PassDeps,
  run: Run,
): boolean {
  const record = loaded(run);
  // A list under a slow write is the old one or the new one, and neither is news.
  if (record.write?.stage === "open") return true;
  const list = run.app?.domains ?? [];
  const belief = believe(
    record,
    list,
    clock.now(),
    record.believed === null
      ? expectedNames(run.wanted, list.length === 0)
      : [],
    secondReadMs,
  );
  run.record = belief.record;
  if (belief.kind === "agreed") return true;
  if (belief.kind === "unstable") throw new TransientError("list-unstable");
  wait(run, belief.nextAt, "list-in-doubt");
  return false;
}

function planRun(
  run: Run,
  request: PassRequest,
  settings: PolicySettings,
  now: number,
): void {
  const { wanted, known, snapshot, app } = run;
  if (!wanted || !known || !snapshot || !app) return;
  const { planned, record } = planFor({
    record: loaded(run),
    before: run.loaded?.believed ?? null,
    wanted,
    known,
    mappings: snapshot.mappings,
    app,
    reported: run.reported,
    refused: run.refused,
    urgent: request.urgent,
    settings,
    now,
  });
  run.planned = planned;
  run.record = record;
}

/** Whether there is something to write, and the network may write to this app. */
async function mayWrite(
  deps: PassDeps,
  run: Run,
  serverPilot: ServerPilot,
): Promise<boolean> {
  const { planned, app } = run;
  const networkDomain = run.wanted?.networkDomain ?? null;
  const record = loaded(run);
  if (planned?.writesAt != null) wait(run, planned.writesAt, "write-repeated");
  if (!planned?.writes || !app) return false;
  if (record.provenAppId === app.id) return true;
  const isKnown =
    planned.isRelated || (await deps.witness(app, networkDomain, serverPilot));
  if (isKnown) {
    run.record = { ...record, provenAppId: app.id, suspect: null };
    return true;
  }
  const checksum = `app:${app.id}`;
  const since = record.suspect?.since ?? deps.clock.now();
  run.record = { ...record, suspect: { appId: app.id, checksum, since } };
  run.waiting = { reason: "app-suspect", params: { app: app.id, checksum } };
  return false;
}

/** Sends the next list; true where another one can follow in the same hold of the lock. */
async function writeNext(
  deps: PassDeps,
  { trigger, correlationId, signal }: PassRequest,
  run: Run,
  serverPilot: ServerPilot,
  stillHeld: () => Promise<void>,
): Promise<boolean> {
  const { planned } = run;
  if (!planned) return false;
  signal.throwIfAborted();
  const { plan, again } = planned;
  const record = loaded(run);
  const next = nextAdditions(plan.add, again, record.isolation);
  const sent = await sendList(
    {
      serverPilot,
      ledger: deps.ledger,
      clock: deps.clock,
      stillHeld,
      about: { trigger, correlationId },
    },
    {
      record,
      plan,
      next,
      wanted: planned.byName,
      unreported: planned.unreported,
      readAt: run.readAt,
      callsBefore: run.callsBefore,
    },
  );
  run.record = sent.record;
  // What the ledger has kept of the record by now is what the next change has to be made from.
  run.loaded = run.loaded && { ...run.loaded, revision: sent.record.revision };
  switch (sent.kind) {
    case "open":
      wait(run, firstPoll(deps.clock.now()), "write-under-way");
      return false;
    case "done":
      return true;
    case "refused":
      if (sent.culprit) run.refused.set(...sent.culprit);
      return true;
    case "failed":
      throw sent.error;
  }
}
