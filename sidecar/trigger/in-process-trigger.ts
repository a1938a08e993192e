import { createLimit, type Limit } from "../probe/limit";
import { Lane } from "./lane";
import type { LaneName, Trigger } from "./trigger";

/** The trigger of a sidecar that works by itself. `concurrency` is how many networks have a lane of one kind running. */
export function createInProcessTrigger(concurrency: number): Trigger {
  const limits = createLimits(concurrency);
  return {
    createLane: (_network, name, options) => new Lane(options, limits[name]),
    close: () => Promise.resolve(),
  };
}

/** A limit for each kind of lane, so that slow certificates never keep passes waiting. */
export function createLimits(concurrency: number): Record<LaneName, Limit> {
  return {
    pass: createLimit(concurrency),
    certificates: createLimit(concurrency),
    notify: createLimit(concurrency),
  };
}
