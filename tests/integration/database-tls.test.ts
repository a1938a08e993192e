import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2";
import type { Pool } from "mysql2/promise";
import {
  openPool,
  runStatement,
  type DatabaseOptions,
  type DatabaseTls,
} from "../../sidecar/mysql/pool";
import { toDatabaseError } from "../../sidecar/mysql/errors";
import { createRecordDatabase } from "../../sidecar/mysql/schema";
import { tryToWrite } from "../../sidecar/mysql/state";
import { MariaDb } from "../stack/mariadb";
import { sharedAuthority } from "../stack/serverpilot/authority";
import { ensureParts } from "../stack/setup";

const authority = sharedAuthority();
const HOUR = 3_600_000;

/** Two names of 127.0.0.1 that every resolver knows; `localhost` would be this machine's own database, if it has one. */
const NAME = "127.1";
const OTHER_NAME = "127.0.1";

let dir: string;
let server: MariaDb;
let plain: MariaDb;
let account: DatabaseOptions;
const pools: Pool[] = [];

beforeAll(async () => {
  await ensureParts(["mariadb"]);
  dir = await mkdtemp(join(tmpdir(), "domain-bridge-tls-"));
  const certificate = authority.issue({
    names: [NAME],
    notBefore: Date.now() - HOUR,
    notAfter: Date.now() + HOUR,
    signer: "authority",
  });
  [server, plain] = await Promise.all([
    MariaDb.start({ dir: join(dir, "tls"), tls: certificate }),
    MariaDb.start({ dir: join(dir, "plain") }),
  ]);
  const { user, password } = await server.createDatabase("wp");
  await server.run(
    `CREATE USER 'encrypted'@'%' IDENTIFIED BY 'right' REQUIRE SSL;
     CREATE USER 'locked'@'%' IDENTIFIED BY 'right' ACCOUNT LOCK;
     GRANT ALL ON wp.* TO 'encrypted'@'%', 'locked'@'%'`,
  );
  account = { host: server.address, name: "wp", user, password };
}, 120_000);

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await Promise.all([server.stop(), plain.stop()]);
  await rm(dir, { recursive: true, force: true });
});

const unverified: DatabaseTls = { verified: false, ca: undefined };
const verified: DatabaseTls = { verified: true, ca: authority.caPem };

/** The cipher of a connection; empty where it is not encrypted. */
async function cipherOf(options: DatabaseOptions): Promise<string> {
  const pool = openPool(options);
  pools.push(pool);
  const rows = await runStatement<RowDataPacket[]>(
    pool,
    "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
  ).catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  return String(rows[0]?.["Value"]);
}

const refusalOf = (options: DatabaseOptions) =>
  cipherOf(options).then(
    () => "let in",
    (error: unknown) => (error as { reason?: string }).reason,
  );

test("a connection is encrypted where that is asked for, and the certificate is checked where that is", async () => {
  expect(await cipherOf(account)).toBe("");
  expect(await cipherOf({ ...account, tls: unverified })).not.toBe("");
  const named = { ...account, host: `${NAME}:${server.port}` };
  expect(await cipherOf({ ...named, tls: verified })).not.toBe("");
});

test("a socket can be encrypted as well, for an account that asks for it", async () => {
  const host = `localhost:${server.socket}`;
  const encrypted = { ...account, host, user: "encrypted", password: "right" };
  expect(await cipherOf({ ...encrypted, tls: unverified })).not.toBe("");
  expect(await cipherOf({ ...encrypted, tls: verified })).not.toBe("");
});

test("a server without TLS is not spoken to in the clear where encryption is asked for", async () => {
  const elsewhere = { ...account, host: plain.address, tls: unverified };
  expect(await refusalOf(elsewhere)).toBe("database-tls-missing");
});

test("a certificate by a CA that nobody named, or for another name, is not trusted", async () => {
  const unknownCa = { ...account, tls: { verified: true, ca: undefined } };
  expect(await refusalOf(unknownCa)).toBe("database-certificate-untrusted");
  const otherName = { ...account, host: `${OTHER_NAME}:${server.port}` };
  expect(await refusalOf({ ...otherName, tls: verified })).toBe(
    "database-certificate-untrusted",
  );
  expect(await cipherOf({ ...otherName, tls: unverified })).not.toBe("");
});

test("an account that has to use TLS is told from a wrong password", async () => {
  const encrypted = { ...account, user: "encrypted", password: "right" };
  expect(await refusalOf(encrypted)).toBe("database-tls-required");
  const wrong = { ...encrypted, password: "wrong" };
  expect(await refusalOf(wrong)).toBe("database-access-denied");
  expect(await cipherOf({ ...encrypted, tls: unverified })).not.toBe("");
});

test("a server that demands TLS of everybody is told from a wrong password", async () => {
  await server.run("SET GLOBAL require_secure_transport = 1");
  try {
    expect(await refusalOf(account)).toBe("database-tls-required");
    const wrong = { ...account, password: "wrong" };
    expect(await refusalOf(wrong)).toBe("database-access-denied");
  } finally {
    await server.run("SET GLOBAL require_secure_transport = 0");
  }
});

test("a wrong password costs one login with TLS, however often it is tried", async () => {
  const pool = openPool({ ...account, password: "wrong" });
  pools.push(pool);
  const logins = async () =>
    Number(
      (
        await server.rows<{ Value: string }>(
          "SHOW GLOBAL STATUS LIKE 'Access_denied_errors'",
        )
      )[0]?.Value,
    );
  const before = await logins();
  for (let time = 0; time < 4; time += 1)
    await expect(pool.getConnection()).rejects.toMatchObject({
      code: "ER_ACCESS_DENIED_ERROR",
    });
  expect((await logins()) - before).toBe(5);
});

test("a locked account is told from a wrong password", async () => {
  const locked = { ...account, user: "locked", password: "right" };
  expect(await refusalOf(locked)).toBe("database-account-locked");
});

test("a replica that can only be read is found out by the check, though it holds the bridge's tables", async () => {
  const pool = openPool(account);
  pools.push(pool);
  const database = createRecordDatabase(pool, "wp_", Date.now);
  await tryToWrite(database);
  await server.run("SET GLOBAL read_only = 1");
  try {
    await expect(tryToWrite(database)).rejects.toMatchObject({
      reason: "database-read-only",
    });
  } finally {
    await server.run("SET GLOBAL read_only = 0");
  }
});
