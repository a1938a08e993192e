import { reasonOf } from "../errors";
import type { AppState, PassEntry, PassLedger, StateStore } from "./ports";
import type { Plan } from "./plan";
import { ledgerChanges } from "./records";
import { HELD_KEY, type HeldPlan, type Survey } from "./survey";

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
