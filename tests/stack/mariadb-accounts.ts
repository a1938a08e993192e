import type { Connection, RowDataPacket } from "mysql2/promise";
import { tableNames } from "../../sidecar/mysql/schema";

/** An account of a database. */
export interface Account {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Tables of WordPress and UM that the sidecar reads. */
const read = ["wu_domain_mappings", "wu_domain", "blogs", "site"];

/** MariaDB's grants have no wildcards for tables. */
const own = tableNames.map((name) => `domain_bridge_${name}`);

/**
 * Makes the sidecar's account: it reads the tables named above as far as they are there, and owns its own, which it
 * creates itself. The README's grants for a real server are these.
 */
export async function grantSidecar(
  connection: Connection,
  database: string,
  prefix: string,
): Promise<Account> {
  const account = {
    user: `${database}_sidecar`.slice(0, 32),
    password: "sidecar-password",
    database,
  };
  const who = `'${account.user}'@'%'`;
  await connection.query(
    `CREATE USER IF NOT EXISTS ${who} IDENTIFIED BY '${account.password}'`,
  );
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?",
    [database],
  );
  const there = new Set(tables.map((row) => String(row["name"])));
  for (const table of read
    .map((name) => prefix + name)
    .filter((name) => there.has(name))) {
    await connection.query(
      `GRANT SELECT ON \`${database}\`.\`${table}\` TO ${who}`,
    );
  }
  for (const table of own.map((name) => prefix + name)) {
    await connection.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON \`${database}\`.\`${table}\` TO ${who}`,
    );
  }
  return account;
}
