import type { Clock } from "../clock";
import type { Config } from "../config/config";
import type { Logger } from "../log/logger";
import type { BudgetOptions } from "../serverpilot/budget";
import { createInProcessTrigger } from "./in-process";
import type { Trigger } from "./trigger";

/** Who works when: this sidecar by itself, or several that share their work. */
export interface Coordination {
  trigger: Trigger;
  /** Counts the API calls of all sidecars; undefined: each counts its own. */
  limiter: BudgetOptions["limiter"];
  close(): void;
}

interface CoordinationOptions {
  config: Pick<Config, "redisUrl" | "callsPerMinute" | "passConcurrency">;
  clock: Clock;
  logger: Logger;
}

/** Through Redis where the configuration names one. Its clients are loaded only then: they take 18 MB. */
export async function openCoordination({
  config,
  clock,
  logger,
}: CoordinationOptions): Promise<Coordination> {
  const { redisUrl, callsPerMinute, passConcurrency: concurrency } = config;
  if (redisUrl === undefined)
    return {
      trigger: createInProcessTrigger(concurrency),
      limiter: undefined,
      close: () => undefined,
    };
  const [{ openRedis, createRedisLimiter }, { createBullMqTrigger }] =
    await Promise.all([import("./redis.js"), import("./bullmq.js")]);
  const link = openRedis(redisUrl, { clock, logger });
  return {
    trigger: createBullMqTrigger({ link, clock, concurrency }),
    limiter: createRedisLimiter(link, callsPerMinute),
    close: () => {
      link.close();
    },
  };
}
