import type { NameState, PassEntry } from "../reconcile/ports";
import { LAST_PASS_KEY } from "./ledger";
import type { RecordDatabase } from "./schema";
import { getState } from "./state";

/** A network in numbers. Times are milliseconds since the epoch. */
export interface Figures {
  names: Readonly<Partial<Record<NameState, number>>>;
  /** When the first of the certificates seen ends. */
  certificateEndsAt: number | null;
  /** Changes that WordPress has not been told of. */
  waiting: number;
  lastPass: PassEntry | null;
}

interface StateRow {
  state: NameState;
  names: number;
  ends_at: number | null;
}

/** @throws TransientError | PermanentError with a `database-*` reason. */
export async function readFigures(database: RecordDatabase): Promise<Figures> {
  const { tables } = database;
  const rows = await database.select<StateRow>(
    `SELECT state, COUNT(*) AS names, MIN(certificate_ends_at) AS ends_at FROM ${tables.names} GROUP BY state`,
  );
  const [outbox] = await database.select<{ waiting: number }>(
    `SELECT COUNT(*) AS waiting FROM ${tables.outbox}`,
  );
  const lastPass = await getState(database, LAST_PASS_KEY);
  const ends = rows.map(({ ends_at }) => ends_at).filter((at) => at !== null);
  return {
    names: Object.fromEntries(rows.map(({ state, names }) => [state, names])),
    certificateEndsAt: ends.length > 0 ? Math.min(...ends) : null,
    waiting: outbox?.waiting ?? 0,
    lastPass: (lastPass as PassEntry | undefined) ?? null,
  };
}
