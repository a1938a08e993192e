import { severities, type Severity } from "../reasons/reason";
import type { NameRecord, NameState } from "../reconcile/ports";
import { NAME_COLUMNS, nameRecord, type NameRow } from "./names-rows";
import type { NameEvent } from "./outbox";
import type { RecordDatabase } from "./schema";

/** What of the names is asked for. */
export interface NamesQuery {
  /** A part of the name; empty: any. */
  search: string;
  state: NameState | null;
  /** Only names that somebody has to do something about. */
  needsAction: boolean;
  order: NameOrder;
  isDescending: boolean;
  offset: number;
  limit: number;
  /** Exactly these; empty: all. */
  only: readonly string[];
}

export const nameOrders = [
  "name",
  "state",
  "next",
  "certificate",
  "urgency",
] as const;
export type NameOrder = (typeof nameOrders)[number];

export interface NameCounts {
  states: Readonly<Record<NameState, number>>;
  severities: Readonly<Record<Severity, number>>;
}

/** The ledger as it is shown: counted, searched, sorted and paged in the database. */
export interface NamesView {
  counts(): Promise<NameCounts>;
  page(query: NamesQuery): Promise<{ total: number; names: NameRecord[] }>;
  /** Null where the ledger does not know the name. */
  one(
    name: string,
  ): Promise<{ record: NameRecord; history: NameEvent[] } | null>;
}

const STATES: readonly NameState[] = [
  "ssl-failed",
  "blocked",
  "pending",
  "removing",
  "securing",
  "secure",
];

const ORDERS: Readonly<Record<NameOrder, [string, string?]>> = {
  name: ["name"],
  state: [`FIELD(state, ${STATES.map((state) => `'${state}'`).join(", ")})`],
  next: ["next_try_at", "next_try_at IS NULL"],
  certificate: ["certificate_ends_at", "certificate_ends_at IS NULL"],
  urgency: ["-COALESCE(severity, 0)"],
};

/** @throws (by every method) TransientError | PermanentError with a `database-*` reason. */
export function createNamesView(database: RecordDatabase): NamesView {
  const { names } = database.tables;
  return {
    async counts() {
      const rows = await database.select<{
        state: NameState;
        severity: number | null;
        count: number;
      }>(
        `SELECT state, severity, COUNT(*) AS count FROM ${names} GROUP BY state, severity`,
      );
      const states = zeros(STATES);
      const bySeverity = zeros(severities);
      for (const { state, severity, count } of rows) {
        states[state] += count;
        bySeverity[severities[severity ?? 0] ?? "ok"] += count;
      }
      return { states, severities: bySeverity };
    },
    async page(query) {
      const { where, values } = conditions(query);
      const [key, nullsLast] = ORDERS[query.order];
      const order = [
        ...(nullsLast === undefined ? [] : [nullsLast]),
        `${key} ${query.isDescending ? "DESC" : "ASC"}`,
        "name ASC",
      ];
      const rows = await database.select<NameRow>(
        `SELECT ${NAME_COLUMNS} FROM ${names}${where} ORDER BY ${order.join(", ")} LIMIT ? OFFSET ?`,
        [...values, query.limit, query.offset],
      );
      const isAll = query.offset === 0 && rows.length < query.limit;
      const [count] = isAll
        ? [{ total: rows.length }]
        : await database.select<{ total: number }>(
            `SELECT COUNT(*) AS total FROM ${names}${where}`,
            values,
          );
      return { total: count?.total ?? 0, names: rows.map(nameRecord) };
    },
    async one(name) {
      const [row] = await database.select<NameRow>(
        `SELECT ${NAME_COLUMNS}, history FROM ${names} WHERE name = ?`,
        [name],
      );
      if (row === undefined) return null;
      const history = (
        row.history === null ? [] : JSON.parse(row.history)
      ) as NameEvent[];
      return { record: nameRecord(row), history };
    },
  };
}

function conditions({ search, state, needsAction, only }: NamesQuery): {
  where: string;
  values: unknown[];
} {
  const parts: [string, unknown?][] = [];
  if (search !== "") parts.push(["name LIKE ?", `%${escaped(search)}%`]);
  if (state !== null) parts.push(["state = ?", state]);
  if (needsAction) parts.push(["severity >= ?", severities.indexOf("warning")]);
  if (only.length > 0) parts.push(["name IN (?)", only]);
  const where = parts.map(([sql]) => sql).join(" AND ");
  return {
    where: where === "" ? "" : ` WHERE ${where}`,
    values: parts.map(([, value]) => value),
  };
}

/** A text that LIKE takes as it is. */
function escaped(text: string): string {
  return text.toLowerCase().replace(/[\\%_]/g, "\\$&");
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
