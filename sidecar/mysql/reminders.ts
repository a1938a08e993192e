import { NAME_COLUMNS, nameRecord, type NameRow } from "./names-rows";
import { appendChanges } from "./outbox";
import type { RecordDatabase } from "./schema";

export interface Reminders {
  /**
   * Tells WordPress once more, an hour apart, of those of these names that are secure, and have been for ten seconds:
   * UM's own check may have begun before and saved its failure afterwards, and a new row may have come for an old name.
   *
   * @throws TransientError | PermanentError with a `database-*` reason.
   */
  remind(names: readonly string[]): Promise<void>;
}

const LONG_TOLD_MS = 10_000;
const PAUSE_MS = 3_600_000;

export function createReminders(
  database: RecordDatabase,
  now: () => number,
): Reminders {
  const { tables } = database;
  const reminded = new Map<string, number>();
  const isDue = (name: string): boolean => {
    const age = now() - (reminded.get(name) ?? -Infinity);
    return age < 0 || age >= PAUSE_MS;
  };
  return {
    async remind(names) {
      const due = names.filter(isDue);
      if (due.length === 0) return;
      await database.transaction(async (queries) => {
        // As long as news wait, WordPress may not have heard of the name for the first time.
        const waiting = await queries.select(
          `SELECT id FROM ${tables.outbox} LIMIT 1`,
        );
        if (waiting.length > 0) return;
        // Locked until the reminder is in the outbox: else a change in between would be told before it.
        const rows = await queries.select<NameRow>(
          `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE name IN (?) AND state = 'secure' AND changed_at <= ? FOR UPDATE`,
          [due, now() - LONG_TOLD_MS],
        );
        const changes = rows.map((row) => ({
          before: null,
          after: { ...nameRecord(row), changedAt: now() },
        }));
        await appendChanges(queries, changes, "");
        for (const { name } of rows) reminded.set(name, now());
      });
    },
  };
}
