import { setTimeout as delay } from "node:timers/promises";
import { figureOf } from "../figure";
import { cpuMs, residentMib } from "../process-figures";
import type { Row } from "../row";
import { repeat } from "../statistics";

const IDLE_MS = 2_000;

/** What the sidecar asks of a machine: it runs beside WordPress on small ones. */
export const footprint: Row = {
  name: "footprint",
  about:
    "The compiled sidecar with one network: from the start of the process until it is ready, memory and CPU while " +
    "nothing happens, and memory after the fleet's resyncs. The limits are what a small server does not notice.",
  parts: ["mariadb"],
  scene: "fleet",
  async measure(bench) {
    const fleet = await bench.fleet();
    const starts = await repeat(bench.runs(5, 2), async () => {
      const sidecar = await fleet.startSidecar({ networks: 1 });
      // The first pass is part of what is resident when nothing happens.
      await delay(1_500);
      const memory = residentMib(sidecar.pid);
      await fleet.stopSidecar(sidecar);
      return { readyMs: sidecar.readyMs, memory };
    });
    const sidecar = await fleet.startSidecar({ networks: 1 });
    await delay(1_500);
    const idle = await repeat(bench.runs(5, 1), async () => {
      const before = cpuMs(sidecar.pid);
      await delay(IDLE_MS);
      return ((cpuMs(sidecar.pid) - before) * 60_000) / IDLE_MS;
    });
    await fleet.stopSidecar(sidecar);
    const { residentMib: afterFleet } = await bench.fleetRun();
    return [
      figureOf({
        row: "footprint",
        what: "start of the process to ready",
        unit: "ms",
        runs: starts.map(({ readyMs }) => readyMs),
        limit: 1000,
        reach: { mostRatio: 1 },
      }),
      figureOf({
        row: "footprint",
        what: "resident memory, one network, idle",
        unit: "MiB",
        runs: starts.map(({ memory }) => memory),
        limit: 90,
        reach: { mostRatio: 1 },
      }),
      figureOf({
        row: "footprint",
        what: `resident memory after resyncs of ${fleet.networks} networks`,
        unit: "MiB",
        runs: [afterFleet],
        limit: 200,
        reach: { mostRatio: 1 },
      }),
      figureOf({
        row: "footprint",
        what: "CPU in a minute in which nothing happens",
        unit: "ms",
        runs: idle,
        limit: 600,
        reach: {},
        note: "the limit is 1 % of one core",
      }),
    ];
  },
};
