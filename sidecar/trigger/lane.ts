import type { Clock } from "../clock";
import { TransientError } from "../errors";

/** Why a run is wanted; many nudges collapse into one run that carries them all. */
export interface Nudge {
  /** Such as `mapping.saved`, `resync` or `manual`. */
  trigger: string;
  correlationId: string;
}

export interface LaneOptions {
  /** Does the work once and says when it wants to run again by itself: milliseconds since the epoch, or null. */
  run: (
    nudges: readonly Nudge[],
    signal: AbortSignal,
  ) => Promise<number | null>;
  clock: Clock;
  /** How long to wait for further nudges, from the last one, in milliseconds. */
  debounceMs: number;
  /** How long to wait for further nudges, from the first one, in milliseconds. */
  debounceMaxMs: number;
  /** The least time between the end of a run and the start of the next, in milliseconds. */
  minGapMs: number;
  /** When to run again after an error that `run` did not expect, in milliseconds. */
  retryMs: number;
  onError: (error: unknown) => void;
}

/** A run that was not asked for by anybody: its own time had come. */
const SCHEDULED = "schedule";

/**
 * One run under way and at most one waiting. However many nudges come in, and whenever, there is always a run that
 * began after the last of them.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #stop = new AbortController();
  #nudges: Nudge[] = [];
  #firstNudgeAt = 0;
  #cancelTimer: (() => void) | null = null;
  #startAt: number | null = null;
  #endedAt = -Infinity;
  #running: Promise<void> | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Asks for a run soon. */
  nudge(nudge: Nudge): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#options.clock.now();
    if (this.#nudges.length === 0) this.#firstNudgeAt = now;
    if (this.#nudges.length < MOST_NUDGES_KEPT) this.#nudges.push(nudge);
    if (this.#running) return;
    const { debounceMs, debounceMaxMs } = this.#options;
    this.#schedule(
      Math.min(now + debounceMs, this.#firstNudgeAt + debounceMaxMs),
    );
  }

  /** Asks for a run at a time, in milliseconds since the epoch, unless one comes earlier. */
  runAt(time: number): void {
    if (this.#stop.signal.aborted || this.#running) return;
    if (this.#startAt === null || time < this.#startAt) this.#schedule(time);
  }

  get state(): "idle" | "waiting" | "running" {
    if (this.#running) return "running";
    return this.#nudges.length > 0 ? "waiting" : "idle";
  }

  /** When the next run starts, in milliseconds since the epoch; null while one runs or none is planned. */
  get nextAt(): number | null {
    return this.#running ? null : this.#startAt;
  }

  /** Starts no further run, tells the one under way to stop at its next wait, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#startAt = null;
    this.#stop.abort(new Stopped());
    await this.#running;
  }

  #schedule(time: number): void {
    const { clock, minGapMs } = this.#options;
    this.#cancelTimer?.();
    this.#startAt = Math.max(time, this.#endedAt + minGapMs);
    this.#cancelTimer = clock.after(this.#startAt - clock.now(), () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    const { clock, run, retryMs, onError } = this.#options;
    const nudges =
      this.#nudges.length > 0
        ? this.#nudges
        : [{ trigger: SCHEDULED, correlationId: "" }];
    this.#nudges = [];
    this.#startAt = null;
    let next: number | null;
    try {
      next = await run(nudges, this.#stop.signal);
    } catch (error) {
      onError(error);
      next = clock.now() + retryMs;
    }
    this.#endedAt = clock.now();
    this.#running = null;
    if (this.#stop.signal.aborted) return;
    if (this.#nudges.length > 0) this.#schedule(this.#endedAt);
    else if (next !== null) this.#schedule(next);
  }
}

/** The reasons of a run are for the history only; a flood must not grow memory. */
const MOST_NUDGES_KEPT = 100;

/** What a run's signal is aborted with when the program stops. */
export class Stopped extends TransientError {
  constructor() {
    super("stopped");
  }
}
