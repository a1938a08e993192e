/** The sidecar's own tables, without prefix; each is `{base_prefix}domain_bridge_{name}` in the network's own database. */
export const tableNames = [
  "migrations",
  "registration",
  "names",
  "passes",
  "removals",
  "outbox",
  "requests",
  "state",
] as const;

type TableName = (typeof tableNames)[number];

export type Tables = Readonly<Record<TableName, string>>;

/** Full names for a table prefix such as `wp_`, quoted for SQL. The prefix was checked by the configuration. */
export function tablesFor(prefix: string): Tables {
  return Object.fromEntries(
    tableNames.map((name) => [name, `\`${prefix}domain_bridge_${name}\``]),
  ) as Record<TableName, string>;
}
