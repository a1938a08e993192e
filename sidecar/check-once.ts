import { systemClock } from "./clock";
import type { Config } from "./config";
import { openPool } from "./database";
import type { CheckReport } from "./http/contract/check";
import { runChecks } from "./network/check";
import { createConnections } from "./network/connection";
import { createRecordDatabase } from "./record/record-database";
import { createRegistrationStore } from "./record/registration";
import { tryToWrite } from "./record/state";
import { createBudget } from "./serverpilot/budget";
import { createServerPilot } from "./serverpilot/client";
import { createMysqlSource } from "./source/mysql-source";
import { createNotifications } from "./wordpress/notifications";

/** Tries every connection of the first network once, without serving anything and without changing the app. */
export async function checkOnce(config: Config): Promise<CheckReport> {
  const [own] = config.networks;
  if (own === undefined) throw new Error("no network is configured");
  const clock = systemClock;
  const now = (): number => clock.now();
  const pool = openPool(own.database);
  const stop = new AbortController();
  try {
    const database = createRecordDatabase(pool, own.tablePrefix, now);
    const connections = createConnections({
      config: own,
      store: createRegistrationStore(database),
      createClient: (credentials) =>
        createServerPilot({
          apiUrl: config.serverPilotApiUrl,
          ...credentials,
          clock,
          budget: createBudget({ perMinute: config.callsPerMinute, clock }),
          signal: stop.signal,
        }),
      redact: () => undefined,
      now,
    });
    return await runChecks({
      touchDatabase: () => tryToWrite(database),
      source: createMysqlSource({ pool, prefix: own.tablePrefix }),
      connect: () => connections.connect(true),
      notifications: createNotifications({
        network: own.id,
        wordpressUrl: own.wordpressUrl,
        secrets: own.secrets,
        now,
      }),
    });
  } finally {
    stop.abort();
    await pool.end();
  }
}
