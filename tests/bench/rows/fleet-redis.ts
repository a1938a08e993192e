import { join } from "node:path";
import { Redis } from "../../stack/redis";
import { figureOf, type Figure } from "../figure";
import { mostPerSecond, firstLook, resync } from "../fleet/resync";
import type { Row } from "../row";
import { median, repeat } from "../statistics";

/** The fleet again, with the passes spread over several sidecars by Redis. */
export const fleetRedis: Row = {
  name: "fleet-redis",
  about:
    "The same full resync with Redis and 1, 2 and 3 sidecars. Each one adds 20 passes at once, so the limit grows with " +
    "them; on few cores the sidecars, the database and the simulator soon share the CPU.",
  parts: ["mariadb", "redis"],
  scene: "fleet",
  async measure(bench) {
    const fleet = await bench.fleet();
    const redis = await Redis.start({ dir: join(fleet.stack.dir, "redis") });
    const figures: Figure[] = [];
    try {
      let alone = NaN;
      for (const count of [1, 2, 3]) {
        fleet.stack.simulator.clearJournal();
        const sidecars = await Promise.all(
          Array.from({ length: count }, () =>
            fleet.startSidecar({ env: { REDIS_URL: redis.url } }),
          ),
        );
        await firstLook(fleet);
        await resync(fleet, sidecars);
        const runs = (
          await repeat(bench.runs(5, 1), () => resync(fleet, sidecars))
        ).map(({ perSecond }) => perSecond);
        for (const sidecar of sidecars) await fleet.stopSidecar(sidecar);
        if (count === 1) alone = median(runs);
        figures.push(
          figureOf({
            row: "fleet-redis",
            what: `full resync of ${fleet.networks} networks with Redis, sidecars: ${count}`,
            unit: "calls/s",
            runs,
            limit: count * mostPerSecond,
            reach: {},
            note: `${(median(runs) / alone).toFixed(2)} × one sidecar`,
          }),
        );
      }
      return figures;
    } finally {
      await redis.stop();
    }
  },
};
