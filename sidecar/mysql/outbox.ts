import {
  type ReasonCode,
  type ReasonParams,
  describeReason,
} from "../reasons/reasons";
import type { Actor, Severity } from "../reasons/reason";
import type { NameRecord, NameState } from "../reconcile/ports";
import { isDnsRight, standingOf } from "../reconcile/standing";
import { NAME_COLUMNS, nameRecord, type NameRow } from "./names-rows";
import type { Queries, RecordDatabase } from "./schema";
import { getState, setState } from "./state";

/** One change of a name's state or reason, as WordPress is told of it. */
export interface NameChange {
  name: string;
  kind: NameRecord["kind"];
  siteId: number | null;
  state: NameState;
  previous: NameState | null;
  reason: ReasonCode | null;
  params: ReasonParams;
  message: string;
  remedy: string;
  severity: Severity;
  actor: Actor;
  /** Whether the name has been secure since it was mapped. */
  live: boolean;
  /** See {@link isDnsRight}; not there in what an earlier version has left. */
  dnsRight?: boolean;
  /** ISO 8601. */
  at: string;
  certificateEndsAt: string | null;
}

export interface OutgoingChange extends NameChange {
  /** Grows by one with every change that is sent; the receiver uses it to drop what it had before. */
  seq: number;
  /** The id of the request that led to this change; empty where nobody asked. A message may carry several. */
  correlationId: string;
}

export interface Outbox {
  /** Whether nothing is to be told now; asked without a lock, as most of the time nothing is. */
  isEmpty(): Promise<boolean>;
  /** The next changes to send, in order, with their numbers; the same ones again until they were accepted. */
  next(
    limit: number,
  ): Promise<{ changes: OutgoingChange[]; correlationId: string }>;
  /**
   * Forgets the changes up to and including `seq`, and puts names aside whose change WordPress did not take: it is told of
   * them again after a minute, then two, four … at most an hour later, for a day.
   */
  accepted(seq: number, aside?: readonly string[]): Promise<void>;
  /** Has WordPress told again of the names set aside whose time has come, as they stand by then. Needs the lock. */
  revive(): Promise<void>;
  /** When the next name that was set aside is told again, in milliseconds since the epoch; null where there is none. */
  nextDue(): Promise<number | null>;
  /** Forgets what later changes of the same names have made old, where more than `most` changes wait. */
  trim(most: number): Promise<void>;
}

/** A name's record before and after; null before the first one. */
export interface RecordChange {
  before: NameRecord | null;
  after: NameRecord;
}

/**
 * Appends what changed in the transaction that changes it, so that neither is ever there without the other; gives what is
 * news.
 */
export async function appendChanges(
  queries: Queries,
  changes: readonly RecordChange[],
  correlationId: string,
): Promise<NameChange[]> {
  const news = changes.filter(isNews).map(nameChange);
  if (news.length > 0)
    await queries.execute(
      `INSERT INTO ${queries.tables.outbox} (correlation_id, change_json) VALUES ?`,
      [news.map((change) => [correlationId, JSON.stringify(change)])],
    );
  return news;
}

function isNews({ before, after }: RecordChange): boolean {
  return before?.state !== after.state || before.reason !== after.reason;
}

/** Entries of a name's history. */
const HISTORY_LENGTH = 20;

/** One entry of a name's history, as it is kept. */
export interface NameEvent {
  /** Milliseconds since the epoch. */
  at: number;
  from: NameState | null;
  to: NameState;
  reason: ReasonCode | null;
  params: ReasonParams;
}

/** A name's history as JSON, newest first, with a change added where it is one. */
export function historyAfter(
  change: RecordChange,
  history: string | null,
): string | null {
  if (!isNews(change)) return history;
  const { before, after } = change;
  const event: NameEvent = {
    at: after.changedAt,
    from: before?.state ?? null,
    to: after.state,
    reason: after.reason,
    params: after.params,
  };
  const events = history === null ? [] : (JSON.parse(history) as NameEvent[]);
  return JSON.stringify([event, ...events].slice(0, HISTORY_LENGTH));
}

function nameChange({ before, after }: RecordChange): NameChange {
  const { reason, params, certificateEndsAt } = after;
  const words =
    reason === null
      ? { message: "", remedy: "" }
      : describeReason(reason, params);
  const { severity, actor } = standingOf(after, after.changedAt);
  return {
    name: after.name,
    kind: after.kind,
    siteId: after.siteId,
    state: after.state,
    previous: before?.state ?? null,
    reason,
    params,
    message: words.message,
    remedy: words.remedy,
    severity,
    actor,
    live: after.liveSince !== null,
    dnsRight: isDnsRight(after),
    at: new Date(after.changedAt).toISOString(),
    certificateEndsAt:
      certificateEndsAt === null
        ? null
        : new Date(certificateEndsAt).toISOString(),
  };
}

/** State key of the names set aside. */
const ASIDE_KEY = "outbox-aside";

/** How soon a name that was set aside is told of again, and for how long that is tried, in milliseconds. */
const SHORTEST_ASIDE_MS = 60_000;
const LONGEST_ASIDE_MS = 3_600_000;
const ASIDE_FOR_MS = 24 * LONGEST_ASIDE_MS;

/** Names, each with the time since when it is set aside, and when it is told of again: null while that is under way. */
type Aside = Record<string, { since: number; nextAt: number | null }>;

async function asideOf(queries: Queries): Promise<Aside> {
  return ((await getState(queries, ASIDE_KEY)) as Aside | undefined) ?? {};
}

/** State key of the last number given. */
const SEQUENCE_KEY = "outbox-sequence";

interface OutboxRow {
  id: number;
  seq: number | null;
  correlation_id: string;
  change_json: string;
}

/** Whether a name that was set aside is to be told of by now. */
function isDue(one: Aside[string] | undefined, now: number): boolean {
  // What a clock that ran ahead has put off for longer than it can be is due.
  return (
    one?.nextAt != null &&
    (one.nextAt <= now || one.nextAt > now + LONGEST_ASIDE_MS)
  );
}

/**
 * Rows are numbered when they are sent, not when they are written: transactions commit in another order than their
 * ids, and a late one with a low id would look like one that WordPress had before.
 *
 * @throws (by every method) TransientError | PermanentError with a `database-*` reason.
 */
export function createOutbox(
  database: RecordDatabase,
  now: () => number,
): Outbox {
  const { outbox } = database.tables;
  return {
    async isEmpty() {
      const rows = await database.select(`SELECT 1 FROM ${outbox} LIMIT 1`);
      if (rows.length > 0) return false;
      const aside = Object.values(await asideOf(database));
      return !aside.some((one) => isDue(one, now()));
    },
    revive: () => database.transaction((queries) => reviveDue(queries, now())),
    async nextDue() {
      const aside = Object.values(await asideOf(database));
      const times = aside.flatMap(({ nextAt }) => nextAt ?? []);
      return times.length === 0 ? null : Math.min(...times);
    },
    next: (limit) =>
      database.transaction(async (queries) => {
        const numbered = await queries.select<OutboxRow>(
          `SELECT * FROM ${outbox} WHERE seq IS NOT NULL ORDER BY seq`,
        );
        const rows =
          numbered.length > 0 ? numbered : await number(queries, limit);
        return {
          changes: rows.map(outgoing),
          correlationId:
            rows.findLast(({ correlation_id }) => correlation_id !== "")
              ?.correlation_id ?? "",
        };
      }),
    // In one transaction: who is killed in between would have lost what was set aside.
    accepted: (seq, rejected = []) =>
      database.transaction((queries) => forget(queries, seq, rejected, now())),
    trim: (most) => trimTo(database, most),
  };
}

/** Writes names whose time has come anew, as they stand by now. */
async function reviveDue(queries: Queries, now: number): Promise<void> {
  const aside = await asideOf(queries);
  const due = Object.keys(aside).filter((name) => isDue(aside[name], now));
  if (due.length === 0) return;
  const rows = await queries.select<NameRow>(
    `SELECT ${NAME_COLUMNS} FROM ${queries.tables.names} WHERE name IN (?) FOR UPDATE`,
    [due],
  );
  const records = rows.map(nameRecord);
  const known = new Set(records.map(({ name }) => name));
  const changes = records.map((after) => ({ before: null, after }));
  await appendChanges(queries, changes, "");
  for (const name of due) {
    const one = aside[name];
    if (!one || !known.has(name)) Reflect.deleteProperty(aside, name);
    else aside[name] = { since: one.since, nextAt: null };
  }
  await setState(queries, ASIDE_KEY, aside);
}

/** Forgets what was sent, and puts aside what was not taken. */
async function forget(
  queries: Queries,
  seq: number,
  rejected: readonly string[],
  now: number,
): Promise<void> {
  const { outbox } = queries.tables;
  const sent = await queries.select<OutboxRow>(
    `SELECT change_json FROM ${outbox} WHERE seq <= ?`,
    [seq],
  );
  await queries.execute(`DELETE FROM ${outbox} WHERE seq <= ?`, [seq]);
  const before = await asideOf(queries);
  const aside = { ...before };
  for (const { change_json } of sent)
    Reflect.deleteProperty(aside, (JSON.parse(change_json) as NameChange).name);
  for (const name of rejected) {
    const since = Math.min(before[name]?.since ?? now, now);
    const forMs = now - since;
    const pause = Math.max(
      SHORTEST_ASIDE_MS,
      Math.min(forMs, LONGEST_ASIDE_MS),
    );
    if (forMs <= ASIDE_FOR_MS) aside[name] = { since, nextAt: now + pause };
  }
  if (Object.keys(before).length + rejected.length > 0)
    await setState(queries, ASIDE_KEY, aside);
}

/** Forgets what later changes of the same names have made old. */
async function trimTo(database: RecordDatabase, most: number): Promise<void> {
  const { outbox } = database.tables;
  const [count] = await database.select<{ waiting: number }>(
    `SELECT COUNT(*) AS waiting FROM ${outbox} WHERE seq IS NULL`,
  );
  if ((count?.waiting ?? 0) <= most) return;
  const rows = await database.select<OutboxRow>(
    `SELECT id, change_json FROM ${outbox} WHERE seq IS NULL ORDER BY id DESC`,
  );
  const told = new Set<string>();
  const old = rows.filter(({ change_json }) => {
    const { name } = JSON.parse(change_json) as NameChange;
    const isOld = told.has(name);
    told.add(name);
    return isOld;
  });
  for (let at = 0; at < old.length; at += 500)
    await database.execute(`DELETE FROM ${outbox} WHERE id IN (?)`, [
      old.slice(at, at + 500).map(({ id }) => id),
    ]);
}

async function number(queries: Queries, limit: number): Promise<OutboxRow[]> {
  const { outbox } = queries.tables;
  const rows = await queries.select<OutboxRow>(
    `SELECT * FROM ${outbox} ORDER BY id LIMIT ? FOR UPDATE`,
    [limit],
  );
  if (rows.length === 0) return rows;
  const last =
    ((await getState(queries, SEQUENCE_KEY)) as number | undefined) ?? 0;
  await setState(queries, SEQUENCE_KEY, last + rows.length);
  const numbered = rows.map((row, index) => ({
    ...row,
    seq: last + 1 + index,
  }));
  const ids = rows.map(({ id }) => id);
  await queries.execute(
    `UPDATE ${outbox} SET seq = ? + FIELD(id, ?) WHERE id IN (?)`,
    [last, ids, ids],
  );
  return numbered;
}

function outgoing(row: OutboxRow): OutgoingChange {
  return {
    seq: row.seq ?? 0,
    correlationId: row.correlation_id,
    ...(JSON.parse(row.change_json) as NameChange),
  };
}
