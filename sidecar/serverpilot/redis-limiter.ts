import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { RedisLink } from "../redis";

/** Counts an account's calls of all sidecars; while Redis is away each sidecar counts its own. */
export function createRedisLimiter(
  link: RedisLink,
  perMinute: number,
): RateLimiterRedis {
  const limits = { points: perMinute, duration: 60 };
  return new RateLimiterRedis({
    ...limits,
    storeClient: link.commands,
    keyPrefix: "{domain-bridge}:budget",
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(limits),
  });
}
