import type { Clock } from "../clock";
import { PermanentError, reasonOf, TransientError } from "../errors";
import {
  aged,
  believe,
  confirmed,
  movedTo,
  SECOND_READ_MS,
  type AppRecord,
  type OpenWrite,
} from "./app-record";
import { comparable, twinOf } from "./hostnames";
import { nextAdditions } from "./isolation";
import { wantedNames, type PolicySettings, type Wanted } from "./policy";
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
  answeredReports,
  ledgerChanges,
  type PassFacts,
  type Trouble,
} from "./records";
import { planFor, type Planned } from "./survey";
import { firstPoll, followed, sendList } from "./write";

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

export interface PassRequest {
  trigger: string;
  correlationId: string;
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

/** What a run has found out so far, so that whatever happens next can still be written down. */
interface Run {
  startedAt: number;
  serverPilot: ServerPilot | null;
  callsBefore: number;
  snapshot: NetworkSnapshot | null;
  wanted: Wanted | null;
  known: ReadonlyMap<string, NameRecord> | null;
  reported: ReadonlyMap<string, number>;
  /** The record as it was read, and as it is to be kept. */
  loaded: AppRecord | null;
  record: AppRecord | null;
  app: AppState | null;
  readAt: number;
  /** The app, asked for while the table is read; null where it is not known yet whether it may be. */
  early: Promise<AppState> | null;
  /** Null until the app's list can be planned from. */
  planned: Planned | null;
  refused: Map<string, Trouble>;
  added: Set<string>;
  removed: string[];
  /** The write that this run saw to its end. */
  ended: OpenWrite | null;
  waiting: Trouble | null;
  error: unknown;
  nextAt: number | null;
}

/**
 * One run of the pass. It follows the write that is open, else looks at both sides, plans, lets the guard judge, writes,
 * and reads back. From the first look until the write's action is known it holds the network's lock, so that there is
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
      await record(deps, request, run, stillHeld);
    });
  } catch (error) {
    run.error ??= error;
    await deps.ledger.addPass(entryOf(run, request, deps.clock.now()));
  }
  const { app, snapshot, known, error, nextAt, planned } = run;
  const adopted = planned?.plan.adopt.length ?? 0;
  return {
    entry: tells(run) ? entryOf(run, request, deps.clock.now()) : null,
    app,
    snapshot,
    known,
    hasNewNames: run.added.size + adopted > 0,
    error,
    nextAt,
  };
}

function newRun(now: number): Run {
  return {
    startedAt: now,
    serverPilot: null,
    callsBefore: 0,
    snapshot: null,
    wanted: null,
    known: null,
    reported: new Map(),
    loaded: null,
    record: null,
    app: null,
    readAt: now,
    early: null,
    planned: null,
    refused: new Map(),
    added: new Set(),
    removed: [],
    ended: null,
    waiting: null,
    error: null,
    nextAt: null,
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

/** Looks at both sides and makes the app what it should be, as far as that can be done now. */
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
  await readLedger(deps, run, appId);
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
    if (!(await mayWrite(deps, run))) return;
    const goesOn = await write1(deps, request, run, serverPilot, stillHeld);
    if (!goesOn) return;
    await readApp(deps, run, serverPilot);
  }
  run.nextAt = deps.clock.now();
}

/** Writes in one hold of the lock: refused ones and those without an action follow each other at once. */
const MOST_WRITES = 30;

function loaded({ record }: Run): AppRecord {
  if (record === null) throw new Error("the app's record was not read");
  return record;
}

function wait(run: Run, nextAt: number, reason: Trouble["reason"]): void {
  run.nextAt = nextAt;
  run.waiting = { reason, params: {} };
}

async function readLedger(
  { ledger, clock }: PassDeps,
  run: Run,
  appId: string,
): Promise<void> {
  const { names, reported, record } = await ledger.load();
  run.reported = reported;
  run.loaded = record;
  const now = clock.now();
  const isNew = record.appId !== appId;
  const before = new Map(names.map((one) => [one.name, one]));
  if (!isNew) {
    run.record = aged(record, now);
    // What 0.1.0 has kept is about the app that it had written to.
    for (const one of names)
      if (one.appId === null) before.set(one.name, { ...one, appId });
    run.known = before;
    return;
  }
  const owned = names.filter((one) => one.owned).map(({ name }) => name);
  const moved = movedTo(record, appId, owned, now);
  run.record = moved.record;
  const again = new Set(moved.owned);
  for (const one of names)
    before.set(one.name, {
      ...one,
      state: "pending",
      reason: "waiting-for-pass",
      params: {},
      owned: again.has(one.name),
      used: false,
    });
  run.known = before;
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
  const record = loaded(run);
  const { id, name, serverId, domains, ssl, autossl } = run.app;
  const before = record.app;
  const seen = {
    id,
    name,
    serverId,
    domainsUsed: domains.length,
    ssl,
    autossl,
  };
  const { seenAt = run.readAt, ...old } = before ?? {};
  const isSame = JSON.stringify(old) === JSON.stringify(seen);
  if (!isSame) run.record = { ...record, app: { ...seen, seenAt: run.readAt } };
  else if (before) run.record = { ...record, app: { ...before, seenAt } };
}

/** Whether the app's list may be planned from; else when it is read again. */
function isAgreed(
  { clock, secondReadMs = SECOND_READ_MS }: PassDeps,
  run: Run,
): boolean {
  const record = loaded(run);
  // A list under a slow write is the old one or the new one, and neither is news.
  if (record.write?.stage === "open") return true;
  const own = run.wanted?.networkDomain;
  const expected = own == null || run.app?.domains.length === 0 ? [] : [own];
  const belief = believe(
    record,
    run.app?.domains ?? [],
    clock.now(),
    record.believed === null ? firstExpected(run, expected) : [],
    secondReadMs,
  );
  run.record = belief.record;
  if (belief.kind === "agreed") return true;
  if (belief.kind === "unstable") throw new TransientError("list-unstable");
  wait(run, belief.nextAt, "list-in-doubt");
  return false;
}

/** What an app that the network has always run on would list: its own domain, or a name that is mapped. */
function firstExpected({ wanted }: Run, own: readonly string[]): string[] {
  const mapped = wanted?.names.map(({ name }) => name) ?? [];
  return [...own.flatMap((name) => [name, twinOf(name)]), ...mapped];
}

/** Takes note of how a write ended whose list has been read back. */
function endWrite(run: Run, now: number): void {
  const record = loaded(run);
  const { write } = record;
  if (write?.stage !== "done") return;
  const onApp = namesOn(run.app);
  run.record = confirmed(record, now);
  run.ended = write;
  for (const name of write.added)
    if (onApp.has(name)) run.added.add(name);
    else
      run.refused.set(name, { reason: "dropped-by-serverpilot", params: {} });
  run.removed.push(...write.removed.filter((name) => !onApp.has(name)));
  const twins = new Set(run.record.twins);
  // Written again at once, it would be ignored again at once.
  if (write.removed.some((name) => onApp.has(name) && !twins.has(name)))
    throw new TransientError("list-not-as-written");
}

function namesOn(app: AppState | null): Set<string> {
  return new Set(app?.domains.map(comparable));
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
async function mayWrite(deps: PassDeps, run: Run): Promise<boolean> {
  const { planned, app } = run;
  const record = loaded(run);
  if (planned?.writesAt != null) wait(run, planned.writesAt, "write-repeated");
  if (!planned?.writes || !app) return false;
  if (record.provenAppId === app.id) return true;
  const isKnown = planned.isRelated || (await seesWitness(deps, run, app));
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

async function seesWitness(
  deps: PassDeps,
  { wanted, serverPilot }: Run,
  app: AppState,
): Promise<boolean> {
  if (serverPilot === null) return false;
  return deps.witness(app, wanted?.networkDomain ?? null, serverPilot);
}

/** Sends the next list; true where another one can follow in the same hold of the lock. */
async function write1(
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

/** Writes down what was seen, whatever happened. */
async function record(
  deps: PassDeps,
  request: PassRequest,
  run: Run,
  stillHeld: () => Promise<void>,
): Promise<void> {
  const now = deps.clock.now();
  const entry = tells(run) ? entryOf(run, request, now) : null;
  const { wanted, known, planned } = run;
  if (!wanted || !known || !run.record) {
    if (entry !== null) await deps.ledger.addPass(entry);
    return;
  }
  const seen: PassFacts["seen"] = planned && {
    plan: planned.plan,
    onApp: namesOn(run.app),
    added: run.added,
  };
  const error = run.error === null ? null : reasonOf(run.error);
  const changes = ledgerChanges({
    wanted,
    known,
    record: run.record,
    seen,
    refused: run.refused,
    trouble: error ?? run.waiting,
    held: planned?.held ?? null,
    now,
  });
  const isChanged =
    JSON.stringify(run.record) !== JSON.stringify(run.loaded) ||
    run.loaded === null;
  // Who has the lock by now knows better what is true.
  await stillHeld();
  await deps.ledger.settle(
    {
      save: changes.save,
      forget: changes.forget,
      answered: seen ? answeredReports(run.reported, seen, now) : [],
      record: isChanged ? run.record : null,
      entry,
    },
    request.correlationId,
  );
}

/** A run that only waits for what another one began has nothing to tell. */
function tells(run: Run): boolean {
  return (
    run.error !== null ||
    run.waiting === null ||
    run.ended !== null ||
    run.waiting.reason === "app-suspect"
  );
}

/** A pass as history keeps it. */
function entryOf(
  run: Run,
  { trigger, correlationId }: PassRequest,
  finishedAt: number,
): PassEntry {
  const { ended, planned, error, waiting } = run;
  const calls = (run.serverPilot?.calls ?? 0) - run.callsBefore;
  const isHeld = error === null && planned?.held != null;
  const isSuspect = waiting?.reason === "app-suspect";
  const trouble =
    error !== null
      ? reasonOf(error)
      : isSuspect
        ? waiting
        : isHeld
          ? planned.held
          : null;
  return {
    startedAt: ended?.at ?? run.startedAt,
    finishedAt,
    trigger: ended?.trigger ?? trigger,
    correlationId: ended?.correlationId ?? correlationId,
    outcome: error !== null ? "failed" : isHeld || isSuspect ? "held" : "ok",
    reason: trouble?.reason ?? null,
    params: trouble?.params ?? {},
    added: [...run.added],
    removed: run.removed,
    calls: calls + (ended?.calls ?? 0),
  };
}
