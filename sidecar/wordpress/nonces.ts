import { z } from "zod";
import type { Clock } from "../clock";
import { createWordpress, type WordpressOptions } from "./notifications";

/** UM's nonces of names, as far as WordPress gives them; never throws. */
export type Nonces = (
  names: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

/** Most names in one question. */
const BATCH = 200;
/** A nonce changes with WordPress's salts only. */
const KEPT_MS = 24 * 3_600_000;
/** After a failure nothing is asked for a while: each question could wait for its time-out. */
const PAUSE_MS = 60_000;
const TIMEOUT_MS = 5_000;
/** How long a question waits for further names. */
const COLLECTED_MS = 20;

/** Source: WordPress, `wp_hash()`: a keyed MD5 in hexadecimal digits, or what a filter of a plugin makes of it. */
const answer = z.object({
  nonces: z.record(z.string(), z.string().regex(/^[\w.~-]{1,128}$/)),
});

/**
 * Asks the plugin's signed route `nonces`. What several looks ask for within a moment goes into one question, and an
 * answer is kept for a day.
 */
export function createNonces(options: WordpressOptions, clock: Clock): Nonces {
  const ask = createWordpress({ ...options, timeoutMs: TIMEOUT_MS });
  const kept = new Map<string, { nonce: string; at: number }>();
  let waiting: { names: Set<string>; asked: Promise<void> } | null = null;
  let failedAt = -Infinity;

  const isFresh = (name: string): boolean => {
    const age = clock.now() - (kept.get(name)?.at ?? -Infinity);
    return age >= 0 && age < KEPT_MS;
  };
  const isPaused = (): boolean => {
    const age = clock.now() - failedAt;
    return age >= 0 && age < PAUSE_MS;
  };

  async function askFor(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH);
      const body = { network: options.network, names: some };
      const { nonces } = answer.parse(await ask("nonces", body));
      for (const [name, nonce] of Object.entries(nonces))
        kept.set(name, { nonce, at: clock.now() });
    }
  }

  function collect(names: readonly string[]): Promise<void> {
    if (waiting === null) {
      const all = new Set<string>();
      const asked = new Promise<void>((resolve) => {
        clock.after(COLLECTED_MS, resolve);
      }).then(async () => {
        waiting = null;
        await askFor([...all]);
      });
      waiting = { names: all, asked };
    }
    for (const name of names) waiting.names.add(name);
    return waiting.asked;
  }

  return async (names) => {
    const missing = names.filter((name) => !isFresh(name));
    if (missing.length > 0 && !isPaused())
      await collect(missing).catch(() => {
        // Without nonces the round judges by DNS and TLS alone.
        failedAt = clock.now();
      });
    const known = new Map<string, string>();
    for (const name of names) {
      const nonce = kept.get(name)?.nonce;
      if (nonce !== undefined) known.set(name, nonce);
    }
    return known;
  };
}
