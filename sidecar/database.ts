import { existsSync } from "node:fs";
import {
  createPool,
  type ConnectionOptions,
  type Pool,
  type PoolConnection,
  type QueryResult,
} from "mysql2/promise";
import { limitIdle } from "./idle-connections";

/** A network's database, as WordPress's constants name it. */
export interface DatabaseOptions {
  /** `DB_HOST`: host, host:port, host:/socket, [IPv6] or [IPv6]:port. */
  host: string;
  name: string;
  user: string;
  password: string;
}

export type DatabaseAddress =
  { socketPath: string } | { host: string; port: number };

const DEFAULT_PORT = 3306;

/** Where MySQL and MariaDB put their socket on the usual systems. */
const DEFAULT_SOCKETS = [
  "/run/mysqld/mysqld.sock",
  "/var/run/mysqld/mysqld.sock",
  "/var/lib/mysql/mysql.sock",
  "/tmp/mysql.sock",
];

/**
 * Reads a `DB_HOST` as WordPress 6.9's `wpdb::parse_db_host()` does: what follows `:/` is a socket, and IPv6 may stand
 * with or without brackets. For a plain `localhost` PHP's MySQL client takes the default socket, so this does as well
 * where there is one.
 */
export function parseDatabaseHost(
  value: string,
  isThere: (path: string) => boolean = existsSync,
): DatabaseAddress {
  const text = value.trim();
  const socketAt = text.indexOf(":/");
  if (socketAt !== -1) return { socketPath: text.slice(socketAt + 1) };
  if (text.startsWith("/")) return { socketPath: text };
  if (text === "" || text === "localhost") {
    const socketPath = DEFAULT_SOCKETS.find(isThere);
    if (socketPath !== undefined) return { socketPath };
  }
  const match =
    /^\[(?<host>[^\]]*)\](?::(?<port>\d+))?$/.exec(text) ??
    /^(?<host>[^:]*)(?::(?<port>\d+)?)?$/.exec(text);
  const { host = text, port } = match?.groups ?? {};
  return {
    host: host === "" ? "localhost" : host,
    port: port === undefined ? DEFAULT_PORT : Number(port),
  };
}

/**
 * Connections to a network's database, `most` at once; none is opened before it is needed. What holds one while it needs
 * another, as locks do, has a pool of its own, or they would wait for each other. The caller ends the pool.
 */
export function openPool(options: DatabaseOptions, most = 2): Pool {
  const pool = createPool({
    ...connectionOptions(options),
    connectionLimit: most,
    gracefulEnd: true,
  });
  limitIdle(pool);
  return pool;
}

/** For each statement, in milliseconds: a server that hangs must not hold up a pass for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Runs a statement with its values. A connection of the pool on which it failed is closed: one that is never answered
 * would keep its place in the pool for good. A connection that was handed in is its owner's to close.
 *
 * @throws mysql2's error; `PROTOCOL_SEQUENCE_TIMEOUT` where there was no answer in time.
 */
export async function runStatement<T extends QueryResult>(
  target: Pool | PoolConnection,
  sql: string,
  values: readonly unknown[] = [],
  timeout = STATEMENT_TIMEOUT_MS,
): Promise<T> {
  if ("release" in target) {
    const [result] = await target.query<T>({ sql, timeout }, [...values]);
    return result;
  }
  const connection = await target.getConnection();
  try {
    const result = await runStatement<T>(connection, sql, values, timeout);
    connection.release();
    return result;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function connectionOptions({
  host,
  name,
  user,
  password,
}: DatabaseOptions): ConnectionOptions {
  return {
    ...parseDatabaseHost(host),
    database: name,
    user,
    password,
    connectTimeout: 5000,
    charset: "utf8mb4",
    timezone: "Z",
    // Zero dates are no dates to JavaScript; as strings they can be told apart.
    dateStrings: true,
    supportBigNumbers: true,
    multipleStatements: false,
    // None is prepared; the driver's default makes half a megabyte of empty lists for each connection.
    maxPreparedStatements: 1,
    // Errors are translated, so that nobody sees the stack that the driver would note down for every statement.
    trace: false,
  };
}
