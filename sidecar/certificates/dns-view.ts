import type { DnsRecordView, DnsView } from "../reconcile/ports";
import type { CaaAnswer, DnsAnswer } from "../reconcile/probes";
import { isOurs, proxyNetworkOf } from "./addresses";
import { hostIn, type Place, type RecordFacts } from "./dns-findings";

export interface DnsViewFacts extends RecordFacts {
  name: string;
  dns: DnsAnswer;
  place: Place;
  /** Null where it was not asked. */
  caa: CaaAnswer | null;
  /** Whether the name reaches the network, though not every address is ours; null where that is not known. */
  reaches: boolean | null;
  /** What was found before: a zone that is not asked for anew stays known, and so does the rest where DNS is away. */
  before: DnsView | null;
  now: number;
}

/** The records of a name: what is there, and what has to be there. Pure. */
export function dnsView(facts: DnsViewFacts): DnsView {
  const { name, dns, zone, caa, before, now } = facts;
  const known =
    zone?.kind === "zone"
      ? zone
      : {
          zone: before?.zone ?? null,
          registered: before?.registered ?? true,
          provider: before?.provider ?? null,
        };
  const host = hostIn(name, known.zone);
  const records =
    dns.kind === "unanswered"
      ? (before?.records ?? [])
      : [
          ...aliasRows(facts, host),
          ...addressRows(facts, host),
          ...caaRows(caa, known.zone),
        ];
  return {
    zone: known.zone,
    registered: known.registered,
    provider: known.provider,
    checkedAt: now,
    records,
  };
}

/** A CNAME that leads here may stay; one that does not, or that stands at the zone itself, has to go. */
function aliasRows(facts: DnsViewFacts, host: string): DnsRecordView[] {
  const { alias } = facts;
  const target = alias?.kind === "alias" ? alias.target : null;
  if (target === null) return [];
  const ok = isRight(facts);
  return [
    { type: "CNAME", host, expected: ok ? target : null, found: [target], ok },
  ];
}

function isRight({ dns, place, reaches }: DnsViewFacts): boolean {
  return (
    dns.kind === "answer" &&
    (reaches === true ||
      [...dns.addresses, ...dns.ipv6].every(
        (address) => place.ours.length === 0 || isOurs(address, place.ours),
      ))
  );
}

function addressRows(facts: DnsViewFacts, host: string): DnsRecordView[] {
  const { dns, place, alias } = facts;
  const found = dns.kind === "answer" ? dns : { addresses: [], ipv6: [] };
  const isAliased = alias?.kind === "alias" && alias.target !== null;
  // What an alias leads to is nothing that its owner enters.
  if (isAliased) {
    if (isRight(facts) || place.ipv4 === null) return [];
    return [{ type: "A", host, expected: place.ipv4, found: [], ok: false }];
  }
  const isGood = (address: string): boolean =>
    facts.reaches === true ||
    place.ours.length === 0 ||
    isOurs(address, place.ours) ||
    (facts.reaches !== false && proxyNetworkOf(address) !== null);
  return [
    ...rowsOf("A", host, found.addresses, isGood, place.ipv4),
    // An AAAA record is never needed beside an A record that is right.
    ...(found.ipv6.length === 0 && place.ipv4 !== null
      ? []
      : rowsOf("AAAA", host, found.ipv6, isGood, place.ipv6)),
  ];
}

/** One row for what is right, one for what is wrong: to be changed where nothing is right yet, else to be deleted. */
function rowsOf(
  type: "A" | "AAAA",
  host: string,
  found: readonly string[],
  isGood: (address: string) => boolean,
  expected: string | null,
): DnsRecordView[] {
  const right = found.filter(isGood);
  const wrong = found.filter((address) => !isGood(address));
  const rows: DnsRecordView[] = [];
  if (right.length > 0)
    rows.push({
      type,
      host,
      expected:
        expected !== null && right.includes(expected)
          ? expected
          : right.join(", "),
      found: right,
      ok: true,
    });
  if (wrong.length > 0)
    rows.push({
      type,
      host,
      expected: right.length > 0 ? null : expected,
      found: wrong,
      ok: false,
    });
  if (found.length === 0 && expected !== null)
    rows.push({ type, host, expected, found: [], ok: false });
  return rows;
}

function caaRows(caa: CaaAnswer | null, zone: string | null): DnsRecordView[] {
  if (caa?.kind !== "caa" || !caa.forbids || caa.at === null) return [];
  return [
    {
      type: "CAA",
      host: hostIn(caa.at, zone),
      expected: '0 issue "letsencrypt.org"',
      found: caa.values,
      ok: false,
    },
  ];
}
