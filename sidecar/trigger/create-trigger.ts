import type { Clock } from "../clock";
import type { RedisLink } from "../redis";
import { createInProcessTrigger } from "./in-process-trigger";
import { createRedisTrigger } from "./redis-trigger";
import type { Trigger } from "./trigger";

/** The trigger that the configuration asks for: shared through Redis where there is a link, else within the process. */
export function createTrigger(options: {
  link: RedisLink | null;
  clock: Clock;
  concurrency: number;
}): Trigger {
  const { link, clock, concurrency } = options;
  return link === null
    ? createInProcessTrigger(concurrency)
    : createRedisTrigger({ link, clock, concurrency });
}
