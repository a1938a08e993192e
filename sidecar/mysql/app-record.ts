import { TransientError } from "../errors";
import { emptyRecord, type AppRecord } from "../reconcile/app-record";
import type { AppRecords } from "../reconcile/ports";
import type { Queries, RecordDatabase } from "./schema";
import { getState } from "./state";

/** State key of the app's record. */
const RECORD_KEY = "app-record";

/** State key of 0.1.0, which knew the app only as it was last seen. */
const OLD_APP_KEY = "app";

/** How often a change is tried again where somebody else was quicker. */
const MOST_TRIES = 10;

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createAppRecords(database: RecordDatabase): AppRecords {
  return {
    load: () => readRecord(database),
    async update(change) {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const record = await readRecord(database);
        const changed = change(record);
        if (changed === null || changed === record) return record;
        const kept = await database.transaction((queries) =>
          swapRecord(queries, { ...changed, revision: record.revision }),
        );
        if (kept !== null) return kept;
      }
      throw new TransientError("database-busy", { code: "app record" });
    },
  };
}

/** The record as it is kept; before the first one, what 0.1.0 knew: the app that it had written to. */
export async function readRecord(queries: Queries): Promise<AppRecord> {
  const kept = (await getState(queries, RECORD_KEY)) as AppRecord | undefined;
  // Fields that a later version has added have their empty value in what an earlier one has kept.
  if (kept !== undefined) return { ...emptyRecord, ...kept };
  const old = (await getState(queries, OLD_APP_KEY)) as
    { id?: string } | undefined;
  const appId = old?.id ?? null;
  return { ...emptyRecord, appId, provenAppId: appId };
}

/**
 * Keeps the record with a revision one higher, where the kept one still has the revision of the given one. Gives what is
 * kept now, or null where somebody was quicker. To be called in a transaction, which holds the row until its end.
 */
export async function swapRecord(
  queries: Queries,
  record: AppRecord,
): Promise<AppRecord | null> {
  const { state } = queries.tables;
  const next = { ...record, revision: record.revision + 1 };
  const value = JSON.stringify(next);
  if (record.revision === 0) {
    const inserted = await queries.execute(
      `INSERT IGNORE INTO ${state} (name, value) VALUES (?, ?)`,
      [RECORD_KEY, value],
    );
    return inserted === 1 ? next : null;
  }
  const [row] = await queries.select<{ value: string }>(
    `SELECT value FROM ${state} WHERE name = ? FOR UPDATE`,
    [RECORD_KEY],
  );
  const kept = row && (JSON.parse(row.value) as Partial<AppRecord>);
  if (kept?.revision !== record.revision) return null;
  await queries.execute(`UPDATE ${state} SET value = ? WHERE name = ?`, [
    value,
    RECORD_KEY,
  ]);
  return next;
}
