import type { NetworkSnapshot } from "../../../sidecar/reconcile/ports";

/** Everything that a plan is made from, small enough that a slow and obvious model can be asked as well. */
export interface Drawn {
  mappings: { domain: string; siteExists: boolean; primary: boolean }[];
  sites: string[];
  wwwPolicy: "always" | "main_only" | "never";
  overrides: Record<string, boolean>;
  excluded: string[];
  actual: string[];
  owned: string[];
}

export const NETWORK = "net.example";

/** The table of a drawn network, older mappings first. */
export function snapshotOf({ mappings, sites }: Drawn): NetworkSnapshot {
  return {
    networkDomain: NETWORK,
    mappings: mappings.map((mapping, index) => ({
      ...mapping,
      id: index + 1,
      siteId: 2,
      createdAt: index,
      lacksCertificate: false,
      stage: "checking-dns",
    })),
    sites: sites.map((domain, index) => ({ siteId: index + 3, domain })),
  };
}

/** What is wanted, by the words of the design: every mapping with its site, its `www.` by policy, the sites. */
export function wantedByModel(drawn: Drawn): Set<string> {
  const wanted = new Set<string>();
  const want = (name: string): boolean => {
    const good = name !== NETWORK && !drawn.excluded.includes(name);
    if (good) wanted.add(name);
    return good;
  };
  for (const { domain, siteExists } of drawn.mappings) {
    const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain);
    if (!siteExists || !isName || !want(domain)) continue;
    if (domain.startsWith("www.")) continue;
    const below = domain.endsWith(`.${NETWORK}`);
    const main = domain.split(".").length === 2;
    const byPolicy =
      !below &&
      (drawn.wwwPolicy === "always" ||
        (drawn.wwwPolicy === "main_only" && main));
    if (drawn.overrides[domain] ?? byPolicy) want(`www.${domain}`);
  }
  for (const domain of drawn.sites) want(domain);
  return wanted;
}

/** What the app's list must be afterwards, as a set, and what the ledger must own, row by row of the plan's table. */
export function outcomeByModel(drawn: Drawn): {
  list: Set<string>;
  owned: Set<string>;
} {
  const wanted = wantedByModel(drawn);
  const actual = new Set(drawn.actual);
  const before = new Set(drawn.owned);
  const list = new Set<string>();
  const owned = new Set<string>();
  for (const name of new Set([...wanted, ...actual, ...before])) {
    const isForeign = actual.has(name) && !before.has(name);
    if (wanted.has(name)) owned.add(name);
    if (wanted.has(name) || isForeign || (name === NETWORK && actual.has(name)))
      list.add(name);
  }
  return { list, owned };
}
