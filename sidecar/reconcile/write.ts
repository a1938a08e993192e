import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import {
  isKnownError,
  NotAppliedError,
  PermanentError,
  TransientError,
} from "../errors";
import { unfinished, type AppRecord, type OpenWrite } from "./app-record";
import { afterRefusal, type NextAdditions } from "./isolation";
import { comparable } from "./hostnames";
import type { Plan } from "./plan";
import type { WantedName } from "./policy";
import type { ActionStatus, PassLedger, ServerPilot } from "./ports";
import type { Trouble } from "./records";

/** How long a request for a write may be on its way without an answer, in milliseconds; above the client's time-out. */
const ON_ITS_WAY_MS = 20_000;

/** From then on an action that is still open does not keep a changed plan waiting, in milliseconds. */
const IMPATIENT_MS = 30_000;

/** An action that is open for longer counts as never ending, in milliseconds. */
const NEVER_ENDING_MS = 5 * 60_000;

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 4_000;

/** A read of the app's list that is older than this is not written from, in milliseconds. */
const FRESH_MS = 3_000;

/** Where the write stands that was kept when this run began. */
export type Followed =
  /** There is none, or it has ended and its list may be read. */
  | { kind: "none" | "done"; record: AppRecord }
  /** Nobody writes, and there is nothing to be read. */
  | { kind: "wait"; nextAt: number }
  /** Its action takes so long that another plan may be written over it. */
  | { kind: "slow"; record: AppRecord; nextAt: number }
  /** It ended badly, or nobody saw how: it has to be repeated. */
  | { kind: "failed"; record: AppRecord; error: TransientError };

/**
 * Says where an open write stands. Pure.
 *
 * @param status what ServerPilot says of its action; null where it has none or was not asked.
 */
export function followed(
  record: AppRecord,
  status: ActionStatus | null,
  now: number,
): Followed {
  const { write } = record;
  if (write === null) return { kind: "none", record };
  if (write.stage === "done") return { kind: "done", record };
  if (write.stage === "intent") {
    // Whoever sent it is gone, for this run has the lock; the request may still be on its way.
    const left = write.expiresAt - now;
    if (left > 0 && left <= ON_ITS_WAY_MS)
      return { kind: "wait", nextAt: write.expiresAt };
    return failed(record, now, new TransientError("write-unanswered"));
  }
  const openMs = Math.abs(now - (write.openSince ?? now));
  if (status === "error")
    return failed(record, now, new TransientError("action-failed"));
  // An action that is no longer known has ended; how it ended, the list will tell.
  const isUnknown = status === "unknown";
  if (status === "success" || isUnknown)
    return {
      kind: "done",
      record: { ...record, write: { ...write, stage: "done", isUnknown } },
    };
  if (openMs >= NEVER_ENDING_MS) {
    const minutes = NEVER_ENDING_MS / 60_000;
    return failed(
      record,
      now,
      new TransientError("action-unfinished", { minutes }),
    );
  }
  const nextAt =
    now + Math.min(Math.max(FIRST_POLL_MS, openMs / 2), LONGEST_POLL_MS);
  return openMs >= IMPATIENT_MS
    ? { kind: "slow", record, nextAt }
    : { kind: "wait", nextAt };
}

function failed(
  record: AppRecord,
  now: number,
  error: TransientError,
): Followed {
  return { kind: "failed", record: unfinished(record, now), error };
}

/** When an action is first asked about, in milliseconds since the epoch. */
export function firstPoll(now: number): number {
  return now + FIRST_POLL_MS;
}

export interface WriteDeps {
  serverPilot: ServerPilot;
  ledger: Pick<PassLedger, "intend" | "settle">;
  clock: Clock;
  stillHeld: () => Promise<void>;
  about: { trigger: string; correlationId: string };
}

export interface WriteRequest {
  record: AppRecord;
  plan: Plan;
  next: NextAdditions;
  wanted: ReadonlyMap<string, WantedName>;
  /** How many of the removals UM had not reported, and no person had approved. */
  unreported: number;
  /** When the list that was planned from was asked for. */
  readAt: number;
  /** How many requests the client had sent when the run began. */
  callsBefore: number;
}

/** What came of sending a list; the record says where the write stands. */
export type Sent =
  | { kind: "open" | "done"; record: AppRecord }
  /** ServerPilot refused it; the record says what is to be tried next. */
  | { kind: "refused"; record: AppRecord; culprit: [string, Trouble] | null }
  /** Nothing was applied, or nobody knows: the error says why, and whether it is tried again. */
  | { kind: "failed"; record: AppRecord; error: unknown };

/**
 * Sends a list: its intent is kept and its new names are claimed, the lock is asked for once more, the whole list is
 * replaced, and what came of it is kept. Throws only what the ledger throws.
 */
export async function sendList(
  deps: WriteDeps,
  request: WriteRequest,
): Promise<Sent> {
  const { serverPilot, ledger, clock } = deps;
  const list = [...request.plan.kept, ...request.next.names];
  let record = request.record;
  let isSent = false;
  try {
    const { actionId } = await serverPilot.replaceDomains(list, async () => {
      await deps.stillHeld();
      record = await ledger.intend(
        {
          ...record,
          tombstones: tombstonesOf(record, clock.now()),
          write: intentOf(deps, request, list),
        },
        request.next.names.flatMap((name) => request.wanted.get(name) ?? []),
        clock.now(),
      );
      // The API has no conditional write: the best to be had is a short time between look and write.
      if (Math.abs(clock.now() - request.readAt) > FRESH_MS)
        throw new TransientError("list-too-old");
      isSent = true;
    });
    const kind = actionId === null ? "done" : "open";
    const write: OpenWrite | null = record.write && {
      ...record.write,
      stage: kind,
      actionId,
      openSince: clock.now(),
      calls: record.write.calls + serverPilot.calls - request.callsBefore,
    };
    record = await keep(ledger, { ...record, write });
    return { kind, record };
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a callback sets it, which types do not see.
    if (!isSent) {
      const isKept = record.write !== request.record.write;
      const before = { ...record, write: request.record.write };
      if (isKept) record = await keep(ledger, before);
      return { kind: "failed", record, error };
    }
    const after = afterFailure(record, request, error, clock.now());
    return { ...after, record: await keep(ledger, after.record) };
  }
}

/** What a write that is still open, and is written over, may yet bring to the app is ours to remove. */
function tombstonesOf(
  { write, tombstones }: AppRecord,
  now: number,
): AppRecord["tombstones"] {
  if (write?.stage !== "open" || write.added.length === 0) return tombstones;
  const names = { ...tombstones };
  for (const name of write.added) names[name] = now;
  return names;
}

function intentOf(
  { clock, about }: WriteDeps,
  { plan, next, record, unreported }: WriteRequest,
  list: readonly string[],
): OpenWrite {
  const now = clock.now();
  const kept = new Set(plan.kept.map(comparable));
  const removed = plan.remove.filter((name) => !kept.has(name));
  return {
    id: randomUUID(),
    stage: "intent",
    list,
    added: next.names,
    removed,
    unreported: removed.length > 0 ? unreported : 0,
    at: now,
    expiresAt: now + ON_ITS_WAY_MS,
    actionId: null,
    isUnknown: false,
    openSince: null,
    trigger: about.trigger,
    correlationId: about.correlationId,
    calls: record.write?.calls ?? 0,
  };
}

/** Conflicts in a row from which on a conflict is a refusal: another change would have ended meanwhile. */
const LASTING_CONFLICTS = 3;

function afterFailure(
  record: AppRecord,
  { next, record: before }: WriteRequest,
  error: unknown,
  now: number,
): Exclude<Sent, { kind: "open" | "done" }> {
  const none = { ...record, write: before.write };
  if (error instanceof NotAppliedError)
    return { kind: "failed", record: none, error };
  if (!isKnownError(error))
    return { kind: "failed", record: unfinished(record, now), error };
  const words = String(error.params["message"] ?? "");
  if (error.reason === "serverpilot-conflict") {
    const conflicts = record.conflicts + 1;
    if (conflicts < LASTING_CONFLICTS || before.write !== null)
      return { kind: "failed", record: { ...none, conflicts }, error };
    return refused({ ...none, conflicts }, next, words);
  }
  if (error.reason === "serverpilot-rejected")
    return refused(none, next, words);
  // Other refusals are about the account or the app: nothing of the list was applied.
  if (error instanceof PermanentError)
    return { kind: "failed", record: none, error };
  return { kind: "failed", record: unfinished(record, now), error };
}

function refused(
  record: AppRecord,
  next: NextAdditions,
  words: string,
): Exclude<Sent, { kind: "open" | "done" }> {
  const after = afterRefusal(record, next, words);
  if (after.isAppsTrouble)
    return {
      kind: "failed",
      record: after.record,
      error: new PermanentError("serverpilot-rejected", { message: words }),
    };
  return {
    kind: "refused",
    record: after.record,
    culprit: after.culprit === null ? null : [after.culprit, because(words)],
  };
}

function because(words: string): Trouble {
  return { reason: "refused-by-serverpilot", params: { message: words } };
}

async function keep(
  ledger: Pick<PassLedger, "settle">,
  record: AppRecord,
): Promise<AppRecord> {
  const nothing = { save: [], forget: [], answered: [], entry: null };
  const kept = await ledger.settle({ ...nothing, record }, "");
  return kept ?? record;
}
