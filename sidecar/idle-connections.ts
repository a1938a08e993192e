import type { PoolConnection } from "mysql2";
import type { Pool } from "mysql2/promise";

/** What a sidecar keeps open for later, however many networks it serves: servers allow 151 connections by default. */
const MOST_IDLE = 32;

/** Connections that nobody uses just now, of every pool of the process; the one that has been so longest comes first. */
const idle = new Set<PoolConnection>();

/** Has a pool's idle connections counted together with those of all others, and closes the longest idle above the limit. */
export function limitIdle(pool: Pool, most = MOST_IDLE): void {
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
