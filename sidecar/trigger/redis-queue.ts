import { ErrorCode, Queue, type Job } from "bullmq";
import type { RedisLink } from "../redis";
import type { LaneName, LaneView, Nudge } from "./trigger";

/** The braces keep all keys in one slot of a Redis cluster. */
export const KEY_PREFIX = "{domain-bridge}";

/** A run's nudges at most; what is more waits for the run after it. */
const MOST_TAKEN = 1_000;
const MOST_ASKED = 2 * MOST_TAKEN;

/** BullMQ keeps a delayed job's time in the upper bits of its score. Source: BullMQ, getDelayedScore. */
const SCORE_PER_MS = 0x1000;

export interface RunData {
  /** How often sidecars that do not know the network came upon the job. */
  strays?: number;
}

interface Asked extends Nudge {
  at: number;
}

/**
 * The lanes of one kind in Redis. Each lane is one BullMQ job that never completes: it is delayed until its next run,
 * so there is one per network, however many sidecars there are. Its nudges are in a list beside it, because a job that
 * is active cannot take more; they leave the list only when a run that knew of them has ended.
 */
export class RedisQueue {
  readonly name: LaneName;
  readonly #link: RedisLink;
  readonly #queue: Queue<RunData>;

  constructor(name: LaneName, link: RedisLink) {
    this.name = name;
    this.#link = link;
    this.#queue = new Queue<RunData>(name, {
      connection: link.patient,
      prefix: KEY_PREFIX,
      streams: { events: { maxLen: 100 } },
    });
    this.#queue.on("error", (error) => {
      link.note(error);
    });
  }

  /** Adds nudges and plans the run by the rules of the debounce. First the list, then the job: see `recall`. */
  async ask(
    id: string,
    nudges: readonly Nudge[],
    now: number,
    debounce: { debounceMs: number; debounceMaxMs: number },
  ): Promise<void> {
    const asked = nudges.map((nudge): Asked => ({ ...nudge, at: now }));
    const answers = await this.#link.commands
      .multi()
      .rpush(this.#asked(id), ...asked.map((nudge) => JSON.stringify(nudge)))
      .ltrim(this.#asked(id), 0, MOST_ASKED - 1)
      .lindex(this.#asked(id), 0)
      .exec();
    const oldest = answers?.[2]?.[1] as string | null | undefined;
    const { at } = oldest ? (JSON.parse(oldest) as Asked) : { at: now };
    const time = Math.min(
      now + debounce.debounceMs,
      at + debounce.debounceMaxMs,
    );
    await this.plan(id, time - now);
  }

  /** Plans the run for `delayMs` from now, unless it is under way or waits for a worker already. */
  async plan(id: string, delayMs: number): Promise<void> {
    const job = await this.restore(id, delayMs);
    try {
      await job.changeDelay(wholeDelay(delayMs));
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code !== ErrorCode.JobNotInState) throw error;
    }
  }

  /** Plans the run for `delayMs` from now where the lane has no job; one that is there stays as it is. */
  restore(id: string, delayMs: number): Promise<Job<RunData>> {
    return this.#queue.add(
      this.name,
      {},
      {
        jobId: id,
        delay: wholeDelay(delayMs),
        removeOnComplete: true,
        removeOnFail: true,
      },
    );
  }

  /** The nudges that wait for a run; they stay until they are answered. */
  async asked(id: string): Promise<Nudge[]> {
    const list = await this.#link.commands.lrange(
      this.#asked(id),
      0,
      MOST_TAKEN - 1,
    );
    return list.map((item) => JSON.parse(item) as Asked);
  }

  /** Takes the oldest nudges off the list: a run that knew of them has ended. */
  async answered(id: string, count: number): Promise<void> {
    if (count > 0) await this.#link.commands.ltrim(this.#asked(id), count, -1);
  }

  /**
   * Called after a job was put off: brings it forward where nudges came meanwhile. A nudge is in the list before its
   * sender looks at the job, and the job is put off before this looks at the list, so that one of the two sees the other.
   */
  async recall(id: string): Promise<void> {
    if ((await this.#link.commands.llen(this.#asked(id))) > 0)
      await this.plan(id, 0);
  }

  async forget(id: string): Promise<void> {
    await this.#link.commands.del(this.#asked(id));
  }

  async view(id: string): Promise<LaneView> {
    const [score, locked, asked] = await this.#pipeline(id);
    if (locked) return { state: "running", nextAt: null };
    const nextAt = score === null ? null : Math.floor(score / SCORE_PER_MS);
    return { state: asked > 0 ? "waiting" : "idle", nextAt };
  }

  /** True where the job is gone, or where nudges wait and it is put off beyond `latest` all the same. */
  async isAdrift(id: string, latest: number): Promise<boolean> {
    const [score, , asked, exists] = await this.#pipeline(id);
    if (!exists) return true;
    return asked > 0 && score !== null && score / SCORE_PER_MS > latest;
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #pipeline(
    id: string,
  ): Promise<[number | null, boolean, number, boolean]> {
    const job = this.#queue.toKey(id);
    const answers = await this.#link.commands
      .pipeline()
      .zscore(this.#queue.toKey("delayed"), id)
      .exists(`${job}:lock`)
      .llen(this.#asked(id))
      .exists(job)
      .exec();
    const [score, locked, asked, exists] = (answers ?? []).map(
      ([error, answer]) => {
        if (error) throw error;
        return answer as string | number | null;
      },
    );
    return [
      score == null ? null : Number(score),
      locked === 1,
      Number(asked),
      exists === 1,
    ];
  }

  #asked(id: string): string {
    return `${KEY_PREFIX}:asked:${this.name}:${id}`;
  }
}

function wholeDelay(delayMs: number): number {
  return Math.max(0, Math.round(delayMs));
}
