import type { RowDataPacket } from "mysql2/promise";
import type { NameRecord } from "../reconcile/ports";

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
