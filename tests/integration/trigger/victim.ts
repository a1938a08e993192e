import { systemClock } from "../../../sidecar/clock";
import { RedisLink } from "../../../sidecar/trigger/redis";
import { createBullMqTrigger } from "../../../sidecar/trigger/bullmq";
import { silentLogger, TIMING } from "./redis-world";

/** A sidecar that is to be killed: nudges the network with a name, and runs for ever once Redis gives it the run. */
const [url = "", network = ""] = process.argv.slice(2);
const link = new RedisLink({ url, clock: systemClock, logger: silentLogger });
const trigger = createBullMqTrigger({
  link,
  clock: systemClock,
  concurrency: 1,
  timing: TIMING,
});
const lane = trigger.createLane(network, "pass", {
  clock: systemClock,
  debounceMs: 0,
  debounceMaxMs: 0,
  firstRetryMs: 1_000,
  longestRetryMs: 3_600_000,
  onFailure: () => undefined,
  run: () => new Promise(() => process.stdout.write("running\n")),
});
lane.nudge({ trigger: "retry", correlationId: "c" });
