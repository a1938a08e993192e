/** Time as an argument, so that tests turn the hands instead of sleeping. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` after `delayMs` milliseconds and returns how to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** setTimeout's largest delay; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(
      callback,
      Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS),
    );
    return () => {
      clearTimeout(timer);
    };
  },
};

/**
 * Resolves after `delayMs` milliseconds on the given clock.
 *
 * @throws the signal's reason as soon as it is aborted.
 */
export function sleep(
  clock: Clock,
  delayMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    function onAbort(): void {
      cancel();
      reject(signal?.reason as Error);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** The result where it comes within `patienceMs`, else null; the work goes on, and a cache may have its result later. */
export function soon<T>(
  work: Promise<T>,
  patienceMs: number,
  clock: Clock,
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () => {
      resolve(null);
    });
    work.then(resolve, reject).finally(cancel);
  });
}
