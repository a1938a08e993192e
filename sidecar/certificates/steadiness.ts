/** Notices DNS that keeps changing its meaning, such as name servers that do not agree. In memory only. */
export interface Steadiness {
  /** Takes note of what DNS meant just now. */
  note(name: string, meaning: string, now: number): void;
  isUnsteady(name: string, now: number): boolean;
  /** A person has asked: what was before does not count. */
  forget(name: string): void;
  /** Forgets all other names. */
  keep(names: ReadonlySet<string>): void;
}

const MINUTE_MS = 60_000;
/** How long a change counts: a resolver keeps what one of several name servers said for up to hours. */
const WINDOW_MS = 720 * MINUTE_MS;
/** A record that is corrected, and corrected again, changes twice. */
const MOST_CHANGES = 3;
/** Changes that are remembered, which show the rhythm. */
const KEPT_CHANGES = 6;
/** DNS that has said the same for this long may have settled. */
const SETTLED_MS = 10 * MINUTE_MS;

interface Seen {
  meaning: string;
  /** Times of the last changes, oldest first. */
  changes: readonly number[];
}

/** DNS has settled once it has said the same for twice as long as it did between its last changes. */
export function createSteadiness(): Steadiness {
  const all = new Map<string, Seen>();
  return {
    note(name, meaning, now) {
      const seen = all.get(name);
      if (seen === undefined) all.set(name, { meaning, changes: [] });
      else if (seen.meaning !== meaning)
        all.set(name, {
          meaning,
          changes: [...recent(seen.changes, now), now].slice(-KEPT_CHANGES),
        });
    },
    isUnsteady(name, now) {
      const changes = recent(all.get(name)?.changes ?? [], now);
      const last = changes.at(-1) ?? -Infinity;
      return changes.length >= MOST_CHANGES && now - last < settling(changes);
    },
    forget: (name) => void all.delete(name),
    keep(names) {
      for (const name of all.keys()) if (!names.has(name)) all.delete(name);
    },
  };
}

function recent(changes: readonly number[], now: number): readonly number[] {
  return changes.filter((at) => at <= now && now - at < WINDOW_MS);
}

function settling(changes: readonly number[]): number {
  const gaps = changes.slice(1).map((at, index) => at - (changes[index] ?? at));
  return Math.max(SETTLED_MS, 2 * Math.max(...gaps));
}
