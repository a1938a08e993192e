import type { Worker } from "bullmq";
import type { Clock } from "../clock";
import type { RedisLink } from "../redis";
import { createLimits } from "./in-process-trigger";
import { RedisLane } from "./redis-lane";
import { RedisQueue } from "./redis-queue";
import { createRedisWorker, type RedisTiming } from "./redis-worker";
import type { LaneName, Trigger } from "./trigger";

export interface RedisTriggerOptions {
  link: RedisLink;
  clock: Clock;
  /** How many networks have a lane of one kind running in this sidecar. */
  concurrency: number;
  timing?: RedisTiming;
  random?: () => number;
}

const TIMING: RedisTiming = {
  lockMs: 15_000,
  stalledMs: 10_000,
  checkMs: 30_000,
};

const NAMES: readonly LaneName[] = ["pass", "certificates", "notify"];

/** One kind of lane: its queue, its worker, and this sidecar's lanes in it. */
interface Kind {
  queue: RedisQueue;
  lanes: Map<string, RedisLane>;
  worker: Worker;
}

/** The trigger of sidecars that share their work through Redis. */
export function createRedisTrigger(options: RedisTriggerOptions): Trigger {
  const { link, clock, concurrency } = options;
  const { timing = TIMING, random = Math.random } = options;
  const limits = createLimits(concurrency);
  const createKind = (name: LaneName): Kind => {
    const queue = new RedisQueue(name, link);
    const lanes = new Map<string, RedisLane>();
    const worker = createRedisWorker({
      ...{ link, queue, lanes, concurrency, clock, timing },
    });
    return { queue, lanes, worker };
  };
  const kinds: Record<LaneName, Kind> = {
    pass: createKind("pass"),
    certificates: createKind("certificates"),
    notify: createKind("notify"),
  };
  const allLanes = (): RedisLane[] =>
    NAMES.flatMap((name) => [...kinds[name].lanes.values()]);

  const checks = repeat(clock, timing.checkMs, async () => {
    if (!(await link.look())) return;
    for (const lane of allLanes()) await lane.rejoin();
  });
  link.listen({
    away() {
      for (const lane of allLanes()) lane.goAlone();
    },
    back: checks.now,
  });

  return {
    createLane(network, name, laneOptions) {
      const { queue, lanes } = kinds[name];
      const limit = limits[name];
      const lane = new RedisLane(network, laneOptions, {
        ...{ link, queue, limit, random },
        onStop() {
          if (lanes.get(network) === lane) lanes.delete(network);
        },
      });
      lanes.set(network, lane);
      return lane;
    },
    async close() {
      checks.stop();
      const parts = NAMES.map((name) => kinds[name]);
      // Without Redis nobody can be told what becomes of the jobs; BullMQ would wait for it.
      const force = !(await link.look());
      await Promise.all([
        ...parts.map(({ worker }) => worker.close(force)),
        ...allLanes().map((lane) => lane.stop()),
      ]);
      await Promise.all(parts.map(({ queue }) => queue.close()));
    },
  };
}

/** Does the work every `everyMs` milliseconds, and at once when asked to; never twice at a time. */
function repeat(
  clock: Clock,
  everyMs: number,
  work: () => Promise<void>,
): { now: () => void; stop: () => void } {
  let cancel: () => void;
  let busy = false;
  let stopped = false;
  const plan = (): void => {
    if (!stopped) cancel = clock.after(everyMs, now);
  };
  const now = (): void => {
    if (busy || stopped) return;
    busy = true;
    cancel();
    // What went wrong is told by the link; the next time is soon.
    void work()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
        plan();
      });
  };
  cancel = clock.after(everyMs, now);
  return {
    now,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
