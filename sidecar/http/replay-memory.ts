import type { Clock } from "../clock";
import { TOLERANCE_SECONDS } from "../signature";

/** A signature from a clock that runs ahead stays good for twice the tolerance. */
const KEEP_MS = 2 * TOLERANCE_SECONDS * 1000;

/** About 20 MB; 10,000 requests a minute for as long as an id is kept are half of it. */
const MOST_IDS = 200_000;

export interface ReplayMemory {
  /** False when the id was claimed before. */
  claim(id: string): boolean;
}

/** Remembers ids of accepted requests for as long as their signatures are good; the oldest give way when it is full. */
export function createReplayMemory(
  clock: Clock,
  most: number = MOST_IDS,
): ReplayMemory {
  const expiries = new Map<string, number>();
  return {
    claim(id) {
      const now = clock.now();
      for (const [oldest, expiry] of expiries) {
        if (expiry >= now && expiries.size < most) break;
        expiries.delete(oldest);
      }
      if (expiries.has(id)) return false;
      expiries.set(id, now + KEEP_MS);
      return true;
    },
  };
}
