import type { Clock } from "../clock";

/** Starts the work when it is first asked for; everybody gets the one result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
