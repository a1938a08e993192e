import {
  RateLimiterMemory,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { sleep, type Clock } from "../clock";
import { NotAppliedError, TransientError } from "../errors";

export interface SpendOptions {
  /** The call may wait: it leaves a part of the budget to those that may not. */
  mayWait?: boolean;
  signal?: AbortSignal | undefined;
}

/** API calls a minute for each ServerPilot account, shared by all networks that use the account. */
export interface Budget {
  /**
   * Takes one call, waiting a little where none is left.
   *
   * @throws NotAppliedError `serverpilot-budget-spent` with `retryAfterMs`; TransientError `stopped` when the signal is
   * aborted meanwhile
   */
  spend(clientId: string, options?: SpendOptions): Promise<void>;
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

/** The part of the budget that calls may use which can wait, such as polls for certificates: passes come first. */
const BACKGROUND_SHARE = 0.6;

/** One budget for the whole process: give the same one to every client. */
export function createBudget({
  clock,
  perMinute = 240,
  maxWaitMs = 5000,
  limiter = new RateLimiterMemory({ points: perMinute, duration: 60 }),
}: BudgetOptions): Budget {
  const background = new RateLimiterMemory({
    points: Math.max(1, Math.floor(perMinute * BACKGROUND_SHARE)),
    duration: 60,
  });
  return {
    async spend(clientId, { mayWait = false, signal } = {}) {
      const deadline = clock.now() + maxWaitMs;
      const limiters = mayWait ? [background, limiter] : [limiter];
      for (const one of limiters)
        await take(one, clientId, { clock, deadline, signal });
    },
  };
}

async function take(
  limiter: Pick<RateLimiterAbstract, "consume">,
  clientId: string,
  {
    clock,
    deadline,
    signal,
  }: { clock: Clock; deadline: number; signal: AbortSignal | undefined },
): Promise<void> {
  for (;;) {
    try {
      await limiter.consume(clientId);
      return;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const waitMs = Math.max(1, refusal.msBeforeNext);
      if (clock.now() + waitMs > deadline)
        throw new NotAppliedError(
          "serverpilot-budget-spent",
          {},
          { retryAfterMs: waitMs },
        );
      await sleep(clock, waitMs, signal).catch(() => {
        throw new TransientError("stopped");
      });
    }
  }
}
