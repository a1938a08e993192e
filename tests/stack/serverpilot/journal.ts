import type { Clock } from "./types";

/** One API call as the simulator saw it. */
export interface JournalEntry {
  n: number;
  /** When it arrived, in milliseconds of the world's clock. */
  at: number;
  method: string;
  /** Without the leading `/v1`. */
  path: string;
  /** Null until it is answered, and for good where it never was. */
  status: number | null;
  /** The parsed body, or its text where it is not JSON; null without one. */
  body: unknown;
  /** The client id that was sent, right or wrong. */
  account: string | null;
  /** The kind of fault that struck it. */
  faulted: string | null;
}

/** The requests since the start or the last clearing, and those who listen for them. */
export class Journal {
  #entries: JournalEntry[] = [];
  #count = 0;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #arrivals = new Set<(entry: JournalEntry) => void>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Omit<JournalEntry, "n" | "at" | "status">): JournalEntry {
    this.#count += 1;
    const added = { n: this.#count, at: this.#clock(), status: null, ...entry };
    this.#entries.push(added);
    for (const listener of this.#arrivals) listener({ ...added });
    return added;
  }

  /** Notes that a call is over: answered with `status`, or cut off (null). */
  finish(entry: JournalEntry, status: number | null): void {
    entry.status = status;
    for (const listener of this.#listeners) listener({ ...entry });
  }

  entries(): JournalEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.#entries = [];
    this.#count = 0;
  }

  /** Calls `listener` for every finished call; returns the way to stop it. */
  listen(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` for every call when it comes in; returns the way to stop it. */
  listenToArrivals(listener: (entry: JournalEntry) => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }
}
