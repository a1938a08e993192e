import type { Clock } from "../clock";
import type { NetworkFigures } from "../network/status";

/** A network's figures as last read; `up` says whether the last reading worked. */
export interface Known {
  figures: NetworkFigures | null;
  up: boolean;
}

/** Anything that can be asked for its figures. */
export interface Countable {
  readonly id: string;
  figures(): Promise<NetworkFigures>;
}

/** Figures younger than this are not read again, in milliseconds. */
const FRESH_MS = 15_000;
/** Networks whose figures are read for one scrape: a fleet's turn comes by and by, and its databases are left in peace. */
const MOST_AT_ONCE = 50;
/** How long a scrape waits for databases, in milliseconds; slower ones have answered by the next scrape. */
const PATIENCE_MS = 2000;

interface Entry extends Known {
  askedAt: number;
  asking: Promise<void> | null;
}

/** Keeps every network's figures, so that a scrape costs little and a database that hangs holds nobody up. */
export function createFiguresCache(clock: Clock) {
  // By the network itself, not its id: one that was replaced is forgotten with it.
  const entries = new WeakMap<Countable, Entry>();

  const entryOf = (network: Countable): Entry => {
    const entry = entries.get(network) ?? {
      figures: null,
      up: false,
      askedAt: -Infinity,
      asking: null,
    };
    entries.set(network, entry);
    return entry;
  };

  const ask = async (network: Countable, entry: Entry): Promise<void> => {
    entry.askedAt = clock.now();
    try {
      entry.figures = await network.figures();
      entry.up = true;
    } catch {
      entry.up = false;
    }
    entry.asking = null;
  };

  return {
    /** Reads again what is due, as far as time allows. */
    async refresh(networks: readonly Countable[]): Promise<void> {
      const due = networks
        .map((network) => ({ network, entry: entryOf(network) }))
        .filter(({ entry }) => clock.now() - entry.askedAt >= FRESH_MS)
        .sort((one, other) => one.entry.askedAt - other.entry.askedAt)
        .slice(0, MOST_AT_ONCE);
      const answers = due.map(
        ({ network, entry }) => (entry.asking ??= ask(network, entry)),
      );
      await new Promise<void>((resolve) => {
        const cancel = clock.after(PATIENCE_MS, () => {
          // Whoever has not answered by now counts as away until it does.
          for (const { entry } of due) if (entry.asking) entry.up = false;
          resolve();
        });
        void Promise.all(answers).then(() => {
          cancel();
          resolve();
        });
      });
    },
    of: (network: Countable): Known => entryOf(network),
  };
}
