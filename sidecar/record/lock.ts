import { createHash } from "node:crypto";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { toDatabaseError } from "../database-error";
import { TransientError } from "../errors";
import type { NetworkLock } from "../reconcile/ports";

export interface LockOptions {
  /** Opens a connection that nothing else uses: MySQL's named locks belong to the connection. */
  connect: () => Promise<Connection>;
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
  const { connect, scope, purpose, waitSeconds } = options;
  const name = `domain-bridge:${createHash("sha256").update(`${scope}\0${purpose}`).digest("hex").slice(0, 40)}`;
  return {
    async run(work) {
      const connection = await orDatabaseError(connect());
      // A connection that dies while nobody asks it anything must not become an uncaught exception.
      connection.on("error", () => undefined);
      try {
        const got = await ask(connection, "SELECT GET_LOCK(?, ?) AS answer", [
          name,
          waitSeconds,
        ]);
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
        // Ending the connection gives the lock back; a connection that is broken already has done so.
        await connection.end().catch(() => {
          connection.destroy();
        });
      }
    },
  };
}

async function ask(
  connection: Connection,
  sql: string,
  values: (string | number)[],
): Promise<number | null> {
  const [rows] = await orDatabaseError(
    connection.query<(RowDataPacket & { answer: number | null })[]>(
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
