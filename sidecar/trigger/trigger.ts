import type { Clock } from "../clock";
import { PermanentError, TransientError } from "../errors";

/** Why a run is wanted. The words are for the history: where sidecars share a lane, those of some nudges get lost. */
export interface Nudge {
  /** Such as `mapping.saved`, `resync` or `manual`. */
  trigger: string;
  correlationId: string;
  /** Starts at once, also while others wait after a failure: a person asked, or what failed was changed. */
  urgent?: boolean;
}

/** A network's three kinds of work. */
export type LaneName = "pass" | "certificates" | "notify";

export interface LaneOptions {
  /**
   * Does the work once and says when it wants to run again by itself: milliseconds since the epoch, or null. What it
   * throws is a failure: it is tried again later and later, and nudges that are not urgent wait for that.
   */
  run: (
    nudges: readonly Nudge[],
    signal: AbortSignal,
  ) => Promise<number | null>;
  clock: Clock;
  /** How long after a run's start the next one collects nudges, in milliseconds. */
  debounceMs: number;
  /** The same while nudges keep coming, in milliseconds. */
  debounceMaxMs: number;
  /** The wait after the first failure, in milliseconds; it doubles with each further one. */
  firstRetryMs: number;
  /** The longest wait after a failure, in milliseconds, unless the other side asks for more. */
  longestRetryMs: number;
  /** Hears of each failure and of how long the next try waits, in milliseconds. */
  onFailure: (error: unknown, waitMs: number) => void;
}

export interface LaneView {
  /** `waiting` where a nudge's run is about to begin; `idle` also while a failed run waits for its next try. */
  state: "idle" | "waiting" | "running";
  /** When the next run starts, in milliseconds since the epoch; null while one runs or none is planned. */
  nextAt: number | null;
}

/**
 * One run under way and at most one waiting, over all sidecars. However many nudges come in, and whenever, there is
 * always a run that began after the last of them. The first nudge after a rest starts a run at once.
 */
export interface WorkLane {
  /** Asks for a run soon. */
  nudge(nudge: Nudge): void;
  /** How it is over all sidecars. */
  view(): Promise<LaneView>;
  /** How it is in this sidecar. */
  readonly state: LaneView["state"];
  /** Starts no further run, tells the one under way to stop at its next wait, and resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Trigger {
  /** `network` is the same on every sidecar that serves the network, and no other network's. */
  createLane(network: string, name: LaneName, options: LaneOptions): WorkLane;
  /** Takes no further work, stops all lanes and resolves when the work under way has ended. */
  close(): Promise<void>;
}

/** What a run's signal is aborted with when its lane stops. */
export class Stopped extends TransientError {
  constructor() {
    super("stopped");
  }
}

/** The nudge of a run that nobody asked for: its own time had come. */
export const SCHEDULED: Nudge = { trigger: "schedule", correlationId: "" };

/** Nudges say why, which is for the history; a flood of them must not grow memory. */
export const MOST_NUDGES_KEPT = 100;

/** When the run that a nudge asks for may start; both times in milliseconds since the epoch. */
export type Debounce = (nudge: Nudge, now: number) => number;

/**
 * At once after a rest; `debounceMs` after the last start for what follows closely; and while nudges keep coming, a run
 * every `debounceMaxMs`.
 */
export function createDebounce({
  debounceMs,
  debounceMaxMs,
}: Pick<LaneOptions, "debounceMs" | "debounceMaxMs">): Debounce {
  const longestMs = Math.max(debounceMs, debounceMaxMs);
  let start = -Infinity;
  let wasCollected = false;
  return ({ urgent = false }, now) => {
    // A start that is further away comes from a clock that was wrong.
    const isAhead = start > now && start - now <= longestMs;
    if (isAhead && !urgent) return start;
    const quietUntil = start + (wasCollected ? debounceMaxMs : debounceMs);
    wasCollected = !urgent && start <= now && now < quietUntil;
    start = wasCollected ? quietUntil : now;
    return start;
  };
}

/** How a run ended: when the next one starts, and how many in a row have failed. */
export interface Outcome {
  nextAt: number | null;
  failures: number;
}

/** Runs once, after so many failures in a row; never throws. */
export async function runOnce(
  options: LaneOptions,
  nudges: readonly Nudge[],
  signal: AbortSignal,
  failuresBefore: number,
): Promise<Outcome> {
  try {
    return { nextAt: await options.run(nudges, signal), failures: 0 };
  } catch (error) {
    if (error instanceof Stopped)
      return { nextAt: null, failures: failuresBefore };
    const failures = failuresBefore + 1;
    const waitMs = retryWait(error, failures, options);
    options.onFailure(error, waitMs);
    return { nextAt: options.clock.now() + waitMs, failures };
  }
}

/** What needs a person starts at sixteen times the first wait: it is put right in minutes, not in seconds. */
const PERMANENT_DOUBLINGS = 4;

/** The longest that the other side may ask for, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * How long the next try waits after the n-th failure in a row, n from 1, in milliseconds. A bug, which is any error
 * without a reason, waits the longest. Each wait is shortened by up to half, so that many networks do not try in step.
 */
export function retryWait(
  error: unknown,
  failures: number,
  {
    firstRetryMs,
    longestRetryMs,
  }: Pick<LaneOptions, "firstRetryMs" | "longestRetryMs">,
  random: () => number = Math.random,
): number {
  const spread = 1 - random() / 2;
  const after = (doublings: number): number =>
    Math.round(
      Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(doublings, 30)) *
        spread,
    );
  if (error instanceof PermanentError)
    return after(failures - 1 + PERMANENT_DOUBLINGS);
  if (!(error instanceof TransientError))
    return Math.round(longestRetryMs * spread);
  const asked = Math.min(error.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(asked, after(failures - 1));
}
