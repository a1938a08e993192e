import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis as Client } from "ioredis";
import { systemClock } from "../../../sidecar/clock";
import type { Logger } from "../../../sidecar/log/logger";
import { RedisLink } from "../../../sidecar/trigger/redis";
import { createBullMqTrigger } from "../../../sidecar/trigger/bullmq";
import type { Trigger } from "../../../sidecar/trigger/trigger";
import { Redis, type RedisOptions } from "../../stack/redis";
import { ensureParts } from "../../stack/setup";

/** A sidecar's trigger, as far as it has to do with Redis. */
export interface TriggerOfSidecar extends Trigger {
  link: RedisLink;
  /** What it has logged. */
  said: string[];
}

/** A private Redis and sidecars on it, all gone after the test file. */
export interface RedisWorld {
  redis: Redis;
  /** Where logs may go. */
  dir: string;
  sidecar(options?: {
    checkMs?: number;
    random?: () => number;
  }): TriggerOfSidecar;
  stopSidecars(): Promise<void>;
  /** Makes Redis forget everything. */
  flush(): Promise<void>;
  /** Changes a setting of the running Redis. */
  set(setting: string, value: string): Promise<void>;
  stop(): Promise<void>;
}

/** Quick enough for tests; `checkMs` is long, so that nothing mends itself unless a test wants it. */
export const TIMING = { lockMs: 1_000, stalledMs: 500, checkMs: 3_600_000 };

export async function createRedisWorld(
  options: Omit<RedisOptions, "dir"> & { running?: boolean } = {},
): Promise<RedisWorld> {
  await ensureParts(["redis"]);
  const dir = await mkdtemp(join(tmpdir(), "domain-bridge-redis-"));
  const redis = await Redis.prepare({ dir, ...options });
  if (options.running ?? true) await redis.start();
  const sidecars: TriggerOfSidecar[] = [];
  const stopSidecars = async (): Promise<void> => {
    await Promise.all(sidecars.splice(0).map((sidecar) => sidecar.close()));
  };
  const ask = async (work: (client: Client) => Promise<unknown>) => {
    const client = new Client(redis.url);
    await work(client);
    client.disconnect();
  };
  return {
    redis,
    dir,
    sidecar({ checkMs = TIMING.checkMs, random = () => 0 } = {}) {
      const said: string[] = [];
      const link = new RedisLink({
        url: redis.url,
        clock: systemClock,
        logger: loggerInto(said),
      });
      const trigger = createBullMqTrigger({
        link,
        random,
        clock: systemClock,
        concurrency: 2,
        timing: { ...TIMING, checkMs },
      });
      const sidecar = {
        ...trigger,
        link,
        said,
        async close() {
          await trigger.close();
          link.close();
        },
      };
      sidecars.push(sidecar);
      return sidecar;
    },
    stopSidecars,
    async flush() {
      await ask((client) => client.flushall());
    },
    async set(setting, value) {
      await ask((client) => client.config("SET", setting, value));
    },
    async stop() {
      await stopSidecars();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const silentLogger = loggerInto([]);

function loggerInto(said: string[]): Logger {
  const say = (message: string): void => {
    said.push(message);
  };
  return {
    error: say,
    warn: say,
    info: say,
    debug: say,
    child: () => loggerInto(said),
    redact: { add: () => undefined },
  };
}
