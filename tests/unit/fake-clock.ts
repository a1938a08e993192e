import type { Clock } from "../../sidecar/clock";

export interface FakeClock extends Clock {
  /**
   * Turns the hands by `ms`, runs what falls due on the way in order of time, and lets what that sets off (promises,
   * immediate callbacks) run before going on; timers set meanwhile fire too if they fall due.
   */
  advance(ms: number): Promise<void>;
  /** Resolves as soon as a timer is set that is exactly `delayMs` away: the way to meet work that waits for real I/O. */
  whenScheduled(delayMs: number): Promise<void>;
  /** How far away each pending timer is, in milliseconds, soonest first. */
  pending(): number[];
}

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** A turn of the event loop: everything that is ready has run afterwards. */
const turn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is told to move; `start` is milliseconds since the epoch. */
export function createFakeClock(
  start: number = Date.UTC(2026, 0, 15, 12),
): FakeClock {
  let now = start;
  let order = 0;
  const timers = new Set<Timer>();
  const watchers = new Set<{ delayMs: number; resolve: () => void }>();

  const inOrder = (): Timer[] =>
    [...timers].sort((a, b) => a.at - b.at || a.order - b.order);

  const notify = (): void => {
    for (const watcher of watchers) {
      if ([...timers].some(({ at }) => at - now === watcher.delayMs)) {
        watchers.delete(watcher);
        watcher.resolve();
      }
    }
  };

  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = {
        at: now + Math.max(0, delayMs),
        order: order++,
        callback,
      };
      timers.add(timer);
      notify();
      return () => {
        timers.delete(timer);
      };
    },
    async advance(ms) {
      const end = now + ms;
      await turn();
      for (;;) {
        const next = inOrder()[0];
        if (next === undefined || next.at > end) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
        await turn();
      }
      now = end;
    },
    whenScheduled(delayMs) {
      return new Promise((resolve) => {
        watchers.add({ delayMs, resolve });
        notify();
      });
    },
    pending: () => inOrder().map(({ at }) => at - now),
  };
}
