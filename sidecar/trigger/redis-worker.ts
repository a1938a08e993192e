import { DelayedError, Worker, type Job } from "bullmq";
import type { Clock } from "../clock";
import type { RedisLink } from "../redis";
import type { RedisLane } from "./redis-lane";
import { KEY_PREFIX, type RedisQueue, type RunData } from "./redis-queue";

export interface RedisTiming {
  /** After how long without a sign of life a sidecar's runs are given to another, in milliseconds. */
  lockMs: number;
  /** How often that is looked for, in milliseconds. */
  stalledMs: number;
  /** How often each sidecar looks whether its lanes are still planned, in milliseconds. */
  checkMs: number;
}

export interface RedisWorkerDeps {
  link: RedisLink;
  queue: RedisQueue;
  lanes: ReadonlyMap<string, RedisLane>;
  concurrency: number;
  clock: Clock;
  timing: RedisTiming;
}

/** Sidecars that come upon a network they do not know, in a row, until it counts as gone. */
const MOST_STRAYS = 20;
const STRAY_FIRST_MS = 1_000;
const STRAY_LONGEST_MS = 60_000;

/** How soon BullMQ asks again after its connection failed, in milliseconds. */
const RECONNECT_MS = 1_000;

/** Takes the runs of one kind as they fall due, for all lanes of this sidecar. */
export function createRedisWorker(deps: RedisWorkerDeps): Worker<RunData> {
  const { link, queue, lanes, clock, timing } = deps;

  /** For a network that another sidecar may know; in the end for nobody. */
  const passOn = async (
    job: Job<RunData>,
    id: string,
    token: string | undefined,
  ): Promise<void> => {
    const strays = (job.data.strays ?? 0) + 1;
    if (strays > MOST_STRAYS) {
      await queue.forget(id);
      return;
    }
    const delay = Math.min(STRAY_FIRST_MS * 2 ** strays, STRAY_LONGEST_MS);
    await job.updateData({ strays });
    await job.moveToDelayed(clock.now() + delay, token);
    throw new DelayedError();
  };

  const worker = new Worker<RunData>(
    queue.name,
    async (job, token) => {
      const { id = "" } = job;
      const lane = lanes.get(id);
      if (lane === undefined) {
        await passOn(job, id, token);
        return;
      }
      if (job.data.strays) await job.updateData({});
      const next = await lane.work();
      try {
        await job.moveToDelayed(next, token);
        await link.attempt(() => queue.recall(id));
      } catch {
        // Redis forgot the job, or gave it to another sidecar when this one seemed dead.
        await link
          .attempt(() => queue.restore(id, next - clock.now()))
          .catch(() => undefined);
      }
      throw new DelayedError();
    },
    {
      connection: link.patient,
      prefix: KEY_PREFIX,
      concurrency: deps.concurrency,
      lockDuration: timing.lockMs,
      stalledInterval: timing.stalledMs,
      // A run that was cut off is due again, however often: only a person can take a network away.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: RECONNECT_MS,
    },
  );
  worker.on("error", (error) => {
    link.note(error);
  });
  return worker;
}
