import type { PassEntry } from "../reconcile/ports";

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
