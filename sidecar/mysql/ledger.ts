import type { RowDataPacket } from "mysql2/promise";
import type {
  CertificateLedger,
  NameRecord,
  PassEntry,
  PassLedger,
} from "../reconcile/ports";
import { WAITING } from "../reconcile/records";
import { appendChanges } from "./outbox";
import type { Queries, RecordDatabase } from "./schema";
import { setState } from "./state";

/** A row of the names table, columns as in the migrations. */
export interface NameRow extends RowDataPacket {
  name: string;
  kind: NameRecord["kind"];
  site_id: number | null;
  owned: number;
  state: NameRecord["state"];
  reason: NameRecord["reason"];
  params: string;
  tries: number;
  tries_since: number | null;
  next_try_at: number | null;
  certificate_ends_at: number | null;
  dns_seen: string | null;
  changed_at: number;
}

export const NAME_COLUMNS =
  "name, kind, site_id, owned, state, reason, params, tries, tries_since, next_try_at, certificate_ends_at, dns_seen, changed_at";

/** The values of {@link NAME_COLUMNS}, in their order. */
export function nameValues(record: NameRecord): (string | number | null)[] {
  return [
    record.name,
    record.kind,
    record.siteId,
    record.owned ? 1 : 0,
    record.state,
    record.reason,
    JSON.stringify(record.params),
    record.tries,
    record.triesSince,
    record.nextTryAt,
    record.certificateEndsAt,
    record.dnsSeen,
    record.changedAt,
  ];
}

export function nameRecord(row: NameRow): NameRecord {
  return {
    name: row.name,
    kind: row.kind,
    siteId: row.site_id,
    owned: row.owned === 1,
    state: row.state,
    reason: row.reason,
    params: JSON.parse(row.params) as NameRecord["params"],
    tries: row.tries,
    triesSince: row.tries_since,
    nextTryAt: row.next_try_at,
    certificateEndsAt: row.certificate_ends_at,
    dnsSeen: row.dns_seen,
    changedAt: row.changed_at,
  };
}

/** State key of the last pass. */
export const LAST_PASS_KEY = "last-pass";

const CERTIFICATE_STATES = "('securing', 'secure', 'ssl-failed')";

/** What the bridge owns and what it knows of each name. The ledger is never pruned; history is. */
export interface Ledger extends PassLedger, CertificateLedger {
  /** Every record, by name. */
  names(): Promise<NameRecord[]>;
  /** The newest passes first. */
  history(limit: number): Promise<(PassEntry & { id: number })[]>;
  /** Remembers names that UM reported as removed, until they are gone from the app. */
  report(names: readonly string[], now: number): Promise<void>;
}

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createLedger(database: RecordDatabase): Ledger {
  const { tables } = database;
  const names = async (): Promise<NameRecord[]> => {
    const rows = await database.select<NameRow>(
      `SELECT ${NAME_COLUMNS} FROM ${tables.names} ORDER BY name`,
    );
    return rows.map(nameRecord);
  };
  return {
    names,
    async load() {
      const records = await names();
      const removals = await database.select<{
        name: string;
        reported_at: number;
      }>(`SELECT name, reported_at FROM ${tables.removals}`);
      return {
        names: records,
        reported: new Map(removals.map((row) => [row.name, row.reported_at])),
      };
    },
    async report(removed, now) {
      if (removed.length === 0) return;
      const rows = removed.map((name) => [name, now]);
      await database.execute(
        `REPLACE INTO ${tables.removals} (name, reported_at) VALUES ?`,
        [rows],
      );
    },
    async claim(claimed, now) {
      const rows = claimed.map(({ name, kind, siteId }) =>
        nameValues({
          ...WAITING,
          name,
          kind,
          siteId,
          owned: true,
          changedAt: now,
        }),
      );
      await database.execute(
        `INSERT INTO ${tables.names} (${NAME_COLUMNS}) VALUES ? ON DUPLICATE KEY UPDATE owned = 1`,
        [rows],
      );
    },
    async settle(changes, correlationId) {
      const { save, forget, answered } = changes;
      if (save.length + forget.length + answered.length === 0) return;
      await database.transaction(async (queries) => {
        await saveRecords(queries, save, correlationId);
        if (forget.length > 0)
          await queries.execute(
            `DELETE FROM ${tables.names} WHERE name IN (?)`,
            [forget],
          );
        if (answered.length > 0)
          await queries.execute(
            `DELETE FROM ${tables.removals} WHERE name IN (?)`,
            [answered],
          );
      });
    },
    async addPass(entry) {
      if (isHistory(entry))
        await database.transaction((queries) => addHistory(queries, entry));
      else await setState(database, LAST_PASS_KEY, entry);
    },
    async history(limit) {
      const rows = await database.select<{ id: number; entry: string }>(
        `SELECT id, entry FROM ${tables.passes} ORDER BY id DESC LIMIT ?`,
        [limit],
      );
      return rows.map(({ id, entry }) => ({
        id,
        ...(JSON.parse(entry) as PassEntry),
      }));
    },
    async certificateNames() {
      const rows = await database.select<NameRow>(
        `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE state IN ${CERTIFICATE_STATES} ORDER BY name`,
      );
      return rows.map(nameRecord);
    },
    async saveCertificate(name, view, correlationId) {
      await database.transaction(async (queries) => {
        const [row] = await queries.select<NameRow>(
          `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE name = ? AND state IN ${CERTIFICATE_STATES} FOR UPDATE`,
          [name],
        );
        if (row)
          await saveOne(
            queries,
            nameRecord(row),
            { ...nameRecord(row), ...view },
            correlationId,
          );
      });
    },
  };
}

async function saveRecords(
  queries: Queries,
  records: readonly NameRecord[],
  correlationId: string,
): Promise<void> {
  if (records.length === 0) return;
  const { tables } = queries;
  const names = records.map(({ name }) => name);
  const rows = await queries.select<NameRow>(
    `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE name IN (?) FOR UPDATE`,
    [names],
  );
  const before = new Map(rows.map((row) => [row.name, nameRecord(row)]));
  const changes = records.map((after) => ({
    before: before.get(after.name) ?? null,
    after,
  }));
  await appendChanges(queries, changes, correlationId);
  await queries.execute(
    `REPLACE INTO ${tables.names} (${NAME_COLUMNS}) VALUES ?`,
    [records.map(nameValues)],
  );
}

async function saveOne(
  queries: Queries,
  before: NameRecord,
  after: NameRecord,
  correlationId: string,
): Promise<void> {
  await appendChanges(queries, [{ before, after }], correlationId);
  await queries.execute(
    `REPLACE INTO ${queries.tables.names} (${NAME_COLUMNS}) VALUES (?)`,
    [nameValues(after)],
  );
}

/** How many passes the history keeps. */
const HISTORY_LENGTH = 500;

/** Resyncs that found nothing to do are not: they would bury what was done. */
function isHistory({ outcome, added, removed }: PassEntry): boolean {
  return outcome !== "ok" || added.length + removed.length > 0;
}

async function addHistory(queries: Queries, entry: PassEntry): Promise<void> {
  const { tables } = queries;
  await setState(queries, LAST_PASS_KEY, entry);
  const [last] = await queries.select<{ entry: string }>(
    `SELECT entry FROM ${tables.passes} ORDER BY id DESC LIMIT 1`,
  );
  if (last && repeats(JSON.parse(last.entry) as PassEntry, entry)) return;
  await queries.execute(`INSERT INTO ${tables.passes} (entry) VALUES (?)`, [
    JSON.stringify(entry),
  ]);
  await queries.execute(
    `DELETE FROM ${tables.passes} WHERE id <= (SELECT id FROM (SELECT MAX(id) - ? AS id FROM ${tables.passes}) AS newest)`,
    [HISTORY_LENGTH],
  );
}

/** The same trouble as in the pass before, with nothing changed: one line of history says it. */
function repeats(last: PassEntry, entry: PassEntry): boolean {
  return (
    last.outcome === entry.outcome &&
    last.reason === entry.reason &&
    entry.added.length +
      entry.removed.length +
      last.added.length +
      last.removed.length ===
      0
  );
}

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
        const rows = await queries.select<NameRow>(
          `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE name IN (?) AND state = 'secure' AND changed_at <= ?`,
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
