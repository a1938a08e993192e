import type { RowDataPacket } from "mysql2/promise";
import type { DnsView, NameRecord } from "../reconcile/ports";

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
  app_id: string | null;
  used: number | null;
  known_since: number | null;
  live_since: number | null;
  dns: string | null;
  history: string | null;
}

/** The columns that are written; `history` is read only where it is added to. */
const COLUMNS = [
  "name",
  "kind",
  "site_id",
  "owned",
  "state",
  "reason",
  "params",
  "tries",
  "tries_since",
  "next_try_at",
  "certificate_ends_at",
  "dns_seen",
  "changed_at",
  "app_id",
  "used",
  "known_since",
  "live_since",
  "dns",
] as const;

export const NAME_COLUMNS = COLUMNS.join(", ");

type Value = string | number | null;

/** The values of {@link NAME_COLUMNS}, in their order. */
export function nameValues(record: NameRecord): Value[] {
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
    record.appId,
    record.used ? 1 : 0,
    record.knownSince,
    record.liveSince,
    record.dns === null ? null : JSON.stringify(record.dns),
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
    appId: row.app_id,
    used: row.used === 1,
    // 0.1.0 kept neither; what was secure then was live.
    knownSince: row.known_since ?? row.changed_at,
    liveSince:
      row.live_since ?? (row.state === "secure" ? row.changed_at : null),
    dns: row.dns === null ? null : (JSON.parse(row.dns) as DnsView),
    changedAt: row.changed_at,
  };
}
