import { isIP } from "node:net";

import ipaddr, { type IPv4, type IPv6 } from "ipaddr.js";

import type { DnsAnswer } from "../reconcile/probes";

/**
 * Networks that stand in front of a server by design, from the lists that their operators publish
 * (Cloudflare "IP Ranges", Fastly "public-ip-list", Sucuri "firewall IPs").
 */
const published: Readonly<Record<string, string>> = {
  Cloudflare: `173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18
    190.93.240.0/20 188.114.96.0/20 197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14
    172.64.0.0/13 131.0.72.0/22 2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32
    2a06:98c0::/29 2c0f:f248::/32`,
  Fastly: `23.235.32.0/20 43.249.72.0/22 103.244.50.0/24 103.245.222.0/23 103.245.224.0/24 104.156.80.0/20
    140.248.64.0/18 140.248.128.0/17 146.75.0.0/17 151.101.0.0/16 157.52.64.0/18 167.82.0.0/17 167.82.128.0/20
    167.82.160.0/20 167.82.224.0/20 172.111.64.0/18 185.31.16.0/22 199.27.72.0/21 199.232.0.0/16 2a04:4e40::/32
    2a04:4e42::/32`,
  Sucuri: `192.88.134.0/23 185.93.228.0/22 66.248.200.0/22 208.109.0.0/22 2a02:fe80::/29`,
};

const ranges = Object.entries(published).map(([network, list]) => ({
  network,
  blocks: list.split(/\s+/).map((block) => ipaddr.parseCIDR(block)),
}));

/** The proxy network that an address belongs to, or null. */
export function proxyNetworkOf(address: string): string | null {
  if (isIP(address) === 0) return null;
  const ip = ipaddr.process(address);
  const found = ranges.find(({ blocks }) => isWithin(ip, blocks));
  return found?.network ?? null;
}

/** Whether two IP addresses are the same, however they are written. */
export function sameAddress(one: string, other: string): boolean {
  const address = canonical(one);
  return address !== null && address === canonical(other);
}

/** One way to write each address, an IPv4-mapped one as IPv4; null for what is no IP address. */
function canonical(address: string): string | null {
  return isIP(address) === 0 ? null : ipaddr.process(address).toString();
}

function isWithin(
  ip: IPv4 | IPv6,
  blocks: readonly [IPv4 | IPv6, number][],
): boolean {
  return blocks.some(
    ([block, bits]) =>
      block.kind() === ip.kind() && ip.match([block, bits] as never),
  );
}

/**
 * The addresses that a name may lead to, in canonical form and without repeats.
 *
 * @param known.server what ServerPilot says the app's server has.
 * @param known.configured the operator's `SERVER_ADDRESSES`: floating, second and load balancers' addresses.
 * @param known.networkDomain what the network's own domain resolves to: where the network itself is reached, its names
 *   are too. Not so the addresses of a proxy, which serves everybody, nor private ones, which the world cannot reach.
 */
export function ownAddresses(known: {
  server: readonly string[];
  configured: readonly string[];
  networkDomain: DnsAnswer | null;
}): readonly string[] {
  const resolved =
    known.networkDomain?.kind === "answer"
      ? [...known.networkDomain.addresses, ...known.networkDomain.ipv6]
      : [];
  const all = [
    ...known.server,
    ...known.configured,
    ...resolved.filter(
      (address) => proxyNetworkOf(address) === null && isPublic(address),
    ),
  ];
  return [...new Set(all.map(canonical).filter((address) => address !== null))];
}

/** Whether an address is among those that are ours, however either is written. */
export function isOurs(address: string, ours: readonly string[]): boolean {
  return ours.some((own) => sameAddress(own, address));
}

/** Ranges of ipaddr.js that are no part of the internet, or (6to4, NAT64, Teredo) may lead back into a private network. */
const closedRanges = new Set([
  "unspecified",
  "broadcast",
  "multicast",
  "linkLocal",
  "loopback",
  "carrierGradeNat",
  "private",
  "uniqueLocal",
  "deprecatedSiteLocal",
  "discard",
  "rfc6145",
  "rfc6052",
  "6to4",
  "teredo",
]);

/** What ipaddr.js calls reserved or public: IETF protocols with Oracle's metadata, benchmarks, class E, Azure's wire server, IPv4 inside IPv6. */
const closedBlocks = [
  "192.0.0.0/24",
  "198.18.0.0/15",
  "240.0.0.0/4",
  "168.63.129.16/32",
  "::/96",
].map((block) => ipaddr.parseCIDR(block));

/** Whether an IP address is of the public internet, so that connecting to it reveals nothing of a private network. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const ip = ipaddr.process(address);
  return !closedRanges.has(ip.range()) && !isWithin(ip, closedBlocks);
}
