import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "mysql2/promise";
import { openPool } from "../../../sidecar/mysql/pool";
import { createMysqlSource } from "../../../sidecar/mysql/source";
import { MariaDb } from "../../stack/mariadb";
import type { Account } from "../../stack/mariadb-accounts";
import { ensureParts } from "../../stack/setup";
import { MAPPINGS, SCHEMA } from "./source-tables";

let dir: string;
let server: MariaDb;
let count = 0;
let database: string;
const pools: Pool[] = [];

const poolFor = (account: Account): Pool => {
  const { database: name, user, password } = account;
  const pool = openPool({ host: server.address, name, user, password });
  pools.push(pool);
  return pool;
};

const sql = (statements: string): Promise<number> =>
  server.run(statements, [], database);

/** A source with the sidecar's narrow account, whose grants cover the tables that are there now. */
const openSource = async () => {
  const pool = poolFor(await server.sidecarAccount(database));
  const source = createMysqlSource({ pool, prefix: "wp_" });
  return { pool, source };
};

beforeAll(async () => {
  await ensureParts(["mariadb"]);
  dir = await mkdtemp(join(tmpdir(), "domain-bridge-source-"));
  server = await MariaDb.start({ dir });
}, 600_000);

afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  database = `network_${++count}`;
  await server.createDatabase(database);
  await sql(`SET SESSION sql_mode = ''; ${SCHEMA} ${MAPPINGS}`);
});

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

describe("the source", () => {
  it("reads mappings of every stage, sites and the network's domain", async () => {
    const { source } = await openSource();
    expect(await source.read(null)).toEqual({
      networkDomain: "network.example:8080",
      mappings: [
        {
          id: 2,
          siteId: 3,
          domain: "shop.example",
          primary: true,
          createdAt: null,
          siteExists: true,
          lacksCertificate: false,
          stage: "done",
        },
        {
          id: 5,
          siteId: 99,
          domain: "orphan.example",
          primary: false,
          createdAt: null,
          siteExists: false,
          lacksCertificate: false,
          stage: "done",
        },
        {
          id: 7,
          siteId: 3,
          domain: "late.example",
          primary: false,
          createdAt: Date.UTC(2026, 0, 15, 12),
          siteExists: true,
          lacksCertificate: false,
          stage: "failed",
        },
      ],
      sites: [
        { siteId: 1, domain: "network.example" },
        { siteId: 3, domain: "shop.network.example" },
      ],
    });
  });

  it("tells which mappings have no certificate for UM", async () => {
    await sql(`UPDATE wp_wu_domain_mappings SET stage = 'ssl-failed' WHERE id = 2;
      UPDATE wp_wu_domain_mappings SET stage = 'checking-ssl-cert' WHERE id = 5`);
    const { source } = await openSource();
    const { mappings } = await source.read(null);
    expect(
      mappings
        .filter(({ lacksCertificate }) => lacksCertificate)
        .map(({ domain }) => domain),
    ).toEqual(["shop.example", "orphan.example"]);
  });

  it("reads the network that it is told to", async () => {
    const { source } = await openSource();
    expect(await source.read(2)).toMatchObject({
      networkDomain: "other.example",
      sites: [{ siteId: 4, domain: "other.example" }],
    });
  });

  it("reads the only network there is, whatever its id", async () => {
    await sql("DELETE FROM wp_site WHERE id = 1");
    const { source } = await openSource();
    expect(await source.read(null)).toMatchObject({
      networkDomain: "other.example",
    });
  });

  it("tells an empty table from one that is not there", async () => {
    await sql("DELETE FROM wp_wu_domain_mappings");
    const { source } = await openSource();
    expect((await source.read(null)).mappings).toEqual([]);
  });

  it("falls back to wu_domain, with grants for that table only", async () => {
    await sql("RENAME TABLE wp_wu_domain_mappings TO wp_wu_domain");
    const { source } = await openSource();
    expect((await source.read(null)).mappings).toHaveLength(3);
  });

  it("prefers wu_domain_mappings where both are there", async () => {
    await sql("CREATE TABLE wp_wu_domain LIKE wp_wu_domain_mappings");
    const { source } = await openSource();
    expect((await source.read(null)).mappings).toHaveLength(3);
  });

  it("sees one moment, whatever is written while it reads", async () => {
    const { source } = await openSource();
    const writer = { done: false };
    const written = (async () => {
      // Each transaction maps one name more and says in the network's domain how many there are.
      for (let count = 4; count < 60; count += 1)
        await sql(`START TRANSACTION;
          INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES (3, 'new-${count}.example');
          UPDATE wp_site SET domain = '${count}' WHERE id = 1; COMMIT`);
    })().finally(() => (writer.done = true));
    const counts = new Set<number>();
    while (!writer.done) {
      const { networkDomain, mappings } = await source.read(null);
      counts.add(mappings.length);
      if (mappings.length > 3) expect(networkDomain).toBe(`${mappings.length}`);
    }
    await written;
    expect(counts.size).toBeGreaterThan(5);
  });

  it("reads tables whose collations differ", async () => {
    await sql(
      "ALTER TABLE wp_blogs CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; ALTER TABLE wp_site CONVERT TO CHARACTER SET latin1",
    );
    const { source } = await openSource();
    expect((await source.read(null)).sites).toHaveLength(2);
  });
});

describe("a source that cannot be read", () => {
  it("names the mapping table when neither is there", async () => {
    const owner = {
      database,
      user: `${database}_owner`,
      password: "owner-password",
    };
    await sql("DROP TABLE wp_wu_domain_mappings");
    const source = createMysqlSource({ pool: poolFor(owner), prefix: "wp_" });
    await expect(source.read(null)).rejects.toMatchObject({
      name: "PermanentError",
      reason: "table-missing",
      params: { table: "wp_wu_domain_mappings" },
    });
  });

  it("names the table whose column is missing", async () => {
    await sql("ALTER TABLE wp_wu_domain_mappings DROP COLUMN primary_domain");
    const { source } = await openSource();
    await expect(source.read(null)).rejects.toMatchObject({
      name: "PermanentError",
      reason: "column-missing",
      params: { table: "wp_wu_domain_mappings" },
    });
  });

  it("says that WordPress has no such network", async () => {
    const { source } = await openSource();
    await expect(source.read(5)).rejects.toMatchObject({
      name: "PermanentError",
      reason: "network-unknown",
      params: { network: 5 },
    });
  });

  it("says that the account is refused, without the password", async () => {
    const pool = poolFor({
      database,
      user: `${database}_owner`,
      password: "wr0ng",
    });
    const error: unknown = await createMysqlSource({ pool, prefix: "wp_" })
      .read(null)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "PermanentError",
      reason: "database-access-denied",
    });
    expect(JSON.stringify(error)).not.toContain("wr0ng");
  });

  it("says that a table is refused", async () => {
    const { pool, source } = await openSource();
    await source.read(null);
    await server.run(
      `REVOKE SELECT ON ${database}.wp_blogs FROM '${database}_sidecar'@'%'`,
    );
    const other = createMysqlSource({ pool, prefix: "wp_" });
    await expect(other.read(null)).rejects.toMatchObject({
      reason: "database-access-denied",
      params: { code: "ER_TABLEACCESS_DENIED_ERROR" },
    });
  });

  it("gives every connection back, however often it fails", async () => {
    const { source } = await openSource();
    await sql("RENAME TABLE wp_site TO wp_elsewhere");
    const failures = await Promise.allSettled(
      Array.from({ length: 12 }, () => source.read(null)),
    );
    expect(failures.every(({ status }) => status === "rejected")).toBe(true);
    await sql("RENAME TABLE wp_elsewhere TO wp_site");
    expect((await source.read(null)).mappings).toHaveLength(3);
  });

  it("is unreachable while the database is away, and reads again when it is back", async () => {
    const { source } = await openSource();
    await source.read(null);
    await server.stop();
    await expect(source.read(null)).rejects.toMatchObject({
      name: "TransientError",
      reason: "database-unreachable",
    });
    await server.start();
    expect((await source.read(null)).mappings).toHaveLength(3);
  }, 60_000);
});
