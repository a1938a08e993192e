import { reasonOf } from "../errors";
import type { Logger } from "../logger";
import type { PassResult } from "../reconcile/pass";
import type { Notifications } from "../wordpress/notifications";
import type { NetworkObserver } from "./observer";

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
