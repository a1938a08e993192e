import type { Limit } from "../concurrency";
import type { RedisLink } from "../redis";
import { Lane, Stopped } from "./lane";
import type { RedisQueue } from "./redis-queue";
import {
  SCHEDULED,
  type LaneOptions,
  type LaneView,
  type Nudge,
  type WorkLane,
} from "./trigger";

export interface RedisLaneDeps {
  link: RedisLink;
  queue: RedisQueue;
  /** For runs without Redis. */
  limit: Limit;
  random: () => number;
  onStop: () => void;
}

/** When a lane that plans nothing is looked at all the same, in milliseconds: its job must not be forgotten. */
const IDLE_MS = 86_400_000;

/** Nudges held until Redis has taken the ones before; the rest would say nothing new. */
const MOST_HELD = 100;

/**
 * A lane that all sidecars share through Redis. While Redis is away it runs in this process: a run looks at everything
 * and holds the database's lock, so that two sidecars that both run do no harm.
 */
export class RedisLane implements WorkLane {
  readonly id: string;
  readonly #options: LaneOptions;
  readonly #deps: RedisLaneDeps;
  readonly #alone: Lane;
  readonly #stop = new AbortController();
  #held: Nudge[] = [];
  #sending: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #running = 0;

  constructor(id: string, options: LaneOptions, deps: RedisLaneDeps) {
    this.id = id;
    this.#options = options;
    this.#deps = deps;
    const run: LaneOptions["run"] = (nudges) => this.#inTurn(nudges);
    this.#alone = new Lane({ ...options, run }, deps.limit);
  }

  nudge(nudge: Nudge): void {
    if (this.#stop.signal.aborted) return;
    if (this.#held.length < MOST_HELD || nudge.names) this.#held.push(nudge);
    this.#sending ??= this.#send();
  }

  get state(): LaneView["state"] {
    if (this.#running > 0) return "running";
    return this.#held.length > 0 ? "waiting" : this.#alone.state;
  }

  async view(): Promise<LaneView> {
    const { link, queue } = this.#deps;
    if (this.#running > 0) return { state: "running", nextAt: null };
    return link
      .attempt(() => queue.view(this.id))
      .catch(() => this.#alone.view());
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Stopped());
    await this.#sending;
    await this.#alone.stop();
    await this.#turn;
    this.#deps.onStop();
  }

  /** Does the work that Redis gave to this sidecar; gives when the lane is to run again. */
  async work(): Promise<number> {
    const { link, queue } = this.#deps;
    const { clock, retryMs, onError } = this.#options;
    const nudges = await link.attempt(() => queue.asked(this.id)).catch(none);
    let next: number | null;
    try {
      next = await this.#inTurn(nudges.length > 0 ? nudges : [SCHEDULED]);
    } catch (error) {
      onError(error);
      next = clock.now() + retryMs;
    }
    // What this sidecar could not finish, nudges and all, is for another one, or for itself when it is back.
    if (this.#stop.signal.aborted) return clock.now();
    // Where Redis is lost in between, the nudges stay and lead to one run too many.
    await link
      .attempt(() => queue.answered(this.id, nudges.length))
      .catch(none);
    return next ?? clock.now() + IDLE_MS;
  }

  /** Redis was lost: plans a run of its own, at random so that the sidecars do not march in step. */
  goAlone(): void {
    const { clock, retryMs } = this.#options;
    this.#alone.runAt(clock.now() + this.#deps.random() * retryMs);
  }

  /**
   * Redis is there: leaves the planning to it, and sees to it that there is something planned.
   *
   * @throws Error when Redis is lost again.
   */
  async rejoin(): Promise<void> {
    const { link, queue } = this.#deps;
    const { clock, debounceMaxMs } = this.#options;
    this.#alone.rest();
    const latest = clock.now() + debounceMaxMs;
    if (await link.attempt(() => queue.isAdrift(this.id, latest)))
      this.nudge({ trigger: "resync", correlationId: "" });
  }

  async #send(): Promise<void> {
    const { link, queue } = this.#deps;
    // In a later turn, so that nudges that come in one go make one message.
    await Promise.resolve();
    while (this.#held.length > 0) {
      const nudges = this.#held;
      this.#held = [];
      const now = this.#options.clock.now();
      try {
        await link.attempt(() =>
          queue.ask(this.id, nudges, now, this.#options),
        );
      } catch {
        for (const nudge of nudges) this.#alone.nudge(nudge);
      }
    }
    this.#sending = null;
  }

  /** Runs that this process begins for Redis and for itself must not overlap either. */
  #inTurn(nudges: readonly Nudge[]): Promise<number | null> {
    const { signal } = this.#stop;
    this.#running += 1;
    const run = this.#turn
      .then(() => (signal.aborted ? null : this.#options.run(nudges, signal)))
      .finally(() => (this.#running -= 1));
    this.#turn = run.catch(none);
    return run;
  }
}

function none(): never[] {
  return [];
}
