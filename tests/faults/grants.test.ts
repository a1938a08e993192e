import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectDir } from "../stack/places";
import { BareWorld } from "./bare-world";

/** What the sidecar may do in the database: what the README grants, and not a bit more is needed. */
let world: BareWorld;

beforeAll(async () => {
  world = await BareWorld.start();
  await world.sidecar.start();
}, 180_000);

afterAll(() => world.stop());

describe("the database's account", () => {
  /** Privileges by table, as `SHOW GRANTS` or the README writes them. */
  function grantsIn(text: string): Map<string, string> {
    const grants = new Map<string, string>();
    for (const [, privileges = "", table = ""] of text.matchAll(
      /GRANT ([A-Z, ]+) ON `wordpress`\.`([a-z_]+)` TO/g,
    ))
      grants.set(table, privileges.split(", ").sort().join(", "));
    return grants;
  }

  test("has what the README says and no more, and the sidecar works with it", async () => {
    const readme = grantsIn(
      await readFile(join(projectDir, "README.md"), "utf8"),
    );
    const own = readme.get("wp_domain_bridge_migrations");
    const shown = await world.stack.mariadb.rows(
      "SHOW GRANTS FOR 'wordpress_sidecar'@'%'",
    );
    const grants = grantsIn(JSON.stringify(shown));
    expect(readme.size).toBeGreaterThan(3);
    for (const [table, privileges] of grants)
      expect([table, privileges]).toEqual([
        table,
        table.startsWith("wp_domain_bridge_") ? own : readme.get(table),
      ]);
    const report = await world.sidecar.client.call("POST", "/check", {});
    expect(report).toMatchObject({ ok: true });
    expect((await world.pass()).pass.lastOutcome).toBe("ok");
  });

  test("cannot read WordPress's users nor write its tables", async () => {
    await world.sql(
      "CREATE TABLE IF NOT EXISTS wp_users (user_pass VARCHAR(255))",
    );
    const { DB_USER: user, DB_PASSWORD: password } = world.sidecar.env;
    const connection = await world.stack.mariadb.connect();
    await connection.changeUser({
      user: user ?? "",
      password: password ?? "",
      database: "wordpress",
    });
    for (const statement of [
      "SELECT * FROM wp_users",
      "DELETE FROM wp_wu_domain_mappings",
      "UPDATE wp_blogs SET domain = ''",
      "CREATE TABLE wp_other (id INT)",
    ])
      await expect(connection.query(statement)).rejects.toMatchObject({
        code: "ER_TABLEACCESS_DENIED_ERROR",
      });
    await connection.end();
  });
});
