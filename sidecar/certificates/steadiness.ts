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

const HOUR_MS = 3_600_000;
/** A record that is corrected, and corrected again, changes twice. */
const MOST_CHANGES = 3;
/** DNS that has said the same for this long has settled. */
const SETTLED_MS = 600_000;

interface Seen {
  meaning: string;
  /** Times of changes within the last hour, oldest first. */
  changes: readonly number[];
}

export function createSteadiness(): Steadiness {
  const all = new Map<string, Seen>();
  const recent = (changes: readonly number[], now: number) =>
    changes.filter((at) => at <= now && now - at < HOUR_MS);
  return {
    note(name, meaning, now) {
      const seen = all.get(name);
      if (seen === undefined) all.set(name, { meaning, changes: [] });
      else if (seen.meaning !== meaning)
        all.set(name, {
          meaning,
          changes: [...recent(seen.changes, now), now].slice(-MOST_CHANGES),
        });
    },
    isUnsteady(name, now) {
      const changes = recent(all.get(name)?.changes ?? [], now);
      const last = changes.at(-1) ?? -Infinity;
      return changes.length >= MOST_CHANGES && now - last < SETTLED_MS;
    },
    forget: (name) => void all.delete(name),
    keep(names) {
      for (const name of all.keys()) if (!names.has(name)) all.delete(name);
    },
  };
}
