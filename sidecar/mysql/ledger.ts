import { TransientError } from "../errors";
import type {
  CertificateLedger,
  NameRecord,
  PassEntry,
  PassLedger,
} from "../reconcile/ports";
import type { AppRecord } from "../reconcile/app-record";
import { severities } from "../reasons/reason";
import { WAITING } from "../reconcile/records";
import { standingOf } from "../reconcile/standing";
import { readRecord, swapRecord } from "./app-record";
import {
  NAME_COLUMNS,
  nameRecord,
  nameValues,
  type NameRow,
} from "./names-rows";
import {
  appendChanges,
  historyAfter,
  type NameChange,
  type RecordChange,
} from "./outbox";
import type { Queries, RecordDatabase } from "./schema";
import { setState } from "./state";

/** State key of the last pass. */
export const LAST_PASS_KEY = "last-pass";

const CERTIFICATE_STATES = "('securing', 'secure', 'ssl-failed')";

/** Rows in one statement: with every site of a large network in one, a packet would be larger than servers take. */
const CHUNK = 500;

/** What the bridge owns and what it knows of each name. The ledger is never pruned; history is. */
export interface Ledger extends PassLedger, CertificateLedger {
  /** The newest passes first. */
  history(limit: number): Promise<(PassEntry & { id: number })[]>;
  /** Remembers names that UM reported as removed, until they are gone from the app. */
  report(names: readonly string[], now: number): Promise<void>;
  /** Has names tried anew as soon as possible; gives those that the ledger does not know. */
  retry(names: readonly string[]): Promise<string[]>;
}

/** Called with what changed once it is kept. */
type OnNews = (changes: readonly NameChange[], correlationId: string) => void;

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createLedger(database: RecordDatabase, onNews: OnNews): Ledger {
  return {
    ...passLedger(database, onNews),
    ...certificateLedger(database, onNews),
    ...requestLedger(database),
  };
}

/** What the pass reads and writes. */
function passLedger(database: RecordDatabase, onNews: OnNews): PassLedger {
  return {
    load: () => loaded(database),
    intend: (record, claimed, now) =>
      database.transaction(async (queries) => {
        const kept = await swapped(queries, record);
        for (const some of chunks(claimed))
          await claim(queries, some, record.appId, now);
        return kept;
      }),
    async settle(changes, correlationId) {
      const { record, save, forget, answered, entry } = changes;
      const changed = save.length + forget.length + answered.length > 0;
      if (record === null && !changed) {
        if (entry !== null) await addEntry(database, entry);
        return null;
      }
      const news: NameChange[] = [];
      const settled = await database.transaction(async (queries) => {
        const kept = record && (await swapped(queries, record));
        for (const some of chunks(save))
          news.push(...(await saveRecords(queries, some, correlationId)));
        await deleteNames(queries, "names", forget);
        await deleteNames(queries, "removals", answered);
        if (entry !== null) await addEntry(queries, entry);
        return kept;
      });
      onNews(news, correlationId);
      return settled;
    },
    addPass: (entry) => addEntry(database, entry),
  };
}

/** What the certificate round reads and writes. */
function certificateLedger(
  database: RecordDatabase,
  onNews: OnNews,
): CertificateLedger {
  const { tables } = database;
  return {
    async certificateNames() {
      const rows = await database.select<NameRow>(
        `SELECT ${NAME_COLUMNS} FROM ${tables.names} WHERE state IN ${CERTIFICATE_STATES} ORDER BY name`,
      );
      return rows.map(nameRecord);
    },
    async saveCertificate(name, view, correlationId) {
      const news = await database.transaction(async (queries) => {
        const [row] = await queries.select<NameRow>(
          `SELECT ${NAME_COLUMNS}, history FROM ${tables.names} WHERE name = ? AND state IN ${CERTIFICATE_STATES} FOR UPDATE`,
          [name],
        );
        if (row === undefined) return [];
        const before = nameRecord(row);
        const changed =
          before.state !== view.state || before.reason !== view.reason;
        const changedAt = changed ? view.changedAt : before.changedAt;
        const after = { ...before, ...view, changedAt };
        await write(queries, [{ before, after, history: row.history }]);
        return appendChanges(queries, [{ before, after }], correlationId);
      });
      onNews(news, correlationId);
    },
  };
}

/** What requests read and write. */
function requestLedger(
  database: RecordDatabase,
): Pick<Ledger, "history" | "report" | "retry"> {
  const { tables } = database;
  return {
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
    async report(removed, now) {
      for (const names of chunks(removed))
        await database.execute(
          `REPLACE INTO ${tables.removals} (name, reported_at) VALUES ?`,
          [names.map((name) => [name, now])],
        );
    },
    async retry(names) {
      const known = new Set<string>();
      for (const some of chunks(names)) {
        const rows = await database.select<{ name: string }>(
          `SELECT name FROM ${tables.names} WHERE name IN (?)`,
          [some],
        );
        for (const { name } of rows) known.add(name);
        await database.execute(
          `UPDATE ${tables.names} SET next_try_at = NULL, tries_since = NULL WHERE name IN (?)`,
          [some],
        );
      }
      return names.filter((name) => !known.has(name));
    },
  };
}

async function loaded(database: RecordDatabase) {
  const { tables } = database;
  const rows = await database.select<NameRow>(
    `SELECT ${NAME_COLUMNS} FROM ${tables.names} ORDER BY name`,
  );
  const removals = await database.select<{
    name: string;
    reported_at: number;
  }>(`SELECT name, reported_at FROM ${tables.removals}`);
  return {
    names: rows.map(nameRecord),
    reported: new Map(removals.map((row) => [row.name, row.reported_at])),
    record: await readRecord(database),
  };
}

/** Takes names out of a table. */
async function deleteNames(
  queries: Queries,
  table: "names" | "removals",
  names: readonly string[],
): Promise<void> {
  for (const some of chunks(names))
    await queries.execute(
      `DELETE FROM ${queries.tables[table]} WHERE name IN (?)`,
      [some],
    );
}

async function swapped(
  queries: Queries,
  record: AppRecord,
): Promise<AppRecord> {
  const kept = await swapRecord(queries, record);
  if (kept === null) throw new TransientError("lock-lost");
  return kept;
}

async function claim(
  queries: Queries,
  claimed: readonly Pick<NameRecord, "name" | "kind" | "siteId">[],
  appId: string | null,
  now: number,
): Promise<void> {
  const rows = claimed.map(({ name, kind, siteId }) =>
    nameValues({
      ...WAITING,
      name,
      kind,
      siteId,
      owned: true,
      appId,
      used: false,
      knownSince: now,
      changedAt: now,
    }),
  );
  await queries.execute(
    `INSERT INTO ${queries.tables.names} (${NAME_COLUMNS}) VALUES ? ON DUPLICATE KEY UPDATE owned = 1, app_id = VALUES(app_id)`,
    [rows],
  );
}

async function saveRecords(
  queries: Queries,
  records: readonly NameRecord[],
  correlationId: string,
): Promise<NameChange[]> {
  const rows = await queries.select<NameRow>(
    `SELECT ${NAME_COLUMNS}, history FROM ${queries.tables.names} WHERE name IN (?) FOR UPDATE`,
    [records.map(({ name }) => name)],
  );
  const before = new Map(rows.map((row) => [row.name, row]));
  const changes = records.map((after) => {
    const row = before.get(after.name);
    return {
      before: row === undefined ? null : nameRecord(row),
      after,
      history: row?.history ?? null,
    };
  });
  const news = await appendChanges(queries, changes, correlationId);
  await write(queries, changes);
  return news;
}

async function write(
  queries: Queries,
  changes: readonly (RecordChange & { history: string | null })[],
): Promise<void> {
  const rows = changes.map((change) => {
    const { after } = change;
    const { severity } = standingOf(after, after.changedAt);
    return [
      ...nameValues(after),
      severities.indexOf(severity),
      historyAfter(change, change.history),
    ];
  });
  await queries.execute(
    `REPLACE INTO ${queries.tables.names} (${NAME_COLUMNS}, severity, history) VALUES ?`,
    [rows],
  );
}

/** How many passes the history keeps. */
const HISTORY_LENGTH = 500;

/** Keeps a pass as the last one, and in the history where it tells something. */
async function addEntry(queries: Queries, entry: PassEntry): Promise<void> {
  const { tables } = queries;
  await setState(queries, LAST_PASS_KEY, entry);
  // Resyncs that found nothing to do would bury what was done.
  const { outcome, added, removed } = entry;
  if (outcome === "ok" && added.length + removed.length === 0) return;
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

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / CHUNK);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
