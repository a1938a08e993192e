import { createLimit, type Limit } from "../concurrency";
import { Lane } from "./lane";
import type { LaneName, Trigger } from "./trigger";

/** The trigger of a sidecar that works by itself. `concurrency` is how many networks have a lane of one kind running. */
export function createInProcessTrigger(concurrency: number): Trigger {
  const limits = createLimits(concurrency);
  const lanes = new Set<Lane>();
  return {
    createLane(_network, name, options) {
      const lane = new Lane(options, limits[name], () => lanes.delete(lane));
      lanes.add(lane);
      return lane;
    },
    async close() {
      await Promise.all([...lanes].map((lane) => lane.stop()));
    },
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
