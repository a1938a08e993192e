import type { Queries } from "./schema";

/** Undefined where nothing was kept under the key. */
export async function getState(
  queries: Queries,
  key: string,
): Promise<unknown> {
  const [row] = await queries.select<{ value: string }>(
    `SELECT value FROM ${queries.tables.state} WHERE name = ?`,
    [key],
  );
  return row && (JSON.parse(row.value) as unknown);
}

/** Changes nothing, and needs all that a change needs: a server that is read-only refuses it. */
export async function tryToWrite(queries: Queries): Promise<void> {
  await queries.execute(`DELETE FROM ${queries.tables.state} WHERE name = ''`);
}

export async function setState(
  queries: Queries,
  key: string,
  value: unknown,
): Promise<void> {
  await queries.execute(
    `REPLACE INTO ${queries.tables.state} (name, value) VALUES (?, ?)`,
    [key, JSON.stringify(value)],
  );
}
