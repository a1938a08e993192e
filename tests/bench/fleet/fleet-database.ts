import { createPool } from "mysql2/promise";
import { createLedger } from "../../../sidecar/record/ledger";
import { createRecordDatabase } from "../../../sidecar/record/record-database";
import { tableNames } from "../../../sidecar/record/tables";
import type { MariaDb } from "../../stack/mariadb";

/** The account that may do everything in the fleet's databases. */
export const fleetAccount = { user: "fleet", password: "fleet-password" };

const HOUR_MS = 3_600_000;

/** WordPress's and UM's tables as far as the sidecar reads them. */
const tables = {
  wp_site: `CREATE TABLE wp_site (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, domain VARCHAR(200) NOT NULL DEFAULT '',
      path VARCHAR(100) NOT NULL DEFAULT '', KEY domain (domain(140), path(51)))`,
  wp_blogs: `CREATE TABLE wp_blogs (blog_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, site_id BIGINT NOT NULL DEFAULT 0,
      domain VARCHAR(200) NOT NULL DEFAULT '', path VARCHAR(100) NOT NULL DEFAULT '', KEY domain (domain(50), path(5)))`,
  wp_wu_domain_mappings: `CREATE TABLE wp_wu_domain_mappings (id BIGINT(20) NOT NULL AUTO_INCREMENT PRIMARY KEY, blog_id BIGINT(20) NOT NULL,
      domain VARCHAR(191) NOT NULL, active TINYINT(4) DEFAULT 1, primary_domain TINYINT(4) DEFAULT 0, secure TINYINT(4) DEFAULT 0,
      stage ENUM('checking-dns','checking-ssl-cert','done-without-ssl','done','failed','ssl-failed') DEFAULT 'checking-dns',
      date_created DATETIME NULL, date_modified DATETIME NULL, KEY blog (blog_id, domain, active), KEY domain (domain))`,
};

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
    `${Object.values(tables).join(";")};
     INSERT INTO wp_site (domain, path) VALUES ('network.example', '/');
     INSERT INTO wp_blogs (site_id, domain, path) VALUES (1, 'network.example', '/')`,
    [],
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
    };
    const save = names.flatMap((name) => [
      { ...common, name, kind: "mapping" as const },
      { ...common, name: `www.${name}`, kind: "www" as const },
    ]);
    const changes = { save, forget: [], answered: [] };
    await createLedger(records).settle(changes, "");
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
    ...Object.keys(tables),
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
