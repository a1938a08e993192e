import { figureOf } from "../figure";
import { mappings } from "../fleet/fleet-scene";
import { mostPerSecond } from "../fleet/resync";
import type { Row } from "../row";

/** A full resync of many networks by one sidecar. */
export const fleet: Row = {
  name: "fleet",
  about:
    "A full resync of 200 networks with 150 mappings each, by one sidecar, 20 passes at once, 150 ms a call: calls a " +
    "second. The limit is concurrency ÷ latency: all that lies between two calls is the sidecar's own.",
  parts: ["mariadb"],
  scene: "fleet",
  async measure(bench) {
    const scene = await bench.fleet();
    const { resyncs } = await bench.fleetRun();
    const seconds = resyncs.map(({ ms }) => (ms / 1000).toFixed(2)).join(" ");
    return [
      figureOf({
        row: "fleet",
        what: `full resync of ${scene.networks} networks × ${mappings} mappings`,
        unit: "calls/s",
        runs: resyncs.map(({ perSecond }) => perSecond),
        limit: mostPerSecond,
        reach: { leastRatio: 0.8 },
        note: `${resyncs[0]?.calls ?? 0} calls, in seconds: ${seconds}`,
      }),
    ];
  },
};
