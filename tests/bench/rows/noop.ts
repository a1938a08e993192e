import { setTimeout as delay } from "node:timers/promises";
import type { MariaDb } from "../../stack/mariadb";
import { until } from "../../stack/until";
import type { CompiledSidecar } from "../compiled-sidecar";
import { figureOf } from "../figure";
import { fleetAccount } from "../fleet/fleet-database";
import { latencyMs, networkId, type FleetScene } from "../fleet/fleet-scene";
import { sendAll } from "../fleet/load";
import { signedEvents } from "../fleet/signed-request";
import { cpuMs } from "../process-figures";
import type { Row } from "../row";
import { median, repeat } from "../statistics";

/** A day's resyncs: V8 compiles what is called often, and a sidecar runs for weeks. */
const WARM = 288;

/** What a network costs that is in step: everything else is added to this. */
export const noop: Row = {
  name: "noop",
  about:
    "One resync of a network with 300 names that finds nothing to do: calls, CPU of the sidecar, time and statements " +
    "of the database. The limit is one read of the app.",
  parts: ["mariadb"],
  scene: "fleet",
  async measure(bench) {
    const fleet = await bench.fleet();
    const { simulator, mariadb } = fleet.stack;
    await mariadb.run("SET GLOBAL userstat = 1");
    const sidecar = await fleet.startSidecar({
      networks: 1,
      env: { RESYNC_SECONDS: "1", DEBOUNCE_MS: "0" },
    });
    try {
      await warmUp(fleet, sidecar, bench.runs(WARM, 24));
      const look = async () => {
        simulator.clearJournal();
        await until("a resync", () => simulator.journal().length > 0);
        // The rest of the resync comes after the answer; the next one only a second later.
        await delay(latencyMs + 400);
        return {
          cpu: cpuMs(sidecar.pid),
          database: await databaseFigures(mariadb),
          calls: simulator.journal().length,
        };
      };
      let before = await look();
      const resyncs = await repeat(bench.runs(10, 3), async () => {
        const now = await look();
        const resync = {
          cpu: now.cpu - before.cpu,
          busyMs: now.database.busyMs - before.database.busyMs,
          statements: now.database.statements - before.database.statements,
          calls: now.calls,
        };
        before = now;
        return resync;
      });
      const busy = median(resyncs.map(({ busyMs }) => busyMs));
      const statements = median(resyncs.map((one) => one.statements));
      return [
        figureOf({
          row: "noop",
          what: "calls of a resync that finds nothing to do",
          unit: "calls",
          runs: resyncs.map(({ calls }) => calls),
          limit: 1,
          reach: { mostRatio: 1 },
        }),
        figureOf({
          row: "noop",
          what: "CPU of the sidecar for it, all threads",
          unit: "ms",
          runs: resyncs.map(({ cpu }) => cpu),
          limit: 10,
          reach: { mostRatio: 1 },
        }),
        figureOf({
          row: "noop",
          what: "time of the database for it",
          unit: "ms",
          runs: resyncs.map(({ busyMs }) => busyMs),
          limit: latencyMs,
          reach: {},
          note: `${statements} statements in ${busy.toFixed(1)} ms, beside one call of ${latencyMs} ms`,
        }),
      ];
    } finally {
      await fleet.stopSidecar(sidecar);
    }
  },
};

/** Resyncs in quick succession, which only an API without latency allows. */
async function warmUp(
  fleet: FleetScene,
  { port }: CompiledSidecar,
  resyncs: number,
): Promise<void> {
  const { simulator } = fleet.stack;
  simulator.set({ latencyMs: 0 });
  await repeat(resyncs, async () => {
    simulator.clearJournal();
    await sendAll(port, [signedEvents(networkId(1), [{ type: "resync" }])]);
    await until("a resync", () => simulator.journal().length > 0);
  });
  simulator.set({ latencyMs });
}

/** Source: MariaDB, user statistics; times are in seconds. */
async function databaseFigures(
  mariadb: MariaDb,
): Promise<{ busyMs: number; statements: number }> {
  const [row] = await mariadb.rows<{ busy: number; statements: number }>(
    `SELECT BUSY_TIME AS busy, SELECT_COMMANDS + UPDATE_COMMANDS + OTHER_COMMANDS AS statements
       FROM information_schema.USER_STATISTICS WHERE USER = ?`,
    [fleetAccount.user],
  );
  return {
    busyMs: Number(row?.busy) * 1000,
    statements: Number(row?.statements),
  };
}
