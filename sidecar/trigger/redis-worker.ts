import { DelayedError, WaitingError, Worker, type Job } from "bullmq";
import { sleep, type Clock } from "../clock";
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

/** How often in a row sidecars may come upon a network that they do not know until it counts as gone. */
const MOST_STRAYS = 100;

/** After so many in a row the job waits, each time longer: five minutes together. */
const STRAYS_A_ROUND = 10;
const STRAY_STEP_MS = 500;

/** How long a sidecar leaves a network that it does not know to the next one in line, in milliseconds. */
const STEP_BACK_MS = 50;

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
    await job.updateData({ strays });
    if (strays % STRAYS_A_ROUND === 0) {
      await job.moveToDelayed(clock.now() + strays * STRAY_STEP_MS, token);
      throw new DelayedError();
    }
    // Redis serves the one that waits longest; who puts a job off instead comes back for it first.
    await job.moveToWait(token);
    await sleep(clock, STEP_BACK_MS);
    throw new WaitingError();
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
        // Redis gave the job to another sidecar when this one seemed dead, or forgot it, and nudges with it.
        await link.attempt(() => queue.restore(id, 0)).catch(() => undefined);
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
