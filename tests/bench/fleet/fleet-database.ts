import { createPool } from "mysql2/promise";
import { createLedger } from "../../../sidecar/mysql/ledger";
import {
  createRecordDatabase,
  tableNames,
} from "../../../sidecar/mysql/schema";
import { BARE_NETWORK, bareTables } from "../../stack/bare-tables";
import type { MariaDb } from "../../stack/mariadb";

/** The account that may do everything in the fleet's databases. */
export const fleetAccount = { user: "fleet", password: "fleet-password" };

const HOUR_MS = 3_600_000;

/** Name of the database of a network, counted from 1. */
export function databaseOf(network: number): string {
  return `fleet_${String(network).padStart(3, "0")}`;
}

/**
 * Makes databases of networks in the state in which a network is most of the time: every mapping on the app and secure.
 *
 * @returns the names that belong on each network's app, in order.
 */
export async function makeFleet(
  mariadb: MariaDb,
  networks: number,
  mappings: number,
): Promise<string[]> {
  const names = Array.from(
    { length: mappings },
    (_, index) => `shop${index + 1}.example.com`,
  );
  const { user, password } = fleetAccount;
  await mariadb.run(
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}';
     GRANT ALL ON \`fleet\\_%\`.* TO '${user}'@'%'`,
  );
  const first = databaseOf(1);
  await mariadb.run(`CREATE DATABASE ${first} CHARACTER SET utf8mb4`);
  await mariadb.run(
    BARE_NETWORK,
    ["network.example", "network.example"],
    first,
  );
  await mariadb.run(
    "INSERT INTO wp_wu_domain_mappings (blog_id, domain, stage, secure, date_created) VALUES ?",
    [names.map((name) => [1, name, "done", 1, "2026-01-01 00:00:00"])],
    first,
  );
  await fillLedger(mariadb, first, names);
  for (let network = 2; network <= networks; network += 1)
    await copyDatabase(mariadb, first, databaseOf(network));
  return names.flatMap((name) => [name, `www.${name}`]);
}

/** Has the sidecar's own code make its tables and write every name as secure. */
async function fillLedger(
  mariadb: MariaDb,
  database: string,
  names: readonly string[],
): Promise<void> {
  const { host, port } = mariadb;
  const pool = createPool({ host, port, database, ...fleetAccount });
  try {
    const now = Date.now();
    const records = createRecordDatabase(pool, "wp_", () => now);
    const common = {
      siteId: 1,
      owned: true,
      state: "secure" as const,
      reason: null,
      params: {},
      tries: 1,
      triesSince: now,
      nextTryAt: now + 12 * HOUR_MS,
      certificateEndsAt: now + 80 * 24 * HOUR_MS,
      changedAt: now,
      dnsSeen: null,
      appId: null,
      used: false,
      knownSince: now,
      liveSince: now,
      dns: null,
    };
    const save = names.flatMap((name) => [
      { ...common, name, kind: "mapping" as const },
      { ...common, name: `www.${name}`, kind: "www" as const },
    ]);
    const changes = {
      save,
      forget: [],
      answered: [],
      record: null,
      entry: null,
    };
    await createLedger(records, () => undefined).settle(changes, "");
    await records.execute(`DELETE FROM ${records.tables.outbox}`);
  } finally {
    await pool.end();
  }
}

async function copyDatabase(
  mariadb: MariaDb,
  from: string,
  to: string,
): Promise<void> {
  const all = [
    ...Object.keys(bareTables),
    ...tableNames.map((name) => `wp_domain_bridge_${name}`),
  ];
  const copies = all.flatMap((table) => [
    `CREATE TABLE ${to}.${table} LIKE ${from}.${table}`,
    `INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`,
  ]);
  await mariadb.run(
    [`CREATE DATABASE ${to} CHARACTER SET utf8mb4`, ...copies].join(";"),
  );
}
