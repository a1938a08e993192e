import { reasonOf } from "../errors";
import type { Logger } from "../log/logger";
import type { PassResult } from "../reconcile/pass";
import type { PassEntry } from "../reconcile/ports";
import type { Notifications } from "../wordpress/notifications";

/** What is told of a pass that ended; one that could not even be recorded has no more to tell. */
export type EndedPass = Pick<
  PassEntry,
  "startedAt" | "finishedAt" | "outcome" | "reason" | "added" | "removed"
>;

export interface ApiCall {
  method: string;
  /** The HTTP status; null where no answer came. */
  status: number | null;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** Hears what a network does while it does it. Must not throw. */
export interface NetworkObserver {
  eventsAccepted(types: readonly string[]): void;
  passStarted(): void;
  passEnded(pass: EndedPass): void;
  /** A message to WordPress was accepted, or not. */
  notified(accepted: boolean): void;
  called(call: ApiCall): void;
}

type RunPass = (
  trigger: string,
  correlationId: string,
  signal: AbortSignal,
) => Promise<PassResult>;

export interface ObservedDeps {
  observer: NetworkObserver;
  logger: Logger;
  now: () => number;
}

/** Has a network's work counted and logged, one line for each pass and message, and changes nothing of it. */
export function observed({ observer, logger, now }: ObservedDeps) {
  return {
    passes(run: RunPass): RunPass {
      return async (trigger, correlationId, signal) => {
        const startedAt = now();
        observer.passStarted();
        let result: PassResult;
        try {
          result = await run(trigger, correlationId, signal);
        } catch (error) {
          const { reason } = reasonOf(error);
          const lost = {
            startedAt,
            finishedAt: now(),
            outcome: "failed",
            reason,
          } as const;
          observer.passEnded({ ...lost, added: [], removed: [] });
          logger.warn("pass", { ...lost, trigger, correlationId });
          throw error;
        }
        observer.passEnded(result.entry);
        logger.info("pass", { ...result.entry });
        return result;
      };
    },
    notifications(inner: Notifications): Notifications {
      return {
        async send(changes, correlationId) {
          try {
            await inner.send(changes, correlationId);
          } catch (error) {
            observer.notified(false);
            throw error;
          }
          observer.notified(true);
          logger.info("notification", {
            changes: changes.length,
            correlationId,
          });
        },
      };
    },
  };
}
