import { existsSync } from "node:fs";
import { isIP } from "node:net";
import type { PoolConnection as CoreConnection, SslOptions } from "mysql2";
import {
  createConnection,
  createPool,
  type ConnectionOptions,
  type Pool,
  type PoolConnection,
  type QueryResult,
} from "mysql2/promise";
import { PermanentError } from "../errors";

/** How connections are encrypted; without it they are not. */
export interface DatabaseTls {
  /** Whether the server has to show a certificate for its name by a known CA. */
  verified: boolean;
  /** The CAs in PEM form; undefined: those that Node.js knows. */
  ca: string | undefined;
}

/** A network's database, as WordPress's constants name it. */
export interface DatabaseOptions {
  /** `DB_HOST`: host, host:port, host:/socket, [IPv6] or [IPv6]:port. */
  host: string;
  name: string;
  user: string;
  password: string;
  tls?: DatabaseTls | undefined;
}

export type DatabaseAddress =
  { socketPath: string } | { host: string; port: number };

const DEFAULT_PORT = 3306;

/** Where MySQL and MariaDB put their socket on the usual systems. */
export const DEFAULT_SOCKETS = [
  "/run/mysqld/mysqld.sock",
  "/var/run/mysqld/mysqld.sock",
  "/var/lib/mysql/mysql.sock",
  "/tmp/mysql.sock",
];

/**
 * Reads a `DB_HOST` as WordPress 6.9's `wpdb::parse_db_host()` does: what follows `:/` is a socket, and IPv6 may stand
 * with or without brackets. For `localhost` PHP's MySQL client takes the default socket, whatever port is given (mysqlnd
 * compares the name alone), so this does as well where there is a socket.
 */
export function parseDatabaseHost(
  value: string,
  isThere: (path: string) => boolean = existsSync,
): DatabaseAddress {
  const text = value.trim();
  const socketAt = text.indexOf(":/");
  if (socketAt !== -1) return { socketPath: text.slice(socketAt + 1) };
  if (text.startsWith("/")) return { socketPath: text };
  const match =
    /^\[(?<host>[^\]]*)\](?::(?<port>\d+))?$/.exec(text) ??
    /^(?<host>[^:]*)(?::(?<port>\d+)?)?$/.exec(text);
  const { host = text, port } = match?.groups ?? {};
  if (/^(localhost)?$/i.test(host)) {
    const socketPath = DEFAULT_SOCKETS.find(isThere);
    if (socketPath !== undefined) return { socketPath };
  }
  return {
    host: host === "" ? "localhost" : host,
    port: port === undefined ? DEFAULT_PORT : Number(port),
  };
}

/** What a sidecar keeps open for later, however many networks it serves: servers allow 151 connections by default. */
const MOST_IDLE = 32;

/** Connections that nobody uses just now, of every pool of the process; the one that has been so longest comes first. */
const idle = new Set<CoreConnection>();

/**
 * Connections to a network's database, `most` at once; none is opened before it is needed. What holds one while it needs
 * another, as locks do, has a pool of its own, or they would wait for each other. The caller ends the pool.
 *
 * `getConnection` throws mysql2's error, or PermanentError `database-tls-required`.
 */
export function openPool(options: DatabaseOptions, most = 2): Pool {
  const pool = createPool({
    ...connectionOptions(options),
    connectionLimit: most,
    gracefulEnd: true,
  });
  limitIdle(pool);
  if (options.tls === undefined) tellMissingTls(pool, options);
  return pool;
}

/** Has a pool's idle connections counted together with those of all others, and closes the longest idle above the limit. */
function limitIdle(pool: Pool, most = MOST_IDLE): void {
  // Core connections: the promise pool passes the events on as they are.
  const core = pool.pool;
  core.on("connection", (connection) => {
    const forget = (): void => void idle.delete(connection);
    connection.once("end", forget).once("error", forget);
  });
  core.on("acquire", (connection) => {
    idle.delete(connection);
  });
  core.on("release", (connection) => {
    idle.add(connection);
    for (const oldest of idle) {
      if (idle.size <= most) return;
      idle.delete(oldest);
      oldest.end();
    }
  });
}

/** Servers refuse an account that has to use TLS in the words of a wrong password: only a login with TLS tells them apart. */
function tellMissingTls(pool: Pool, options: DatabaseOptions): void {
  const getConnection = pool.getConnection.bind(pool);
  let letIn: Promise<boolean> | undefined;
  pool.getConnection = async () => {
    try {
      return await getConnection();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "ER_ACCESS_DENIED_ERROR") throw error;
      // Once for each pool: servers can lock an account after some failed logins.
      letIn ??= isLetIn({
        ...options,
        tls: { verified: false, ca: undefined },
      });
      if (await letIn) throw new PermanentError("database-tls-required");
      throw error;
    }
  };
}

async function isLetIn(options: DatabaseOptions): Promise<boolean> {
  try {
    const connection = await createConnection(connectionOptions(options));
    connection.destroy();
    return true;
  } catch {
    return false;
  }
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
  tls,
}: DatabaseOptions): ConnectionOptions {
  const address = parseDatabaseHost(host);
  return {
    ...address,
    ...(tls && { ssl: sslOptions(tls, address) }),
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

function sslOptions(
  { verified, ca }: DatabaseTls,
  address: DatabaseAddress,
): SslOptions {
  return {
    rejectUnauthorized: verified,
    verifyIdentity: verified && hasName(address),
    ...(ca !== undefined && { ca }),
  };
}

/** Whether a certificate can name the server: mysql2 compares host names only, no IP addresses and no sockets. */
export function hasName(address: DatabaseAddress): boolean {
  return "host" in address && isIP(address.host) === 0;
}
