import type { JournalEntry } from "../../stack/serverpilot/journal";

/** Calls to ServerPilot by what they are for. */
export interface Calls {
  listReads: number;
  listWrites: number;
  sslWrites: number;
  /** Questions how an action stands, and who the server is. */
  apart: number;
}

export function countCalls(journal: readonly JournalEntry[]): Calls {
  const calls = { listReads: 0, listWrites: 0, sslWrites: 0, apart: 0 };
  for (const { method, path } of journal) {
    if (/^\/apps\/[^/]+\/ssl$/.test(path)) calls.sslWrites += 1;
    else if (!path.startsWith("/apps/")) calls.apart += 1;
    else if (method === "GET") calls.listReads += 1;
    else calls.listWrites += 1;
  }
  return calls;
}

/** Reads and writes, without polls. */
export function mainCalls({ listReads, listWrites, sslWrites }: Calls): number {
  return listReads + listWrites + sslWrites;
}
