import { type Pool, type RowDataPacket, escapeId } from "mysql2/promise";
import { runStatement } from "./pool";
import { toDatabaseError } from "./errors";
import { PermanentError } from "../errors";
import type { NetworkSnapshot, Source } from "../reconcile/ports";

export interface MysqlSourceOptions {
  pool: Pool;
  /** WordPress's base prefix, such as `wp_`. */
  prefix: string;
}

type Row = Readonly<Record<string, unknown>>;

/** UM's stages of a mapping that has no certificate yet, or none after all of UM's tries. */
const STAGES_WITHOUT_CERTIFICATE = new Set(["checking-ssl-cert", "ssl-failed"]);

/** Reads a network from WordPress's database: UM's mappings, WordPress's sites and the network's own domain. */
export function createMysqlSource(options: MysqlSourceOptions): Source {
  const { pool, prefix } = options;
  const table = createMappingTable(pool, prefix);
  return {
    read: (networkId) =>
      table.with(async (mappings) => {
        const parts = partsOf(prefix, networkId, mappings);
        return snapshotOf(await readParts(pool, parts), networkId);
      }),
  };
}

/** One of the SELECTs that make up a network; all have the same columns. */
interface Part {
  table: string;
  sql: string;
  values: readonly (number | null)[];
}

function partsOf(
  prefix: string,
  networkId: number | null,
  mappings: string,
): Part[] {
  const [site, blogs] = [`${prefix}site`, `${prefix}blogs`];
  const from = (table: string): string => escapeId(table, true);
  // Where nobody says which network it is, it is the only one: its id need not be 1.
  const network = `COALESCE(?, (SELECT IF(COUNT(*) = 1, MIN(id), 1) FROM ${from(site)}))`;
  return [
    {
      table: site,
      sql: `SELECT 'network' AS part, id, 0 AS siteId, ${name("domain")} AS domain, 0 AS isPrimary, NULL AS created,
                   1 AS siteExists, NULL AS stage
              FROM ${from(site)} WHERE id = ${network}`,
      values: [networkId],
    },
    {
      table: mappings,
      sql: `SELECT 'mapping', m.id, m.blog_id, ${name("m.domain")}, m.primary_domain, CAST(m.date_created AS CHAR),
                   b.blog_id IS NOT NULL, CAST(m.stage AS CHAR)
              FROM ${from(mappings)} m LEFT JOIN ${from(blogs)} b ON b.blog_id = m.blog_id`,
      values: [],
    },
    {
      table: blogs,
      sql: `SELECT 'site', blog_id, blog_id, ${name("domain")}, 0, NULL, 1, NULL FROM ${from(blogs)} WHERE site_id = ${network}`,
      values: [networkId],
    },
  ];
}

/** Tables of one network may have come with different collations, which a UNION refuses to mix. */
function name(column: string): string {
  return `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`;
}

/** All in one statement, which sees the database as it is at one moment. */
async function readParts(pool: Pool, parts: readonly Part[]): Promise<Row[]> {
  try {
    return await select(
      pool,
      parts.map(({ sql }) => sql).join(" UNION ALL "),
      parts.flatMap(({ values }) => values),
    );
  } catch (error) {
    // A database that is away or busy is so for each of them.
    if (!(error instanceof PermanentError)) throw error;
    // Each by itself tells which table it is that cannot be read.
    for (const { table, sql, values } of parts)
      await select(pool, `${sql} LIMIT 0`, values, table);
    throw error;
  }
}

/** @throws PermanentError `network-unknown` */
function snapshotOf(
  rows: readonly Row[],
  networkId: number | null,
): NetworkSnapshot {
  const of = (part: string): Row[] =>
    rows
      .filter((row) => row["part"] === part)
      .sort((one, other) => Number(one["id"]) - Number(other["id"]));
  const [network] = of("network");
  if (network === undefined) {
    // Without the network's own domain nothing could be kept from removing it.
    throw new PermanentError("network-unknown", { network: networkId ?? 1 });
  }
  return {
    networkDomain: text(network["domain"]),
    mappings: of("mapping").map((row) => ({
      id: Number(row["id"]),
      siteId: Number(row["siteId"]),
      domain: text(row["domain"]),
      primary: Number(row["isPrimary"]) === 1,
      createdAt: utcTime(row["created"]),
      siteExists: Number(row["siteExists"]) === 1,
      lacksCertificate: STAGES_WITHOUT_CERTIFICATE.has(text(row["stage"])),
      stage: text(row["stage"]),
    })),
    sites: of("site").map((row) => ({
      siteId: Number(row["siteId"]),
      domain: text(row["domain"]),
    })),
  };
}

/**
 * UM 2.4's table is `wu_domain_mappings`; `wu_domain` is looked for where that does not exist. Where neither does, the
 * SELECT on the first one finds the database's own words for it. That UM 2.4's is there is remembered until a read fails.
 */
function createMappingTable(pool: Pool, prefix: string) {
  const current = `${prefix}wu_domain_mappings`;
  const other = `${prefix}wu_domain`;
  let isThere = false;
  return {
    async with<T>(read: (table: string) => Promise<T>): Promise<T> {
      if (isThere) {
        try {
          return await read(current);
        } catch {
          isThere = false;
        }
      }
      const table = await findTable(pool, current, other);
      const result = await read(table);
      isThere = table === current;
      return result;
    },
  };
}

async function findTable(
  pool: Pool,
  current: string,
  other: string,
): Promise<string> {
  // Asked for by catalogue: an account with grants for single tables is denied, not told, that a table does not exist.
  const rows = await select(
    pool,
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN (?, ?)`,
    [current, other],
  );
  const names = rows.map((row) => text(row["name"]).toLowerCase());
  return !names.includes(current.toLowerCase()) &&
    names.includes(other.toLowerCase())
    ? other
    : current;
}

async function select(
  pool: Pool,
  sql: string,
  values: readonly (string | number | null)[] = [],
  table?: string,
): Promise<Row[]> {
  try {
    return await runStatement<RowDataPacket[]>(pool, sql, values);
  } catch (error) {
    throw toDatabaseError(error, table === undefined ? {} : { table });
  }
}

/** UM keeps UTC as `YYYY-MM-DD hh:mm:ss`, and nothing or zeros where it has no date. */
function utcTime(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const time = Date.parse(`${value.replace(" ", "T")}Z`);
  return Number.isNaN(time) ? null : time;
}

/** Every column that is read as text is a string for the driver; anything else would be no name. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
