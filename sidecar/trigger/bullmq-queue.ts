import { randomUUID } from "node:crypto";
import { Queue, type DeduplicationOptions, type Job } from "bullmq";
import type { Clock } from "../clock";
import type { RedisLink } from "./redis";
import { SCHEDULED, type LaneName, type LaneView, type Nudge } from "./trigger";

/** The braces keep all keys in one slot of a Redis cluster. */
export const KEY_PREFIX = "{domain-bridge}";

/** When a lane that plans nothing runs all the same, in milliseconds: a lane without any job has been lost. */
const IDLE_MS = 86_400_000;

/**
 * What a job is for, the first part of its id:
 * - `run`: one run. At most one is active and one waits, by BullMQ's deduplication. After a failure it is delayed, and
 *   takes in all nudges until its time comes.
 * - `time`: the lane's next planned run. When its time comes it asks for a run, as a nudge does. It has its own
 *   deduplication id: a delayed `run` in its place would take in nudges.
 * - `urgent`: notes that an urgent nudge came, until a run begins. A run that fails sees by it that it must not wait.
 */
type Role = "run" | "time";

/** For the history and for the backoff: whatever of it is lost, the runs are the same. */
export interface RunData {
  nudges?: Nudge[];
  /** How many runs in a row have failed. */
  failures?: number;
  /** Of a `time` job: when the run that planned it began, in milliseconds since the epoch. */
  startedAt?: number;
}

/** What a job is for and whose it is: in its id, which is known even where Redis has lost the rest. */
export function partsOf(jobId: string): { role: string; lane: string } {
  const [role = "", lane = ""] = jobId.split(".");
  return { role, lane };
}

function urgentId(lane: string): string {
  return `urgent.${lane}`;
}

/**
 * The jobs of one kind of lane in Redis, all of them through BullMQ's public functions. Lanes have no dot in their ids.
 * Each function throws where Redis does not answer. Times are milliseconds since the epoch.
 */
export class LaneQueue {
  readonly #clock: Clock;
  readonly #queue: Queue<RunData>;

  constructor(name: LaneName, link: RedisLink, clock: Clock) {
    this.#clock = clock;
    this.#queue = new Queue<RunData>(name, {
      connection: link.commands,
      prefix: KEY_PREFIX,
      streams: { events: { maxLen: 100 } },
    });
    this.#queue.on("error", (error) => {
      link.note(error);
    });
  }

  /** Asks for a run at `at`, or now; an urgent nudge also brings forward one that waits after a failure. */
  async ask(lane: string, nudges: Nudge[], at = 0): Promise<void> {
    const urgent = nudges.some((nudge) => nudge.urgent);
    // Noted before the run is asked for: see `failed`.
    if (urgent)
      await this.#queue.add(
        "urgent",
        {},
        { jobId: urgentId(lane), delay: IDLE_MS },
      );
    await this.#add("run", lane, { nudges }, at, {
      reschedule: urgent,
    });
  }

  /** A run begins: whatever was urgent so far is served by it. */
  async begun(lane: string): Promise<void> {
    await this.#queue.remove(urgentId(lane));
  }

  /** A run that began at `startedAt` has done its work; the lane runs again at `nextAt`. */
  async plan(
    lane: string,
    nextAt: number | null,
    startedAt: number,
  ): Promise<void> {
    const at = nextAt ?? this.#clock.now() + IDLE_MS;
    await this.#add("time", lane, { startedAt }, at, { replace: true });
  }

  /** A run has failed: it waits until `nextAt`, unless an urgent nudge came meanwhile. */
  async failed(
    lane: string,
    job: Job<RunData>,
    token: string | undefined,
    { failures, nextAt }: { failures: number; nextAt: number },
  ): Promise<void> {
    const { nudges = [] } = job.data;
    await job.moveToDelayed(nextAt, token);
    // BullMQ keeps a nudge that came during the run, for a run of its own. Replacing the run that waits drops it: the
    // one that takes its place begins after the nudge just as well.
    await this.#add("run", lane, { nudges, failures }, nextAt, {
      replace: true,
    });
    if (await this.#queue.getJob(urgentId(lane)))
      await this.ask(lane, [{ ...SCHEDULED, urgent: true }]);
  }

  /**
   * How the lane is over all sidecars, each figure read by itself: while a run begins or ends it may be a moment old.
   */
  async view(lane: string): Promise<LaneView> {
    const run = await this.#jobOf("run", lane);
    const state = run && (await this.#queue.getJobState(run.id ?? ""));
    if (state === "active") return { state: "running", nextAt: null };
    if (run)
      return {
        state: state === "delayed" && run.data.failures ? "idle" : "waiting",
        nextAt: run.timestamp + run.delay,
      };
    const time = await this.#jobOf("time", lane);
    return { state: "idle", nextAt: time ? time.timestamp + time.delay : null };
  }

  /**
   * True where the lane has lost its jobs, or the run of a nudge that was sent at `askedAt`. A job that no list of Redis
   * names any more is removed, for it would take in all further nudges.
   */
  async isLost(lane: string, askedAt: number): Promise<boolean> {
    if (await this.#isThere("run", lane)) return false;
    if (!(await this.#isThere("time", lane))) return true;
    const time = await this.#jobOf("time", lane);
    return (time?.data.startedAt ?? askedAt) < askedAt;
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #add(
    role: Role,
    lane: string,
    data: RunData,
    at: number,
    deduplication: Omit<DeduplicationOptions, "id">,
  ): Promise<void> {
    await this.#queue.add(role, data, {
      // Of its own: those that BullMQ counts begin anew when Redis has lost the counter.
      jobId: `${role}.${lane}.${randomUUID()}`,
      delay: Math.max(0, Math.round(at - this.#clock.now())),
      deduplication: {
        ...deduplication,
        id: `${role}.${lane}`,
        keepLastIfActive: true,
      },
    });
  }

  async #jobOf(role: Role, lane: string): Promise<Job<RunData> | undefined> {
    const id = await this.#queue.getDeduplicationJobId(`${role}.${lane}`);
    return id === null ? undefined : this.#queue.getJob(id);
  }

  async #isThere(role: Role, lane: string): Promise<boolean> {
    const id = await this.#queue.getDeduplicationJobId(`${role}.${lane}`);
    if (id === null) return false;
    const [job, state] = await Promise.all([
      this.#queue.getJob(id),
      this.#queue.getJobState(id),
    ]);
    if (job && state !== "unknown") return true;
    // One that a living sidecar is running stays, for it is locked: then the run's end is awaited.
    return (await this.#queue.remove(id)) === 0;
  }
}
