import { reasonOf } from "../errors";
import type { Logger } from "../log/logger";
import type { Figures } from "../mysql/figures";
import type { NameChange } from "../mysql/outbox";
import type { Severity } from "../reasons/reason";
import { describeReason } from "../reasons/reasons";
import type { PassRequest, PassResult } from "../reconcile/pass";
import type { PassEntry } from "../reconcile/ports";
import type { ApiCall } from "../serverpilot/client";
import type { Notifications } from "../wordpress/notifications";

/** What is told of a pass that ended; one that could not even be recorded has no more to tell. */
export type EndedPass = Pick<
  PassEntry,
  "startedAt" | "finishedAt" | "outcome" | "reason" | "added" | "removed"
>;

/** A network in numbers, and how many domains are on the app as last seen; null before that. */
export interface NetworkFigures extends Figures {
  domainsUsed: number | null;
}

/** Hears what a network does while it does it. Must not throw. */
export interface NetworkObserver {
  eventsAccepted(types: readonly string[]): void;
  passStarted(): void;
  passEnded(pass: EndedPass): void;
  /** A message to WordPress was accepted, or not. */
  notified(accepted: boolean): void;
  called(call: ApiCall): void;
  /** The network's figures after they may have changed; null where its database did not answer. */
  figures(figures: NetworkFigures | null): void;
}

type RunPass = (request: PassRequest) => Promise<PassResult>;

export interface ObservedDeps {
  observer: NetworkObserver;
  logger: Logger;
  now: () => number;
}

/** The same pass, counted and logged: one line for each that has something to tell. */
export function observedPass(
  run: RunPass,
  { observer, logger, now }: ObservedDeps,
): RunPass {
  return async (request) => {
    const startedAt = now();
    observer.passStarted();
    try {
      const result = await run(request);
      if (result.entry !== null) {
        observer.passEnded(result.entry);
        logPass(logger, { ...result.entry });
      }
      return result;
    } catch (error) {
      const { trigger, correlationId } = request;
      const lost = {
        startedAt,
        finishedAt: now(),
        outcome: "failed",
        reason: reasonOf(error).reason,
      } as const;
      observer.passEnded({ ...lost, added: [], removed: [] });
      logPass(logger, { ...lost, params: {}, trigger, correlationId });
      throw error;
    }
  };
}

type LoggedPass = Pick<PassEntry, "outcome" | "reason" | "params"> &
  Readonly<Record<string, unknown>>;

/** One line; that of a pass that did not end well says what to do. */
function logPass(logger: Logger, pass: LoggedPass): void {
  const { outcome, reason, params } = pass;
  if (reason === null) {
    logger.info("pass", { ...pass });
    return;
  }
  const { message: why, remedy } = describeReason(reason, params);
  logger[outcome === "ok" ? "info" : "warn"]("pass", { ...pass, why, remedy });
}

/** How loud a change of a name's state is logged. */
const LEVELS = {
  ok: "info",
  waiting: "info",
  warning: "warn",
  action: "warn",
  critical: "error",
} as const satisfies Record<Severity, string>;

/** One line for each change of a name: from what to what, why, and what to do. */
export function logChanges(
  logger: Logger,
  changes: readonly NameChange[],
  correlationId: string,
): void {
  for (const change of changes) {
    const { name, kind, previous, state, reason, severity, actor } = change;
    logger[LEVELS[severity]]("domain", {
      name,
      kind,
      from: previous,
      to: state,
      reason,
      why: change.message,
      remedy: change.remedy,
      severity,
      actor,
      correlationId,
    });
  }
}

/** The same notifications, counted and logged. */
export function observedNotifications(
  inner: Notifications,
  { observer, logger }: ObservedDeps,
): Notifications {
  return {
    async send(changes, correlationId) {
      try {
        const rejected = await inner.send(changes, correlationId);
        observer.notified(true);
        const count = changes.length;
        logger.info("notification", { changes: count, correlationId });
        return rejected;
      } catch (error) {
        observer.notified(false);
        throw error;
      }
    },
  };
}
