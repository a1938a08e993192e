import { readFigures, type Figures } from "../record/figures";
import type { RecordDatabase } from "../record/record-database";
import type { AppMemory } from "./app-view";

/** A network in numbers, for the metrics; no call leaves the machine. */
export interface NetworkFigures extends Figures {
  /** Domains on the app as last seen; null before that. */
  domainsUsed: number | null;
}

/** @throws TransientError | PermanentError with a `database-*` reason. */
export async function networkFigures(
  database: RecordDatabase,
  app: Pick<AppMemory, "view">,
): Promise<NetworkFigures> {
  const figures = await readFigures(database);
  const view = await app.view();
  return { ...figures, domainsUsed: view?.domainsUsed ?? null };
}
