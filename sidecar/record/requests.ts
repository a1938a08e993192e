import type { RecordDatabase } from "./record-database";

export interface RequestLog {
  /** Keeps a request's id; false when it was there already, whichever sidecar took it. */
  claim(webhookId: string): Promise<boolean>;
}

/** Twice the time for which a signature is accepted, in milliseconds. */
const KEPT_MS = 2 * 2 * 300_000;

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createRequestLog(
  database: RecordDatabase,
  now: () => number,
): RequestLog {
  const { requests } = database.tables;
  return {
    async claim(webhookId) {
      const time = now();
      await database.execute(`DELETE FROM ${requests} WHERE seen_at < ?`, [
        time - KEPT_MS,
      ]);
      const inserted = await database.execute(
        `INSERT IGNORE INTO ${requests} (id, seen_at) VALUES (?, ?)`,
        [webhookId, time],
      );
      return inserted === 1;
    },
  };
}
