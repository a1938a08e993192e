import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escape, type Connection, type RowDataPacket } from "mysql2/promise";
import { withFileLock } from "./file-lock";
import type { MariaDb } from "./mariadb";
import { runPhp } from "./php";
import { cacheDir, stackPhpDir } from "./places";

/**
 * Fills a database with a freshly installed network: from a dump that an earlier stack has left, or by installing it and
 * leaving one.
 */
export async function installNetwork(
  mariadb: MariaDb,
  database: string,
  root: string,
  prefix: string,
): Promise<void> {
  const key = createHash("sha256").update(prefix);
  for (const file of [
    join(stackPhpDir, "install.php"),
    join(stackPhpDir, "mu-plugin.php"),
    join(root, "wp-includes/version.php"),
  ]) {
    key.update(await readFile(file));
  }
  const dump = join(cacheDir, `network-${key.digest("hex").slice(0, 16)}.sql`);
  if (!existsSync(dump)) {
    await withFileLock(join(cacheDir, "network.lock"), async () => {
      if (existsSync(dump)) return;
      await runPhp(root, "install.php", "", {});
      const connection = await mariadb.connect(database);
      await writeWhole(dump, await dumpTables(connection));
      await connection.query(
        `DROP DATABASE \`${database}\`; CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`,
      );
      await connection.end();
    });
  }
  const connection = await mariadb.connect(database);
  await connection.query(await readFile(dump, "utf8"));
  await connection.end();
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** The tables with their rows as SQL; enough for WordPress's tables, which hold text and numbers. */
async function dumpTables(connection: Connection): Promise<string> {
  const statements: string[] = [];
  const [tables] = await connection.query<RowDataPacket[]>({
    sql: "SHOW TABLES",
    rowsAsArray: true,
  });
  for (const [table] of tables as unknown as string[][]) {
    if (table === undefined) continue;
    const [created] = await connection.query<RowDataPacket[]>(
      `SHOW CREATE TABLE \`${table}\``,
    );
    statements.push(String(created[0]?.["Create Table"]));
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `SELECT * FROM \`${table}\``,
      rowsAsArray: true,
      dateStrings: true,
    });
    for (const row of rows as unknown as (string | number | null)[][]) {
      statements.push(
        `INSERT INTO \`${table}\` VALUES (${row.map((value) => escape(value)).join(", ")})`,
      );
    }
  }
  // WordPress has dates of year 0, which the server's default mode refuses.
  return ["SET SESSION sql_mode = ''", ...statements].join(";\n");
}
