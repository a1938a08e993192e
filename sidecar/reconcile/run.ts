import { reasonOf, TransientError } from "../errors";
import {
  aged,
  confirmed,
  movedTo,
  unfinished,
  type AppRecord,
  type OpenWrite,
} from "./app-record";
import { comparable } from "./hostnames";
import type { Wanted } from "./policy";
import type {
  AppState,
  NameRecord,
  NetworkSnapshot,
  PassEntry,
  PassLedger,
  ServerPilot,
} from "./ports";
import {
  answeredReports,
  ledgerChanges,
  type PassFacts,
  type Trouble,
} from "./records";
import type { Planned } from "./survey";

/** What a run has found out so far, so that whatever happens next can still be written down. */
export interface Run {
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

/** Who asked for a run, and under which id it can be followed through the logs. */
export interface RunRequest {
  trigger: string;
  correlationId: string;
}

export function newRun(now: number): Run {
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

export function loaded({ record }: Run): AppRecord {
  if (record === null) throw new Error("the app's record was not read");
  return record;
}

export function wait(
  run: Run,
  nextAt: number,
  reason: Trouble["reason"],
): void {
  run.nextAt = nextAt;
  run.waiting = { reason, params: {} };
}

/** Reads what is known of the app that the network has by now; of another one, only what it owned there before. */
export async function readLedger(
  run: Run,
  ledger: Pick<PassLedger, "load">,
  appId: string,
  now: number,
): Promise<void> {
  const { names, reported, record } = await ledger.load();
  run.reported = reported;
  run.loaded = record;
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

/**
 * How often a write is repeated whose action is unknown and whose list is not there. After that the list is what
 * ServerPilot makes of it: a name that it never takes must not keep others waiting.
 */
const MOST_UNKNOWN = 3;

/** Takes note of how a write ended whose list has been read back. */
export function endWrite(run: Run, now: number): void {
  const record = loaded(run);
  const { write } = record;
  if (write?.stage !== "done") return;
  const onApp = namesOn(run.app);
  const isThere =
    write.added.every((name) => onApp.has(name)) &&
    !write.removed.some((name) => onApp.has(name));
  const failures = record.mustWrite?.failures ?? 0;
  if (write.isUnknown && !isThere && failures < MOST_UNKNOWN) {
    run.record = unfinished(record, now);
    throw new TransientError("write-unanswered");
  }
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

/** Writes down what was seen, whatever happened. */
export async function keepRun(
  run: Run,
  ledger: Pick<PassLedger, "settle" | "addPass">,
  request: RunRequest,
  now: number,
  stillHeld: () => Promise<void>,
): Promise<void> {
  const entry = entryToTell(run, request, now);
  const { wanted, known, planned } = run;
  if (!wanted || !known || !run.record) {
    if (entry !== null) await ledger.addPass(entry);
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
  await ledger.settle(
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

/** The run as history keeps it; null where it only waits for what another one began. */
export function entryToTell(
  run: Run,
  request: RunRequest,
  now: number,
): PassEntry | null {
  const tells =
    run.error !== null ||
    run.waiting === null ||
    run.ended !== null ||
    run.waiting.reason === "app-suspect";
  return tells ? entryOf(run, request, now) : null;
}

/** A pass as history keeps it. */
export function entryOf(
  run: Run,
  { trigger, correlationId }: RunRequest,
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
