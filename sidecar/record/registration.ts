import type { RecordDatabase } from "./record-database";

/** What WordPress registered. `credentials` is sealed: only the network's secret opens it. */
export interface StoredRegistration {
  settings: string;
  credentials: string;
}

export interface RegistrationStore {
  get(): Promise<StoredRegistration | null>;
  set(registration: StoredRegistration, now: number): Promise<void>;
}

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createRegistrationStore(
  database: RecordDatabase,
): RegistrationStore {
  const { registration } = database.tables;
  return {
    async get() {
      const [row] = await database.select<StoredRegistration>(
        `SELECT settings, credentials FROM ${registration} WHERE id = 1`,
      );
      return row ?? null;
    },
    async set({ settings, credentials }, now) {
      await database.execute(
        `REPLACE INTO ${registration} (id, settings, credentials, updated_at) VALUES (1, ?, ?, ?)`,
        [settings, credentials, now],
      );
    },
  };
}
