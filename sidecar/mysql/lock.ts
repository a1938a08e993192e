import { createHash } from "node:crypto";
import type { Pool, PoolConnection, RowDataPacket } from "mysql2/promise";
import { runStatement } from "./pool";
import { toDatabaseError } from "./errors";
import { TransientError } from "../errors";
import type { NetworkLock } from "../reconcile/ports";

export interface LockOptions {
  /** Connections for locks only: MySQL's named locks belong to the connection, which nothing else may use meanwhile. */
  pool: Pool;
  /** Names the lock on the whole database server, so it holds database and prefix. */
  scope: string;
  /** What is locked within the network, such as `app` or `notify`. */
  purpose: string;
  /** How long to wait for another holder, in seconds. */
  waitSeconds: number;
}

/**
 * A lock that the database server gives back by itself when its holder dies.
 *
 * Source: MariaDB and MySQL, `GET_LOCK`: names have at most 64 characters, locks end with their connection.
 */
export function createLock(options: LockOptions): NetworkLock {
  const { pool, scope, purpose, waitSeconds } = options;
  const name = `domain-bridge:${createHash("sha256").update(`${scope}\0${purpose}`).digest("hex").slice(0, 40)}`;
  const take = async (isLast = false): Promise<Taken> => {
    const connection = await orDatabaseError(pool.getConnection());
    try {
      const sql = "SELECT GET_LOCK(?, ?) AS answer";
      return {
        connection,
        got: await ask(connection, sql, [name, waitSeconds]),
      };
    } catch (error) {
      connection.destroy();
      // One that was kept for later may have died meanwhile.
      if (isLast || !(error instanceof TransientError)) throw error;
      return take(true);
    }
  };
  return {
    async run(work) {
      const { connection, got } = await take();
      try {
        if (got !== 1) throw new TransientError("lock-held");
        return await work(async () => {
          const mine = await ask(
            connection,
            "SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS answer",
            [name],
          ).catch((error: unknown) => {
            throw new TransientError("lock-lost", {}, { cause: error });
          });
          if (mine !== 1) throw new TransientError("lock-lost");
        });
      } finally {
        await giveBack(connection, name);
      }
    },
  };
}

interface Taken {
  connection: PoolConnection;
  /** 1 where the lock was had; 0 or null where it was not. */
  got: number | null;
}

/** A connection that cannot say that the lock is free is closed, and the server frees the lock. */
async function giveBack(
  connection: PoolConnection,
  name: string,
): Promise<void> {
  try {
    await ask(connection, "SELECT RELEASE_LOCK(?) AS answer", [name]);
    connection.release();
  } catch {
    connection.destroy();
  }
}

async function ask(
  connection: PoolConnection,
  sql: string,
  values: (string | number)[],
): Promise<number | null> {
  const rows = await orDatabaseError(
    runStatement<(RowDataPacket & { answer: number | null })[]>(
      connection,
      sql,
      values,
    ),
  );
  return rows[0]?.answer ?? null;
}

async function orDatabaseError<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toDatabaseError(error);
  }
}
