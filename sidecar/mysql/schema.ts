import type {
  Pool,
  PoolConnection,
  ResultSetHeader,
  RowDataPacket,
} from "mysql2/promise";
import { runStatement } from "./pool";
import { PermanentError } from "../errors";
import { toDatabaseError } from "./errors";

/** The sidecar's own tables, without prefix; each is `{base_prefix}domain_bridge_{name}` in the network's own database. */
export const tableNames = [
  "migrations",
  "registration",
  "names",
  "passes",
  "removals",
  "outbox",
  "requests",
  "state",
] as const;

type TableName = (typeof tableNames)[number];

export type Tables = Readonly<Record<TableName, string>>;

/** Full names for a table prefix such as `wp_`, quoted for SQL. The prefix was checked by the configuration. */
export function tablesFor(prefix: string): Tables {
  return Object.fromEntries(
    tableNames.map((name) => [name, `\`${prefix}domain_bridge_${name}\``]),
  ) as Record<TableName, string>;
}

const OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/**
 * The steps from nothing to today's tables, in order; a step that was released is never changed, only followed by
 * another. All times are milliseconds since the epoch. Names are compared byte by byte (`utf8mb4_bin`).
 */
export const migrations: readonly ((tables: Tables) => string[])[] = [
  (tables) => [
    `CREATE TABLE IF NOT EXISTS ${tables.registration} (
      id TINYINT NOT NULL PRIMARY KEY,
      settings MEDIUMTEXT NOT NULL,
      credentials TEXT NOT NULL,
      updated_at BIGINT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.names} (
      name VARCHAR(255) NOT NULL PRIMARY KEY,
      kind VARCHAR(10) NOT NULL,
      site_id BIGINT NULL,
      owned TINYINT NOT NULL,
      state VARCHAR(20) NOT NULL,
      reason VARCHAR(50) NULL,
      params TEXT NOT NULL,
      tries INT NOT NULL DEFAULT 0,
      tries_since BIGINT NULL,
      next_try_at BIGINT NULL,
      certificate_ends_at BIGINT NULL,
      dns_seen TEXT NULL,
      changed_at BIGINT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.passes} (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      entry MEDIUMTEXT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.removals} (
      name VARCHAR(255) NOT NULL PRIMARY KEY,
      reported_at BIGINT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.outbox} (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      seq BIGINT NULL,
      correlation_id VARCHAR(64) NOT NULL,
      change_json TEXT NOT NULL,
      KEY seq (seq)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.requests} (
      id VARCHAR(255) NOT NULL PRIMARY KEY,
      seen_at BIGINT NOT NULL,
      KEY seen_at (seen_at)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.state} (
      name VARCHAR(50) NOT NULL PRIMARY KEY,
      value MEDIUMTEXT NOT NULL
    ) ${OPTIONS}`,
  ],
  // Nullable, so that a sidecar of 0.1.0 can still write its rows after a downgrade.
  (tables) => [
    `ALTER TABLE ${tables.names} ADD COLUMN app_id VARCHAR(64) NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN used TINYINT NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN known_since BIGINT NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN live_since BIGINT NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN dns TEXT NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN severity TINYINT NULL`,
    `ALTER TABLE ${tables.names} ADD COLUMN history TEXT NULL`,
    `ALTER TABLE ${tables.names} ADD KEY state (state, severity)`,
  ],
];

/** What statements can be run on: the pool, or a connection inside a transaction. */
export interface Queries {
  readonly tables: Tables;
  select<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Gives the number of rows changed. */
  execute(sql: string, values?: readonly unknown[]): Promise<number>;
}

/**
 * The sidecar's own tables in a network's database. They are made and brought up to date at the first use that
 * succeeds, so that a database that is away at start is no reason to stop.
 */
export interface RecordDatabase extends Queries {
  /** Runs `work` in a transaction. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
}

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createRecordDatabase(
  pool: Pool,
  prefix: string,
  now: () => number,
): RecordDatabase {
  const tables = tablesFor(prefix);
  let migrated: Promise<void> | null = null;
  const ready = async (): Promise<void> => {
    migrated ??= migrate(on(pool, tables), now);
    try {
      await migrated;
    } catch (error) {
      migrated = null;
      throw error;
    }
  };
  return {
    tables,
    async select(sql, values) {
      await ready();
      return on(pool, tables).select(sql, values);
    },
    async execute(sql, values) {
      await ready();
      return on(pool, tables).execute(sql, values);
    },
    async transaction(work) {
      await ready();
      return inTransaction(pool, tables, work);
    },
  };
}

function on(connection: Pool | PoolConnection, tables: Tables): Queries {
  return {
    tables,
    async select<Row>(sql: string, values: readonly unknown[] = []) {
      const statement = runStatement<RowDataPacket[]>(connection, sql, values);
      return (await translated(statement)) as Row[];
    },
    async execute(sql, values = []) {
      const statement = runStatement<ResultSetHeader>(connection, sql, values);
      return (await translated(statement)).affectedRows;
    },
  };
}

async function inTransaction<T>(
  pool: Pool,
  tables: Tables,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  const connection = await translated(pool.getConnection());
  try {
    await translated(runStatement(connection, "START TRANSACTION"));
    const result = await work(on(connection, tables));
    await translated(runStatement(connection, "COMMIT"));
    connection.release();
    return result;
  } catch (error) {
    // A connection in an unknown state is not given back to the pool; closing it rolls back.
    connection.destroy();
    throw error;
  }
}

/**
 * Runs the steps that this database has not seen. Two sidecars may do so at once: each step can be repeated.
 *
 * @throws PermanentError `schema-newer` where a later version of the sidecar has changed the tables.
 */
async function migrate(queries: Queries, now: () => number): Promise<void> {
  const { tables } = queries;
  const seen = await queries
    .select<{ version: number }>(`SELECT version FROM ${tables.migrations}`)
    .catch(async () => {
      await queries.execute(
        `CREATE TABLE IF NOT EXISTS ${tables.migrations} (version INT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)`,
      );
      return queries.select<{ version: number }>(
        `SELECT version FROM ${tables.migrations}`,
      );
    });
  const done = new Set(seen.map(({ version }) => version));
  if (Math.max(0, ...done) > migrations.length)
    throw new PermanentError("schema-newer");
  for (const [index, step] of migrations.entries()) {
    const version = index + 1;
    if (done.has(version)) continue;
    for (const statement of step(tables))
      await queries.execute(statement).catch((error: unknown) => {
        // Another sidecar, or this one before it was cut off, has added the column or key already.
        if (!isRepeated(error)) throw error;
      });
    await queries.execute(
      `INSERT IGNORE INTO ${tables.migrations} (version, applied_at) VALUES (?, ?)`,
      [version, now()],
    );
  }
}

function isRepeated(error: unknown): boolean {
  return /ER_DUP_(FIELDNAME|KEYNAME)/.test((error as Error).message);
}

async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toDatabaseError(error);
  }
}
