import {
  escapeId,
  type Pool,
  type PoolConnection,
  type RowDataPacket,
} from "mysql2/promise";
import { toDatabaseError } from "../database-error";
import { PermanentError } from "../errors";
import type { Mapping, Site, Source, StageSource } from "../reconcile/ports";

export interface MysqlSourceOptions {
  pool: Pool;
  /** WordPress's base prefix, such as `wp_`. */
  prefix: string;
  /** WordPress's id of the network: the row of the `site` table. */
  networkId?: number;
}

type Connection = Pool | PoolConnection;

type Row = Readonly<Record<string, unknown>>;

/** For each statement, in milliseconds: a server that hangs must not hold up a pass for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** UM's stages of a mapping that has no certificate yet, or none after all of UM's tries. */
const STAGES_WITHOUT_CERTIFICATE = ["checking-ssl-cert", "ssl-failed"];

/** Reads a network from WordPress's database: UM's mappings, WordPress's sites and the network's own domain. */
export function createMysqlSource(
  options: MysqlSourceOptions,
): Source & StageSource {
  const { pool, prefix, networkId = 1 } = options;
  const table = createMappingTable(prefix);
  return {
    read: () =>
      inSnapshot(pool, async (connection) => ({
        networkDomain: await readNetworkDomain(connection, prefix, networkId),
        mappings: await table.with(connection, (name) =>
          readMappings(connection, prefix, name),
        ),
        sites: await readSites(connection, prefix, networkId),
      })),
    async withoutCertificate() {
      const rows = await table.with(pool, (name) =>
        select(
          pool,
          `SELECT DISTINCT domain FROM ${escapeId(name, true)} WHERE stage IN (?, ?)`,
          STAGES_WITHOUT_CERTIFICATE,
          name,
        ),
      );
      return rows.map((row) => text(row["domain"]));
    },
  };
}

/** Runs `work` in a transaction that sees the database as it is at one moment, and changes nothing. */
async function inSnapshot<T>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.getConnection().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  try {
    await select(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    await select(
      connection,
      "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    );
    const snapshot = await work(connection);
    await select(connection, "COMMIT");
    connection.release();
    return snapshot;
  } catch (error) {
    // A connection in an unknown state is not given back to the pool; closing it ends the transaction.
    connection.destroy();
    throw error;
  }
}

async function readNetworkDomain(
  connection: PoolConnection,
  prefix: string,
  networkId: number,
): Promise<string> {
  const table = `${prefix}site`;
  const [network] = await select(
    connection,
    `SELECT domain FROM ${escapeId(table, true)} WHERE id = ?`,
    [networkId],
    table,
  );
  if (network === undefined) {
    // Without the network's own domain nothing could be kept from removing it.
    throw new PermanentError("network-unknown", { network: networkId });
  }
  return text(network["domain"]);
}

async function readMappings(
  connection: Connection,
  prefix: string,
  table: string,
): Promise<Mapping[]> {
  const blogs = escapeId(`${prefix}blogs`, true);
  const rows = await select(
    connection,
    `SELECT m.id, m.blog_id AS siteId, m.domain, m.primary_domain AS isPrimary,
            CAST(m.date_created AS CHAR) AS created, b.blog_id IS NOT NULL AS siteExists
       FROM ${escapeId(table, true)} m LEFT JOIN ${blogs} b ON b.blog_id = m.blog_id
      ORDER BY m.id`,
    [],
    table,
  );
  return rows.map((row) => ({
    id: Number(row["id"]),
    siteId: Number(row["siteId"]),
    domain: text(row["domain"]),
    primary: Number(row["isPrimary"]) === 1,
    createdAt: utcTime(row["created"]),
    siteExists: Number(row["siteExists"]) === 1,
  }));
}

/**
 * UM 2.4's table is `wu_domain_mappings`; `wu_domain` is looked for where that does not exist. Where neither does, the
 * SELECT on the first one finds the database's own words for it. That UM 2.4's is there is remembered until a read fails.
 */
function createMappingTable(prefix: string) {
  const current = `${prefix}wu_domain_mappings`;
  const other = `${prefix}wu_domain`;
  let isThere = false;
  return {
    async with<T>(
      connection: Connection,
      read: (table: string) => Promise<T>,
    ): Promise<T> {
      if (isThere) {
        try {
          return await read(current);
        } catch {
          isThere = false;
        }
      }
      const table = await findTable(connection, current, other);
      const result = await read(table);
      isThere = table === current;
      return result;
    },
  };
}

async function findTable(
  connection: Connection,
  current: string,
  other: string,
): Promise<string> {
  // Asked for by catalogue: an account with grants for single tables is denied, not told, that a table does not exist.
  const rows = await select(
    connection,
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN (?, ?)`,
    [current, other],
  );
  const names = rows.map((row) => text(row["name"]).toLowerCase());
  return !names.includes(current.toLowerCase()) &&
    names.includes(other.toLowerCase())
    ? other
    : current;
}

async function readSites(
  connection: PoolConnection,
  prefix: string,
  networkId: number,
): Promise<Site[]> {
  const table = `${prefix}blogs`;
  const rows = await select(
    connection,
    `SELECT blog_id AS siteId, domain FROM ${escapeId(table, true)} WHERE site_id = ? ORDER BY blog_id`,
    [networkId],
    table,
  );
  return rows.map((row) => ({
    siteId: Number(row["siteId"]),
    domain: text(row["domain"]),
  }));
}

async function select(
  connection: Connection,
  sql: string,
  values: readonly (string | number)[] = [],
  table?: string,
): Promise<Row[]> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      { sql, timeout: STATEMENT_TIMEOUT_MS },
      [...values],
    );
    return rows;
  } catch (error) {
    throw toDatabaseError(error, table === undefined ? {} : { table });
  }
}

/** UM keeps UTC as `YYYY-MM-DD hh:mm:ss`, and nothing or zeros where it has no date. */
function utcTime(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const time = Date.parse(`${value.replace(" ", "T")}Z`);
  return Number.isNaN(time) ? null : time;
}

/** Every column that is read as text is a string for the driver; anything else would be no name. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
