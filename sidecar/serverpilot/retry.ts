import { sleep, type Clock } from "../clock";
import { TransientError } from "../errors";

export interface RetryOptions {
  clock: Clock;
  /** How many times more than once. */
  retries: number;
  /** A number from 0 to 1, for the jitter. */
  random: () => number;
  mayRepeat: (error: TransientError) => boolean;
  /** Ends the waiting, not a request that is under way: a write that is cut off may or may not have been applied. */
  signal?: AbortSignal | undefined;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A longer `Retry-After` is the pass's business: no one waits in here with the network's lock in hand. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Tries again what may work when tried again: the error's type is the decision. Waits with exponential backoff and full
 * jitter, and at least as long as the other side asked.
 *
 * @throws the last error; TransientError `stopped` when the signal is aborted while waiting.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { clock, retries, random, mayRepeat, signal } = options;
  for (let failures = 0; ;) {
    try {
      return await attempt();
    } catch (error) {
      const again =
        error instanceof TransientError &&
        mayRepeat(error) &&
        (error.retryAfterMs ?? 0) <= LONGEST_RETRY_AFTER_MS;
      if (!again || failures >= retries) throw error;
      const ceiling = Math.min(
        LONGEST_BACKOFF_MS,
        FIRST_BACKOFF_MS * 2 ** failures,
      );
      failures += 1;
      const delayMs = Math.max(random() * ceiling, error.retryAfterMs ?? 0);
      await pause(clock, delayMs, signal);
    }
  }
}

/** Waits `delayMs` milliseconds. @throws TransientError `stopped` when the signal is aborted. */
export async function pause(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await sleep(clock, delayMs, signal);
  } catch {
    throw new TransientError("stopped");
  }
}
