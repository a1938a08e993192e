import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "../../sidecar/mysql/pool";
import { Mysql8Login } from "../stack/mysql8-login";

const password = "pässword of MySQL 8";
let folder: string;
let server: Mysql8Login;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mysql8-"));
  server = new Mysql8Login(password);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Logs in twice at a DB_HOST, as a pool with two connections does. */
async function loginTwice(host: string, given = password): Promise<void> {
  const pool = openPool({ host, name: "wp", user: "bridge", password: given });
  try {
    const first = await pool.getConnection();
    const second = await pool.getConnection();
    first.release();
    second.release();
  } finally {
    await pool.end();
  }
}

test("MySQL 8's default account is let in over TCP: the password goes under the server's key, then by its hash", async () => {
  const port = await server.listen();
  await loginTwice(`127.0.0.1:${port}`);
  expect(server.logins).toEqual(["public-key", "scramble"]);
});

test("MySQL 8's default account is let in by the socket, which nobody else can read", async () => {
  const path = join(folder, "mysql.sock");
  await server.listen(path);
  await loginTwice(`localhost:${path}`);
  expect(server.logins).toEqual(["cleartext", "scramble"]);
});

test("a wrong password stays a wrong password", async () => {
  const port = await server.listen();
  const login = loginTwice(`127.0.0.1:${port}`, "wrong");
  await expect(login).rejects.toMatchObject({ code: "ER_ACCESS_DENIED_ERROR" });
  expect(server.logins).toEqual([]);
});
