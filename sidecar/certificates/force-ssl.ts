import { isIP } from "node:net";
import type { AppState, NameRecord } from "../reconcile/ports";
import type { DnsAnswer } from "../reconcile/probes";
import { proxyNetworkOf } from "./addresses";
import { type Finding, meaningOf } from "./dns-findings";
import type { CertificateMemory } from "./memory";

export interface ForceFacts {
  app: AppState;
  /** The network's names on the app, as they stand after the round. */
  records: readonly NameRecord[];
  /** What DNS says of the other names on the app. */
  others: ReadonlyMap<string, DnsAnswer>;
  /** The network admin has chosen ForceSSL for names behind a proxy as well. */
  allowsProxies: boolean;
}

const SHOWN_NAMES = 3;

export interface ForceRequest {
  world: { app: AppState | null; memory: CertificateMemory };
  settings: { forceSsl: boolean; forceSslProxied: boolean };
  records: readonly NameRecord[];
  lookUp(name: string): Promise<DnsAnswer>;
  force(): Promise<void>;
}

/** Turns ForceSSL on where it is wanted and safe; else gives why it is not on. */
export async function holdOrForce(
  request: ForceRequest,
): Promise<Finding | null> {
  const { world, settings, records } = request;
  const { app, memory } = world;
  if (!settings.forceSsl) return null;
  if (app === null || app.sslUnreadable) return memory.forceHeld;
  if (app.ssl?.force === true) return null;
  if (app.ssl?.auto !== true)
    return { reason: "force-ssl-without-autossl", params: {} };
  const allowsProxies = settings.forceSslProxied;
  const facts = { app, records, others: new Map<string, DnsAnswer>() };
  const held = forceHeld({ ...facts, allowsProxies });
  if (held !== null) return held;
  if (!allowsProxies) {
    const ask = async (name: string): Promise<void> => {
      facts.others.set(name, await request.lookUp(name));
    };
    await Promise.all(otherNames(app, records).map(ask));
    const proxied = forceHeld({ ...facts, allowsProxies });
    if (proxied !== null) return proxied;
  }
  await request.force();
  return null;
}

/** The names on the app that are not the network's, without wildcards and addresses, which have no DNS of their own. */
function otherNames(
  { domains }: AppState,
  records: readonly NameRecord[],
): string[] {
  const own = new Set(records.map(({ name }) => name));
  return domains.filter(
    (name) => !own.has(name) && !name.startsWith("*") && isIP(name) === 0,
  );
}

/**
 * Why ForceSSL must not be turned on yet; null where nothing speaks against it. It redirects every name of the app: one
 * without a certificate breaks, and one behind a proxy that talks HTTP to the server (Cloudflare's "Flexible") is
 * redirected for ever. Pure.
 */
export function forceHeld(facts: ForceFacts): Finding | null {
  const { app, records, others, allowsProxies } = facts;
  const waiting = records.filter(({ state }) => state !== "secure");
  if (waiting.length > 0)
    return {
      reason: "force-ssl-waiting",
      params: named(waiting.map(({ name }) => name)),
    };
  const covered = new Set(app.autossl?.domains);
  for (const { name } of records) covered.add(name);
  const foreign = app.domains.filter((name) => !covered.has(name));
  if (foreign.length > 0)
    return { reason: "force-ssl-foreign", params: named(foreign) };
  if (allowsProxies) return null;
  const proxied = [
    ...records.filter(isProxied).map(({ name }) => name),
    ...[...others].filter(([, dns]) => hasProxy(dns)).map(([name]) => name),
  ];
  return proxied.length > 0
    ? { reason: "force-ssl-proxied", params: named(proxied) }
    : null;
}

/** A name that is secure although its addresses are not ours is reached through a proxy too. */
function isProxied({ dnsSeen }: NameRecord): boolean {
  return dnsSeen !== null && meaningOf(dnsSeen) !== "dns-right";
}

function hasProxy(dns: DnsAnswer): boolean {
  return (
    dns.kind === "answer" &&
    [...dns.addresses, ...dns.ipv6].some(
      (address) => proxyNetworkOf(address) !== null,
    )
  );
}

function named(names: readonly string[]): { count: number; names: string } {
  const shown = [...names].sort().slice(0, SHOWN_NAMES);
  const rest = names.length > shown.length ? " …" : "";
  return { count: names.length, names: shown.join(", ") + rest };
}
