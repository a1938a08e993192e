import {
  type ReasonCode,
  type ReasonParams,
  describeReason,
} from "../reasons/reasons";
import type { NameRecord, NameState } from "../reconcile/ports";
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
  /** Whether nothing waits; asked without a lock, as most of the time nothing does. */
  isEmpty(): Promise<boolean>;
  /** The next changes to send, in order, with their numbers; the same ones again until they were accepted. */
  next(
    limit: number,
  ): Promise<{ changes: OutgoingChange[]; correlationId: string }>;
  /** Forgets the changes up to and including `seq`. */
  accepted(seq: number): Promise<void>;
}

/** A name's record before and after; null before the first one. */
interface RecordChange {
  before: NameRecord | null;
  after: NameRecord;
}

/** Appends what changed in the transaction that changes it, so that neither is ever there without the other. */
export async function appendChanges(
  queries: Queries,
  changes: readonly RecordChange[],
  correlationId: string,
): Promise<void> {
  const rows = changes
    .filter(
      ({ before, after }) =>
        before?.state !== after.state || before.reason !== after.reason,
    )
    .map((change) => [correlationId, JSON.stringify(nameChange(change))]);
  if (rows.length === 0) return;
  await queries.execute(
    `INSERT INTO ${queries.tables.outbox} (correlation_id, change_json) VALUES ?`,
    [rows],
  );
}

function nameChange({ before, after }: RecordChange): NameChange {
  const { name, kind, siteId, state, reason, params } = after;
  const words =
    reason === null
      ? { message: "", remedy: "" }
      : describeReason(reason, params);
  return {
    ...{
      name,
      kind,
      siteId,
      state,
      previous: before?.state ?? null,
      reason,
      params,
      ...words,
    },
    at: new Date(after.changedAt).toISOString(),
    certificateEndsAt:
      after.certificateEndsAt === null
        ? null
        : new Date(after.certificateEndsAt).toISOString(),
  };
}

/** State key of the last number given. */
const SEQUENCE_KEY = "outbox-sequence";

interface OutboxRow {
  id: number;
  seq: number | null;
  correlation_id: string;
  change_json: string;
}

/**
 * Rows are numbered when they are sent, not when they are written: transactions commit in another order than their
 * ids, and a late one with a low id would look like one that WordPress had before.
 *
 * @throws (by every method) TransientError | PermanentError with a `database-*` reason.
 */
export function createOutbox(database: RecordDatabase): Outbox {
  const { outbox } = database.tables;
  return {
    async isEmpty() {
      const rows = await database.select(`SELECT 1 FROM ${outbox} LIMIT 1`);
      return rows.length === 0;
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
    async accepted(seq) {
      await database.execute(`DELETE FROM ${outbox} WHERE seq <= ?`, [seq]);
    },
  };
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
