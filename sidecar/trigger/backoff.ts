export interface Backoff {
  /** The wait after the n-th failure in a row, n from 1, in milliseconds. */
  afterFailure(n: number): number;
}

/** Doubles from `firstMs` up to `longestMs`, each shortened by up to half at random so that fleets do not march in step. */
export function createBackoff(
  firstMs: number,
  longestMs: number,
  random: () => number = Math.random,
): Backoff {
  return {
    afterFailure(n) {
      const full = Math.min(longestMs, firstMs * 2 ** Math.min(n - 1, 30));
      return Math.round(full * (1 - random() / 2));
    },
  };
}
