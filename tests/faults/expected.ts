import type { MariaDb } from "../stack/mariadb";

/** What must be on the app, worked out from the tables by rules written a second time, and no I/O of the sidecar's. */
export interface Expected {
  /** Mappings whose site exists, by name. */
  readonly mapped: readonly string[];
  /** All wanted names: mappings, their `www.`, sites. */
  readonly names: ReadonlySet<string>;
}

export async function expectedNames(
  mariadb: MariaDb,
  wwwPolicy: string,
): Promise<Expected> {
  const mappings = await mariadb.rows<{ domain: string }>(
    "SELECT m.domain FROM wp_wu_domain_mappings m JOIN wp_blogs b ON b.blog_id = m.blog_id",
    [],
    "wordpress",
  );
  const sites = await mariadb.rows<{ domain: string }>(
    "SELECT domain FROM wp_blogs WHERE blog_id > 1",
    [],
    "wordpress",
  );
  // UM's double and the soak write only names that are good as they are, and bad ones with an underscore.
  const mapped = [...new Set(mappings.map(({ domain }) => domain))].filter(
    (name) => !name.includes("_"),
  );
  const names = new Set(mapped);
  for (const name of mapped) {
    const isMain = name.split(".").length === 2;
    const wanted =
      wwwPolicy === "always" || (wwwPolicy === "main_only" && isMain);
    if (wanted && !name.endsWith(".bridge.localhost")) names.add(`www.${name}`);
  }
  for (const { domain } of sites) names.add(domain.replace(/:\d+$/, ""));
  return { mapped, names };
}
