import { createLimit, type Limit } from "../concurrency";
import {
  createDebounce,
  MOST_NUDGES_KEPT,
  runOnce,
  SCHEDULED,
  Stopped,
  type Debounce,
  type LaneName,
  type LaneOptions,
  type LaneView,
  type Nudge,
  type Trigger,
  type WorkLane,
} from "./trigger";

/** A lane within this process. */
export class Lane implements WorkLane {
  readonly #options: LaneOptions;
  readonly #limit: Limit;
  readonly #onStop: () => void;
  readonly #debounce: Debounce;
  readonly #stop = new AbortController();
  #nudges: Nudge[] = [];
  /** The earliest start that a nudge asks for. */
  #askedAt: number | null = null;
  #isUrgent = false;
  /** The run that nobody has to ask for: the resync, or after failures the next try, which nudges wait for. */
  #nextAt: number | null = null;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #startAt: number | null = null;
  /** From the moment when a run is due: it may still wait for its turn among the networks. */
  #due: Promise<void> | null = null;
  #isRunning = false;

  /** `limit` is shared by the lanes of many networks: how many of them run at once. */
  constructor(
    options: LaneOptions,
    limit: Limit = (work) => work(),
    onStop: () => void = () => undefined,
  ) {
    this.#options = options;
    this.#limit = limit;
    this.#onStop = onStop;
    this.#debounce = createDebounce(options);
  }

  nudge(nudge: Nudge): void {
    if (this.#stop.signal.aborted) return;
    if (this.#nudges.length < MOST_NUDGES_KEPT) this.#nudges.push(nudge);
    if (nudge.urgent) this.#isUrgent = true;
    const at = this.#debounce(nudge, this.#options.clock.now());
    this.#askedAt = earlier(this.#askedAt, at);
    this.#plan();
  }

  /** Asks for a run at a time, in milliseconds since the epoch, unless one comes earlier. */
  runAt(time: number): void {
    if (this.#stop.signal.aborted) return;
    this.#nextAt = earlier(this.#nextAt, time);
    this.#plan();
  }

  /** Forgets the planned run, unless a nudge wants it. */
  rest(): void {
    if (this.#askedAt !== null) return;
    this.#nextAt = null;
    this.#plan();
  }

  get state(): LaneView["state"] {
    if (this.#isRunning) return "running";
    return this.#due || this.#nudgedAt !== null ? "waiting" : "idle";
  }

  view(): Promise<LaneView> {
    const nextAt = this.#isRunning ? null : this.#startAt;
    return Promise.resolve({ state: this.state, nextAt });
  }

  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#stop.abort(new Stopped());
    await this.#due;
    this.#onStop();
  }

  /** When nudges want a run to start; null also while they wait after a failure. */
  get #nudgedAt(): number | null {
    return this.#failures > 0 && !this.#isUrgent ? null : this.#askedAt;
  }

  /** Sets the timer for the next run. While one is due or under way, that is done at its end. */
  #plan(): void {
    if (this.#due) return;
    const { clock } = this.#options;
    const nudgedAt = this.#nudgedAt;
    const at =
      nudgedAt === null ? this.#nextAt : earlier(this.#nextAt, nudgedAt);
    // Set once only: the timer is right even where the clock is put back meanwhile. Put forward, the time is over.
    if (at === this.#startAt && (at === null || at > clock.now())) return;
    this.#cancelTimer();
    this.#startAt = at;
    if (at !== null)
      this.#cancelTimer = clock.after(at - clock.now(), () => {
        this.#due = this.#limit(() => this.#run());
      });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const nudges = this.#nudges.length > 0 ? this.#nudges : [SCHEDULED];
    this.#nudges = [];
    this.#askedAt = null;
    this.#isUrgent = false;
    this.#startAt = null;
    this.#isRunning = true;
    const outcome = await runOnce(
      this.#options,
      nudges,
      signal,
      this.#failures,
    );
    this.#isRunning = false;
    this.#due = null;
    if (this.#stop.signal.aborted) return;
    this.#failures = outcome.failures;
    this.#nextAt = outcome.nextAt;
    if (outcome.failures > 0) {
      this.#nudges = [...nudges, ...this.#nudges].slice(0, MOST_NUDGES_KEPT);
      this.#askedAt ??= this.#options.clock.now();
    }
    this.#plan();
  }
}

/** The trigger of a sidecar that works by itself. `concurrency` is how many networks have a lane of one kind running. */
export function createInProcessTrigger(concurrency: number): Trigger {
  const limits = createLimits(concurrency);
  const lanes = new Set<Lane>();
  return {
    createLane(_network, name, options) {
      const lane: Lane = new Lane(options, limits[name], () => {
        lanes.delete(lane);
      });
      lanes.add(lane);
      return lane;
    },
    async close() {
      await Promise.all([...lanes].map((lane) => lane.stop()));
    },
  };
}

/** A limit for each kind of lane, so that slow certificates never keep passes waiting. */
export function createLimits(concurrency: number): Record<LaneName, Limit> {
  return {
    pass: createLimit(concurrency),
    certificates: createLimit(concurrency),
    notify: createLimit(concurrency),
  };
}

function earlier(one: number | null, other: number): number {
  return one === null ? other : Math.min(one, other);
}
