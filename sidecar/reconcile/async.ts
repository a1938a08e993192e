import type { Clock } from "../clock";

/** Starts the work when it is first asked for; everybody gets the one result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

/** The result where it comes in time, else null; the work goes on, and a cache may have its result the next time. */
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
