import { normaliseHostname } from "./hostnames";
import type { BlockedName, Mapping, NameKind, NetworkSnapshot } from "./ports";

/** The network admin's choices, as the plugin registered them. */
export interface PolicySettings {
  /** UM's setting `auto_create_www_subdomain`. */
  wwwPolicy: "always" | "main_only" | "never";
  /** UM's filter `wu_multi_part_tlds`: suffixes such as `.co.uk` under which three parts are a main domain. */
  multiPartTlds: readonly string[];
  /** Answers of the filter `domain_bridge_www`, by mapped name. */
  wwwOverrides: Readonly<Record<string, boolean>>;
  /** Names that the filter `domain_bridge_exclude_mapping` leaves out. */
  excluded: readonly string[];
  /** WordPress's id of the network; null: the only one there is. */
  networkId: number | null;
}

export interface WantedName {
  name: string;
  kind: NameKind;
  siteId: number;
  /** Lower goes first when the app has no room for all. */
  rank: number;
  /** Older goes first within a rank: milliseconds since the epoch, or 0 where unknown. */
  age: number;
}

export interface Wanted {
  /** Without repeats, in the order in which new names go to the end of the app's list. */
  names: WantedName[];
  blocked: BlockedName[];
  /** The network's own domain: neither added nor removed, whoever asks. */
  networkDomain: string | null;
}

/** Sites come last: a network of thousands of them must not take the room that customers' own domains need. */
const RANK = { primary: 0, mapping: 1, www: 2, site: 3 } as const;

/**
 * What the network wants on the app: every mapping whatever its stage (an inactive one could never become active
 * otherwise), its `www.`, and the network's subdomain sites. One bad name blocks itself, never the rest.
 */
export function wantedNames(
  snapshot: NetworkSnapshot,
  settings: PolicySettings,
): Wanted {
  const own = normaliseHostname(snapshot.networkDomain);
  const networkDomain = own.ok ? own.name : null;
  const excluded = new Set(settings.excluded);
  const wanted = new Map<string, WantedName>();
  const blocked = new Map<string, BlockedName>();

  const want = (
    raw: string,
    kind: NameKind,
    rank: number,
    siteId: number,
    age: number,
  ): string | null => {
    const hostname = normaliseHostname(raw);
    if (!hostname.ok) {
      const { reason, params } = hostname;
      if (!blocked.has(raw))
        blocked.set(raw, { name: raw, reason, params, siteId });
      return null;
    }
    const { name } = hostname;
    if (name === networkDomain || excluded.has(name)) return null;
    const known = wanted.get(name);
    // UM's table may hold a name twice; the more important claim counts. A Map keeps the first one's place.
    if (!known || rank < known.rank)
      wanted.set(name, { name, kind, siteId, rank, age });
    return name;
  };

  for (const mapping of snapshot.mappings) {
    if (!mapping.siteExists) continue;
    const { domain, siteId } = mapping;
    const age = mapping.createdAt ?? 0;
    const name = want(domain, "mapping", rankOf(mapping), siteId, age);
    if (name !== null && wantsWww(name, networkDomain, settings))
      want(`www.${name}`, "www", RANK.www, siteId, age);
  }
  for (const { domain, siteId } of snapshot.sites)
    want(domain, "site", RANK.site, siteId, 0);
  return {
    names: [...wanted.values()],
    blocked: [...blocked.values()],
    networkDomain,
  };
}

function rankOf(mapping: Mapping): number {
  return mapping.primary ? RANK.primary : RANK.mapping;
}

/**
 * Whether a mapped name is wanted with `www.` as well. Names below the network's own domain, with or without its
 * `www.`, never are by themselves: nobody types `www.shop.network.example`.
 *
 * Source: UM 2.4.13, `Domain_Manager::should_create_www_subdomain()` and `is_main_domain()`.
 */
function wantsWww(
  name: string,
  networkDomain: string | null,
  settings: PolicySettings,
): boolean {
  if (name.startsWith("www.")) return false;
  const override = Object.hasOwn(settings.wwwOverrides, name)
    ? settings.wwwOverrides[name]
    : undefined;
  if (override !== undefined) return override;
  if (networkDomain !== null && isBelow(name, networkDomain)) return false;
  switch (settings.wwwPolicy) {
    case "never":
      return false;
    case "always":
      return true;
    case "main_only":
      return isMainDomain(name, settings.multiPartTlds);
  }
}

function isBelow(name: string, networkDomain: string): boolean {
  const apex = networkDomain.replace(/^www\./, "");
  return name === apex || name.endsWith(`.${apex}`);
}

function isMainDomain(name: string, multiPartTlds: readonly string[]): boolean {
  const parts = name.split(".");
  if (parts.length <= 2) return true;
  return (
    parts.length === 3 &&
    multiPartTlds.includes(`.${parts.slice(-2).join(".")}`)
  );
}
