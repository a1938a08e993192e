import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2";
import type { Pool } from "mysql2/promise";
import { openPool, runStatement } from "../../sidecar/mysql/pool";
import { MariaDb } from "../stack/mariadb";
import { ensureParts } from "../stack/setup";

let dir: string;
let server: MariaDb;
let pool: Pool;

beforeAll(async () => {
  await ensureParts(["mariadb"]);
  dir = await mkdtemp(join(tmpdir(), "domain-bridge-database-"));
  server = await MariaDb.start({ dir });
  await server.createDatabase("statements");
  const { user, password } = await server.sidecarAccount("statements");
  pool = openPool({ host: server.address, name: "statements", user, password });
}, 120_000);

afterAll(async () => {
  await pool.end();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

const run = (sql: string, timeoutMs?: number) =>
  runStatement<RowDataPacket[]>(pool, sql, [], timeoutMs);

test("statements that are never answered fail in time and keep no connection from those that come after them", async () => {
  const hanging = Array.from({ length: 5 }, () => run("SELECT SLEEP(60)", 200));
  for (const result of await Promise.allSettled(hanging))
    expect(result).toMatchObject({
      status: "rejected",
      reason: { code: "PROTOCOL_SEQUENCE_TIMEOUT" },
    });
  expect(await run("SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a statement that the server refuses costs no connection", async () => {
  const refused = Array.from({ length: 5 }, () => run("SELECT nothing"));
  for (const result of await Promise.allSettled(refused))
    expect(result).toMatchObject({ reason: { code: "ER_BAD_FIELD_ERROR" } });
  expect(await run("SELECT 1 AS one")).toEqual([{ one: 1 }]);
});
