import { TransientError } from "../errors";
import type { Limit } from "../concurrency";
import {
  SCHEDULED,
  type LaneOptions,
  type LaneView,
  type Nudge,
  type WorkLane,
} from "./trigger";

/** A lane within this process. */
export class Lane implements WorkLane {
  readonly #options: LaneOptions;
  readonly #limit: Limit;
  readonly #onStop: () => void;
  readonly #stop = new AbortController();
  #nudges: Nudge[] = [];
  #firstNudgeAt = 0;
  #cancelTimer: (() => void) | null = null;
  #startAt: number | null = null;
  /** From the moment when a run is due: it may still wait for its turn among the networks. */
  #due: Promise<void> | null = null;
  #running = false;

  /** `limit` is shared by the lanes of many networks: how many of them run at once. */
  constructor(
    options: LaneOptions,
    limit: Limit = (work) => work(),
    onStop: () => void = () => undefined,
  ) {
    this.#options = options;
    this.#limit = limit;
    this.#onStop = onStop;
  }

  nudge(nudge: Nudge): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#options.clock.now();
    if (this.#nudges.length === 0) this.#firstNudgeAt = now;
    if (this.#nudges.length < MOST_NUDGES_KEPT) this.#nudges.push(nudge);
    if (this.#due) return;
    const { debounceMs, debounceMaxMs } = this.#options;
    this.#schedule(
      Math.min(now + debounceMs, this.#firstNudgeAt + debounceMaxMs),
    );
  }

  /** Asks for a run at a time, in milliseconds since the epoch, unless one comes earlier. */
  runAt(time: number): void {
    if (this.#stop.signal.aborted || this.#due) return;
    if (this.#startAt === null || time < this.#startAt) this.#schedule(time);
  }

  /** Forgets the planned run unless a nudge wants it. */
  rest(): void {
    if (this.#due || this.#nudges.length > 0) return;
    this.#cancelTimer?.();
    this.#startAt = null;
  }

  get state(): LaneView["state"] {
    if (this.#running) return "running";
    return this.#due || this.#nudges.length > 0 ? "waiting" : "idle";
  }

  get nextAt(): number | null {
    return this.#running ? null : this.#startAt;
  }

  view(): Promise<LaneView> {
    return Promise.resolve({ state: this.state, nextAt: this.nextAt });
  }

  async stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#startAt = null;
    this.#stop.abort(new Stopped());
    await this.#due;
    this.#onStop();
  }

  #schedule(time: number): void {
    const { clock } = this.#options;
    this.#cancelTimer?.();
    this.#startAt = time;
    this.#cancelTimer = clock.after(time - clock.now(), () => {
      this.#due = this.#limit(() => this.#run());
    });
  }

  async #run(): Promise<void> {
    const { clock, run, retryMs, onError } = this.#options;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const nudges = this.#nudges.length > 0 ? this.#nudges : [SCHEDULED];
    this.#nudges = [];
    this.#startAt = null;
    this.#running = true;
    let next: number | null;
    try {
      next = await run(nudges, signal);
    } catch (error) {
      onError(error);
      next = clock.now() + retryMs;
    }
    this.#running = false;
    this.#due = null;
    if (this.#isStopped()) return;
    if (this.#nudges.length > 0) this.#schedule(clock.now());
    else if (next !== null) this.#schedule(next);
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }
}

/** Nudges say why, which is for the history; a flood of them must not grow memory. */
const MOST_NUDGES_KEPT = 1000;

/** What a run's signal is aborted with when the program stops. */
export class Stopped extends TransientError {
  constructor() {
    super("stopped");
  }
}
