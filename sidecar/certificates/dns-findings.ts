import { isIPv6 } from "node:net";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { AliasAnswer, DnsAnswer, ZoneAnswer } from "../reconcile/probes";
import { isOurs, proxyNetworkOf } from "./addresses";

/** A reason with what fills its text. */
export interface Finding {
  reason: ReasonCode;
  params: ReasonParams;
}

/** Where names have to lead. */
export interface Place {
  /** The app's server, as ServerPilot knows it; null where it does not. */
  server: string | null;
  /** Every address that leads to the network; empty where none is known, and then no address counts as wrong. */
  ours: readonly string[];
  /** What people are to put into A and AAAA records; null where there is none. */
  ipv4: string | null;
  ipv6: string | null;
}

/** Where a name leads, judged by its addresses alone. `found` are the wrong ones, or where its CNAME leads to. */
export type Where =
  | { kind: "here" }
  | { kind: "proxied"; network: string }
  | { kind: "unanswered"; detail: string }
  | { kind: "missing" }
  | { kind: "elsewhere"; found: readonly string[] }
  /** Some of its IPv4 addresses are right. */
  | { kind: "partly"; found: readonly string[] }
  /** Its IPv4 addresses are right, an IPv6 address is not. */
  | { kind: "ipv6"; found: readonly string[] };

export function whereOf(dns: DnsAnswer, ours: readonly string[]): Where {
  if (dns.kind === "unanswered")
    return { kind: "unanswered", detail: dns.detail };
  if (dns.kind === "missing")
    return dns.cname === null
      ? { kind: "missing" }
      : { kind: "elsewhere", found: [dns.cname] };
  const isWrong = (address: string): boolean =>
    ours.length > 0 &&
    !isOurs(address, ours) &&
    proxyNetworkOf(address) === null;
  const wrong4 = dns.addresses.filter(isWrong);
  const wrong6 = dns.ipv6.filter(isWrong);
  const found = [...wrong4, ...wrong6];
  const right4 = dns.addresses.length - wrong4.length;
  if (wrong4.length > 0)
    return right4 > 0
      ? { kind: "partly", found }
      : { kind: "elsewhere", found: [...dns.addresses, ...wrong6] };
  if (wrong6.length > 0)
    return { kind: right4 > 0 ? "ipv6" : "elsewhere", found };
  const network = [...dns.addresses, ...dns.ipv6]
    .map(proxyNetworkOf)
    .find((proxy) => proxy !== null);
  return network == null ? { kind: "here" } : { kind: "proxied", network };
}

/** What is known of a name's records besides its addresses; null where that could not be asked. */
export interface RecordFacts {
  zone: ZoneAnswer | null;
  alias: AliasAnswer | null;
}

/** As many as a person may have to delete: each wrong record is named. */
const SHOWN_ADDRESSES = 10;
const LONGEST_FINGERPRINT = 190;

/** What is wrong about where a name leads, with the record that it is about; null where it leads here or to a proxy. */
export function dnsFinding(
  name: string,
  where: Where,
  place: Place,
  { zone, alias }: RecordFacts,
): Finding | null {
  const expected = place.ipv4 ?? place.ipv6 ?? "?";
  const host = hostIn(name, zone?.kind === "zone" ? zone.zone : null);
  switch (where.kind) {
    case "here":
    case "proxied":
      return null;
    case "unanswered":
      return {
        reason: "dns-unanswered",
        params: { name, detail: where.detail },
      };
    case "missing":
      return zone?.kind === "zone" && !zone.registered
        ? { reason: "dns-not-registered", params: { name, zone: zone.zone } }
        : { reason: "dns-missing", params: { name, host, expected } };
    case "elsewhere": {
      const target = alias?.kind === "alias" ? alias.target : null;
      if (target !== null && zone?.kind === "zone" && zone.zone === name)
        return {
          reason: "dns-apex-cname",
          params: { name, host, found: target, expected },
        };
      const found = shown(where.found);
      return {
        reason: "dns-elsewhere",
        params: { name, host, found, expected },
      };
    }
    case "partly":
      return {
        reason: "dns-partly-elsewhere",
        params: { name, host, found: shown(where.found), expected },
      };
    case "ipv6":
      return {
        reason: "dns-ipv6-elsewhere",
        params: { name, host, found: shown(where.found) },
      };
  }
}

/** A name as its zone's owner enters it: `@` for the zone itself, `www` for `www.example.com`. */
export function hostIn(name: string, zone: string | null): string {
  if (zone === null) return name;
  if (name === zone) return "@";
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name;
}

/** The words for it are those that 0.1.0 has kept, so that an update is no change of DNS. */
const MEANINGS: Readonly<Record<Where["kind"], string>> = {
  here: "dns-right",
  proxied: "dns-proxied",
  unanswered: "dns-unanswered",
  missing: "dns-missing",
  elsewhere: "dns-elsewhere",
  partly: "dns-elsewhere",
  ipv6: "dns-ipv6-elsewhere",
};

/** What a check remembers of a DNS answer, to notice a change; null where there was no answer to remember. */
export function dnsFingerprint(
  dns: DnsAnswer,
  ours: readonly string[],
): string | null {
  if (dns.kind === "unanswered") return null;
  const seen =
    dns.kind === "answer"
      ? [...dns.addresses, ...dns.ipv6].sort()
      : [dns.cname ?? "-"];
  return [MEANINGS[whereOf(dns, ours).kind], ...seen]
    .join(" ")
    .slice(0, LONGEST_FINGERPRINT);
}

/** What a fingerprint means, without its addresses: names that rotate through foreign addresses have not moved. */
export function meaningOf(fingerprint: string): string {
  return fingerprint.split(" ", 1)[0] ?? "";
}

/** Whether two fingerprints differ in what they mean. */
export function meansChange(before: string | null, after: string): boolean {
  return before === null || meaningOf(before) !== meaningOf(after);
}

/** The first address of a kind, to be put into a record. */
export function firstOfKind(
  addresses: readonly string[],
  kind: "ipv4" | "ipv6",
): string | null {
  return (
    addresses.find((address) => isIPv6(address) === (kind === "ipv6")) ?? null
  );
}

function shown(addresses: readonly string[]): string {
  const all = [...addresses].sort();
  const rest = all.length > SHOWN_ADDRESSES ? " …" : "";
  return all.slice(0, SHOWN_ADDRESSES).join(", ") + rest;
}
