import { DelayedError, WaitingError, Worker, type Job } from "bullmq";
import { sleep, type Clock } from "../clock";
import { createLimit, type Limit } from "../concurrency";
import type { RedisLink } from "./redis";
import { KEY_PREFIX, LaneQueue, partsOf, type RunData } from "./bullmq-queue";
import { createLimits, Lane } from "./in-process";
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

interface LaneParts {
  link: RedisLink;
  queue: LaneQueue;
  /** For runs without Redis. */
  limit: Limit;
  random: () => number;
  /** How often at least it looks whether Redis still has its jobs, in milliseconds; also once in a resync. */
  checkMs: number;
  /** Called as soon as the lane takes no further run. */
  onStop: () => void;
}

export interface BullMqTiming {
  /** After how long without a sign of life a sidecar's runs are given to another, in milliseconds. */
  lockMs: number;
  /** How often that is looked for, in milliseconds. */
  stalledMs: number;
  /** How often each sidecar looks whether Redis still has its lanes' jobs, in milliseconds. */
  checkMs: number;
}

export interface BullMqTriggerOptions {
  link: RedisLink;
  clock: Clock;
  /** How many networks have a lane of one kind running in this sidecar. */
  concurrency: number;
  timing?: BullMqTiming;
  random?: () => number;
}

const TIMING: BullMqTiming = {
  lockMs: 15_000,
  stalledMs: 10_000,
  checkMs: 30_000,
};

/** How often sidecars may get a run of a network that they do not know until it counts as gone. */
const MOST_PASSED_ON = 100;

/** How long a sidecar leaves such a run to the others, in milliseconds. */
const STEP_BACK_MS = 50;

/** How soon BullMQ asks again after its connection failed, in milliseconds. */
const RECONNECT_MS = 1_000;

/** For what fails where Redis is away: the link has told of it. */
function ignore(): void {
  // Nothing is left to do.
}

/**
 * A lane that all sidecars share through Redis. While Redis is away it runs in this process: a run checks everything
 * and holds the database's lock, so that two sidecars that both run do no harm.
 */
class SharedLane implements WorkLane {
  readonly id: string;
  /** The lane's options, with runs for Redis and for this process alone one after the other. */
  readonly options: LaneOptions;
  readonly #parts: LaneParts;
  readonly #alone: Lane;
  readonly #debounce: Debounce;
  readonly #stop = new AbortController();
  readonly #oneAtATime = createLimit(1);
  #held: Nudge[] = [];
  /** When the run that the held nudges ask for may start. */
  #startAt = Infinity;
  #sending: Promise<void> | null = null;
  /** When the last nudge was sent that no run is known to have begun after. */
  #askedAt = -Infinity;
  #isRunning = false;
  #cancelCheck: () => void = () => undefined;

  constructor(id: string, options: LaneOptions, parts: LaneParts) {
    this.id = id;
    this.#parts = parts;
    this.#debounce = createDebounce(options);
    this.options = {
      ...options,
      run: (nudges) => this.#oneAtATime(() => this.#run(options, nudges)),
    };
    this.#alone = new Lane(this.options, parts.limit);
    this.#checkLater();
  }

  nudge(nudge: Nudge): void {
    if (this.#stop.signal.aborted) return;
    if (this.#held.length < MOST_NUDGES_KEPT || nudge.urgent)
      this.#held.push(nudge);
    const at = this.#debounce(nudge, this.options.clock.now());
    this.#startAt = Math.min(this.#startAt, at);
    this.#sending ??= this.#send();
  }

  get state(): LaneView["state"] {
    if (this.#isRunning) return "running";
    return this.#held.length > 0 ? "waiting" : this.#alone.state;
  }

  async view(): Promise<LaneView> {
    const { link, queue } = this.#parts;
    if (this.#isRunning) return { state: "running", nextAt: null };
    return link
      .attempt(() => queue.view(this.id))
      .catch(() => this.#alone.view());
  }

  async stop(): Promise<void> {
    this.#parts.onStop();
    this.#cancelCheck();
    this.#stop.abort(new Stopped());
    await this.#sending;
    await this.#alone.stop();
    await this.#oneAtATime(() => Promise.resolve());
  }

  /** Does the run that Redis gave to this sidecar. Throws what tells BullMQ that the job is not at its end. */
  async work(job: Job<RunData>, token: string | undefined): Promise<void> {
    const { link, queue } = this.#parts;
    const { clock } = this.options;
    const { signal } = this.#stop;
    const startedAt = clock.now();
    this.#askedAt = -Infinity;
    await link.attempt(() => queue.begun(this.id)).catch(ignore);
    const { nextAt, failures } = await runOnce(
      this.options,
      job.data.nudges ?? [SCHEDULED],
      signal,
      job.data.failures ?? 0,
    );
    if (signal.aborted) {
      // Another sidecar may finish it, or this one when it is back.
      await link.attempt(() => job.moveToWait(token)).catch(ignore);
      throw new WaitingError();
    }
    // Where Redis is lost in between, `check` sees that nothing is planned.
    if (failures > 0 && nextAt !== null) {
      await link
        .attempt(() => queue.failed(this.id, job, token, { failures, nextAt }))
        .catch(ignore);
      throw new DelayedError();
    }
    await link
      .attempt(() => queue.plan(this.id, nextAt, startedAt))
      .catch(ignore);
  }

  /** Redis was lost: plans a run of its own, at random so that the sidecars do not run in step. */
  goAlone(): void {
    const { clock, longestRetryMs } = this.options;
    this.#alone.runAt(clock.now() + this.#parts.random() * longestRetryMs);
  }

  /** Where Redis is there, leaves the planning to it, and asks for a run where it has lost the lane's jobs or nudges. */
  async check(): Promise<void> {
    this.#cancelCheck();
    if (!this.#isRunning && !this.#sending)
      await this.#parts.link.attempt(() => this.#askIfLost()).catch(ignore);
    this.#checkLater();
  }

  async #askIfLost(): Promise<void> {
    const { queue } = this.#parts;
    const isLost = await queue.isLost(this.id, this.#askedAt);
    this.#alone.rest();
    if (!isLost) return;
    // Asked once more at most: whether a run began after it is judged by the clocks of two sidecars.
    this.#askedAt = -Infinity;
    await queue.ask(this.id, [{ trigger: "resync", correlationId: "" }]);
  }

  #checkLater(): void {
    if (this.#stop.signal.aborted) return;
    const { clock, longestRetryMs } = this.options;
    const { checkMs, random } = this.#parts;
    // Spread, so that thousands of lanes do not ask Redis all at once.
    const waitMs = Math.min(checkMs, longestRetryMs) * (1 - random() / 2);
    this.#cancelCheck = clock.after(waitMs, () => void this.check());
  }

  async #send(): Promise<void> {
    const { link, queue } = this.#parts;
    const { clock } = this.options;
    // In a later turn, so that nudges that come in one go make one message.
    await Promise.resolve();
    while (this.#held.length > 0) {
      const nudges = this.#held;
      const at = this.#startAt;
      this.#held = [];
      this.#startAt = Infinity;
      const now = clock.now();
      try {
        await link.attempt(() => queue.ask(this.id, nudges, at));
        this.#askedAt = now;
      } catch {
        for (const nudge of nudges) this.#alone.nudge(nudge);
      }
    }
    this.#sending = null;
  }

  async #run(
    { run }: LaneOptions,
    nudges: readonly Nudge[],
  ): Promise<number | null> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    this.#isRunning = true;
    try {
      return await run(nudges, signal);
    } finally {
      this.#isRunning = false;
    }
  }
}

/** One kind of lane: its queue, this sidecar's lanes in it, and the worker that takes their runs. */
interface Kind {
  queue: LaneQueue;
  lanes: Map<string, SharedLane>;
  worker: Worker<RunData>;
}

function createKind(
  name: LaneName,
  { link, clock, concurrency, timing = TIMING }: BullMqTriggerOptions,
): Kind {
  const queue = new LaneQueue(name, link, clock);
  const lanes = new Map<string, SharedLane>();
  const passOn = async (
    job: Job<RunData>,
    token: string | undefined,
  ): Promise<void> => {
    // Nobody knows the network any more; a sidecar that does, but was busy, finds that its job is gone.
    if (job.attemptsStarted > MOST_PASSED_ON) return;
    // Redis serves the worker that waits longest, so it has to wait behind the others.
    await job.moveToWait(token);
    await sleep(clock, STEP_BACK_MS);
    throw new WaitingError();
  };
  const worker = new Worker<RunData>(
    name,
    async (job, token) => {
      const { role, lane: id } = partsOf(job.id ?? "");
      const lane = lanes.get(id);
      if (role === "run")
        await (lane ? lane.work(job, token) : passOn(job, token));
      // A job without a role was left by 0.1.0.
      else if (id !== "") await queue.ask(id, [SCHEDULED]);
    },
    {
      connection: link.patient,
      prefix: KEY_PREFIX,
      concurrency,
      lockDuration: timing.lockMs,
      stalledInterval: timing.stalledMs,
      // A run that was cut off is due again, however often: only a person can take a network away.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: RECONNECT_MS,
      // Said here and not in the job, which Redis may have lost: one that stayed would take in all further nudges.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on("error", (error) => {
    link.note(error);
  });
  return { queue, lanes, worker };
}

/** The trigger of sidecars that share their work through Redis. */
export function createBullMqTrigger(options: BullMqTriggerOptions): Trigger {
  const { link, concurrency } = options;
  const { timing = TIMING, random = Math.random } = options;
  const limits = createLimits(concurrency);
  const kinds: Record<LaneName, Kind> = {
    pass: createKind("pass", options),
    certificates: createKind("certificates", options),
    notify: createKind("notify", options),
  };
  const allKinds = Object.values(kinds);
  const allLanes = (): SharedLane[] =>
    allKinds.flatMap(({ lanes }) => [...lanes.values()]);

  link.listen({
    away() {
      for (const lane of allLanes()) lane.goAlone();
    },
    back() {
      for (const lane of allLanes()) void lane.check();
    },
  });

  return {
    createLane(network, name, laneOptions) {
      const { queue, lanes } = kinds[name];
      const lane: SharedLane = new SharedLane(network, laneOptions, {
        link,
        queue,
        limit: limits[name],
        random,
        checkMs: timing.checkMs,
        onStop() {
          if (lanes.get(network) === lane) lanes.delete(network);
        },
      });
      lanes.set(network, lane);
      return lane;
    },
    async close() {
      const lanes = allLanes();
      // Without Redis nobody can be told what becomes of the jobs; BullMQ would wait for it.
      const force = !(await link.isThere());
      await Promise.all([
        ...allKinds.map(({ worker }) => worker.close(force)),
        ...lanes.map((lane) => lane.stop()),
      ]);
      await Promise.all(allKinds.map(({ queue }) => queue.close()));
    },
  };
}
