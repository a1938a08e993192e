import type { RecordDatabase } from "./schema";
import { getState, setState } from "./state";

/** What WordPress registered. `credentials` is sealed: only the network's secret opens it. */
export interface StoredRegistration {
  settings: string;
  credentials: string;
}

export interface RegistrationStore {
  /** `paused`: the plugin was found gone, and no signed event has come since. */
  get(): Promise<(StoredRegistration & { paused: boolean }) | null>;
  set(registration: StoredRegistration, now: number): Promise<void>;
  setPaused(paused: boolean): Promise<void>;
  /** The nonce that the plugin has written into this database; null where there is none. */
  proof(): Promise<unknown>;
}

/** State keys that the plugin writes and reads itself: see docs/decisions/identity.md. */
const PROOF_KEY = "registration-proof";
export const CHALLENGE_KEY = "identity-challenge";

/** State key that is there while the sidecar is paused. */
const PAUSED_KEY = "plugin-missing";

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createRegistrationStore(
  database: RecordDatabase,
): RegistrationStore {
  const { registration, state } = database.tables;
  return {
    async get() {
      const [row] = await database.select<
        StoredRegistration & { paused: number }
      >(
        `SELECT settings, credentials, EXISTS(SELECT 1 FROM ${state} WHERE name = ?) AS paused FROM ${registration} WHERE id = 1`,
        [PAUSED_KEY],
      );
      return row === undefined ? null : { ...row, paused: row.paused === 1 };
    },
    async set({ settings, credentials }, now) {
      await database.execute(
        `REPLACE INTO ${registration} (id, settings, credentials, updated_at) VALUES (1, ?, ?, ?)`,
        [settings, credentials, now],
      );
    },
    proof: () => getState(database, PROOF_KEY),
    async setPaused(paused) {
      if (paused) await setState(database, PAUSED_KEY, true);
      else
        await database.execute(`DELETE FROM ${state} WHERE name = ?`, [
          PAUSED_KEY,
        ]);
    },
  };
}

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
