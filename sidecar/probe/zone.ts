import { getDomain } from "tldts-icann";

import type { Unanswered, ZoneAnswer } from "../reconcile/probes";
import { unanswered, type Ask, type Put } from "./resolver";

/** What one level says: a zone begins here, or does not. */
type Level =
  { kind: "zone"; nameServers: string[] } | { kind: "none"; exists: boolean };

/**
 * Finds the zone of a name by asking for name servers at the name and at each ancestor up to the registrable domain,
 * which the list of public suffixes tells.
 */
export async function askZone(ask: Ask, name: string): Promise<ZoneAnswer> {
  const registrable = getDomain(name);
  if (registrable === null) return unanswered("not below a public suffix");
  let exists = false;
  for (const zone of ancestors(name)) {
    const level = await ask((put) => levelOf(put, zone));
    if (level.kind === "unanswered") return level;
    // Old name servers deny a name that has others below it, so what was seen below counts.
    exists ||= level.kind === "zone" || level.exists;
    const nameServers = level.kind === "zone" ? level.nameServers : [];
    if (level.kind === "zone" || zone === registrable) {
      return {
        kind: "zone",
        zone,
        registered: exists,
        nameServers,
        provider: dnsProviderOf(nameServers),
      };
    }
  }
  return unanswered("not below its registrable domain");
}

/** A name, its parent, and so on; the top-level domain is last. */
export function ancestors(name: string): string[] {
  const labels = name.toLowerCase().split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}

/** An alias is never where a zone begins, but resolvers answer with the name servers of what it leads to. */
async function levelOf(put: Put, name: string): Promise<Level | Unanswered> {
  const servers = await put((resolver) => resolver.resolveNs(name));
  if (servers.kind === "unanswered") return servers;
  if (servers.kind === "nothing")
    return { kind: "none", exists: servers.exists };
  const alias = await put((resolver) => resolver.resolveCname(name));
  if (alias.kind === "unanswered") return alias;
  if (alias.kind === "records") return { kind: "none", exists: true };
  const nameServers = servers.records.map((server) => server.toLowerCase());
  return { kind: "zone", nameServers: nameServers.sort() };
}

/** How the name servers of well-known DNS providers are called. */
const providers: readonly [RegExp, string][] = [
  [/\.ns\.cloudflare\.com$/, "Cloudflare"],
  [/\.domaincontrol\.com$/, "GoDaddy"],
  [/\.(registrar-servers|namecheaphosting)\.com$/, "Namecheap"],
  [/\.awsdns-\d+\.(com|net|org|co\.uk)$/, "AWS Route 53"],
  [/\.azure-dns\.(com|net|org|info)$/, "Azure DNS"],
  // Domains that Squarespace took over from Google kept their name servers.
  [/\.googledomains\.com$/, "Google or Squarespace"],
  [/\.squarespacedns\.com$/, "Squarespace"],
  [/\.wixdns\.net$/, "Wix"],
  [/\.wordpress\.com$/, "WordPress.com"],
  [/\.vercel-dns\.com$/, "Vercel"],
  [/\.nsone\.net$/, "NS1 or Netlify"],
  [/\.digitalocean\.com$/, "DigitalOcean"],
  [/\.linode\.com$/, "Akamai (Linode)"],
  [/\.vultr\.com$/, "Vultr"],
  [/\.ns\.hetzner\.(com|de)$|\.(first|second)-ns\.(com|de)$/, "Hetzner"],
  [/\.ui-dns\.(com|org|de|biz)$/, "IONOS"],
  [/\.(ovh\.net|ovh\.ca|anycast\.me)$/, "OVHcloud"],
  [/\.gandi\.net$/, "Gandi"],
  [/\.(dns-parking|hostinger)\.com$/, "Hostinger"],
  [/\.bluehost\.com$/, "Bluehost"],
  [/\.hostgator\.com$/, "HostGator"],
  [/\.dreamhost\.com$/, "DreamHost"],
  [/\.siteground\.(com|net)$/, "SiteGround"],
  [/\.porkbun\.com$/, "Porkbun"],
  [/\.dynadot\.com$/, "Dynadot"],
  [/\.name\.com$/, "Name.com"],
  [/\.worldnic\.com$/, "Network Solutions"],
  [/\.(dnsimple|dnsimple-edge)\.(com|net|org)$/, "DNSimple"],
  [/\.(hichina|alidns)\.com$/, "Alibaba Cloud"],
  [/\.dnspod\.(com|net)$/, "DNSPod"],
  [/\.exabytes\.(com|com\.my|my|sg|net|co\.id)$/, "Exabytes"],
  [/\.shinjiru\.(com|com\.my|net)$/, "Shinjiru"],
  [/\.serverfreak\.com$/, "ServerFreak"],
  [/\.niagahoster\.(com|co\.id)$/, "Niagahoster"],
  [/\.rumahweb\.(com|net|org|biz)$/, "Rumahweb"],
  [/\.domainesia\.(com|net)$/, "DomaiNesia"],
  [/\.dewaweb\.com$/, "Dewaweb"],
  [/\.idwebhost\.(com|id)$/, "IDwebhost"],
];

/** Who runs name servers, in readable words; null where they do not tell, or tell of several. */
export function dnsProviderOf(nameServers: readonly string[]): string | null {
  const found = new Set(
    nameServers.map(
      (server) =>
        providers.find(([pattern]) => pattern.test(`.${server}`))?.[1] ?? null,
    ),
  );
  return found.size === 1 ? ([...found][0] ?? null) : null;
}
