import { isIPv6 } from "node:net";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { DnsAnswer } from "../reconcile/probes";
import { proxyNetworkOf, sameAddress } from "./addresses";

/** A reason with what fills its text. */
export interface Finding {
  reason: ReasonCode;
  params: ReasonParams;
}

const SHOWN_ADDRESSES = 3;
const LONGEST_FINGERPRINT = 190;

/**
 * What is wrong or remarkable about where a name points, or null where it points at the server.
 *
 * @param expected the server's address; null where ServerPilot does not know it, and then no address counts as wrong.
 */
export function dnsFinding(
  name: string,
  dns: DnsAnswer,
  expected: string | null,
): Finding | null {
  const should = expected ?? "?";
  if (dns.kind === "unanswered")
    return { reason: "dns-unanswered", params: { name, detail: dns.detail } };
  if (dns.kind === "missing") {
    return dns.cname === null
      ? { reason: "dns-missing", params: { name, expected: should } }
      : elsewhere([dns.cname]);
  }
  const all = [...dns.addresses, ...dns.ipv6];
  const proxy = all.map(proxyNetworkOf).find((network) => network !== null);
  if (expected !== null) {
    const foreign = (addresses: readonly string[]): string[] =>
      addresses.filter(
        (address) =>
          !sameAddress(address, expected) && proxyNetworkOf(address) === null,
      );
    // Where the server is known by an IPv6 address, its IPv4 address is not known and cannot be judged.
    const main = isIPv6(expected) ? dns.ipv6 : dns.addresses;
    if (main.length === 0 && proxy === undefined) return elsewhere(all);
    if (foreign(main).length > 0) return elsewhere(foreign(main));
    const ipv6 = foreign(dns.ipv6);
    if (ipv6.length > 0)
      return {
        reason: "dns-ipv6-elsewhere",
        params: { name, found: shown(ipv6) },
      };
  }
  return proxy === undefined
    ? null
    : { reason: "dns-proxied", params: { name, network: proxy } };

  function elsewhere(found: readonly string[]): Finding {
    return {
      reason: "dns-elsewhere",
      params: { name, found: shown(found), expected: should },
    };
  }
}

/** What a look remembers of a DNS answer, to notice a change; null where there was no answer to remember. */
export function dnsFingerprint(
  name: string,
  dns: DnsAnswer,
  expected: string | null,
): string | null {
  if (dns.kind === "unanswered") return null;
  const finding = dnsFinding(name, dns, expected)?.reason ?? "dns-right";
  const seen =
    dns.kind === "answer"
      ? [...dns.addresses, ...dns.ipv6].sort()
      : [dns.cname ?? "-"];
  return [finding, ...seen].join(" ").slice(0, LONGEST_FINGERPRINT);
}

/**
 * Whether two fingerprints differ in what they mean, not only in addresses: names that rotate through the addresses of
 * a foreign host would otherwise begin their tries again for ever.
 */
export function meansChange(before: string | null, after: string): boolean {
  return before?.split(" ", 1)[0] !== after.split(" ", 1)[0];
}

function shown(addresses: readonly string[]): string {
  return [...addresses].sort().slice(0, SHOWN_ADDRESSES).join(", ");
}
