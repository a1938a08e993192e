import {
  RateLimiterMemory,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import type { Clock } from "../clock";
import { TransientError } from "../errors";
import { pause } from "./retry";

/** API calls a minute for each ServerPilot account, shared by all networks that use the account. */
export interface Budget {
  /**
   * Takes one call, waiting a little where none is left.
   *
   * @throws TransientError `serverpilot-budget-spent` with `retryAfterMs`; `stopped` when the signal is aborted meanwhile
   */
  spend(clientId: string, signal?: AbortSignal): Promise<void>;
}

export interface BudgetOptions {
  clock: Clock;
  /** ServerPilot documents no limit; four calls a second is far above what passes need and below what looks like abuse. */
  perMinute?: number;
  /** How long one call may wait in here, in milliseconds. */
  maxWaitMs?: number;
  /** Where the calls are counted; one in Redis makes the budget common to many sidecars. */
  limiter?: Pick<RateLimiterAbstract, "consume">;
}

/** One budget for the whole process: give the same one to every client. */
export function createBudget({
  clock,
  perMinute = 240,
  maxWaitMs = 5000,
  limiter = new RateLimiterMemory({ points: perMinute, duration: 60 }),
}: BudgetOptions): Budget {
  return {
    async spend(clientId, signal) {
      const deadline = clock.now() + maxWaitMs;
      for (;;) {
        try {
          await limiter.consume(clientId);
          return;
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal;
          const waitMs = Math.max(1, refusal.msBeforeNext);
          if (clock.now() + waitMs > deadline) {
            throw new TransientError(
              "serverpilot-budget-spent",
              {},
              { retryAfterMs: waitMs },
            );
          }
          await pause(clock, waitMs, signal);
        }
      }
    },
  };
}
