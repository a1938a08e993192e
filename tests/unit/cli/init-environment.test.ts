import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvFile } from "../../../sidecar/cli/env-file";
import {
  accountStatements,
  accountToMake,
  joinEnvironment,
  writeEnvironment,
} from "../../../sidecar/cli/init-environment";
import { tableNames } from "../../../sidecar/mysql/schema";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "init-"))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const file = () => join(folder, "bridge.env");

const wordpress = {
  PORT: "8787",
  SIDECAR_SECRET: "whsec_AAAA",
  DB_HOST: "localhost",
  DB_NAME: "wordpress",
  DB_USER: "wordpress",
  DB_PASSWORD: "first password",
  TABLE_PREFIX: "wp_",
  WORDPRESS_URL: "https://network.example",
};

/** Has a file with this text, joins it with what WordPress says, and writes it. */
async function upgrade(
  text: string,
  says: Record<string, string> = wordpress,
  taken: true | readonly string[] = [],
) {
  writeFileSync(file(), text, { mode: 0o600 });
  const environment = await joinEnvironment(file(), says, taken);
  const isChanged = await writeEnvironment(environment);
  return { ...environment, isChanged, written: readFileSync(file(), "utf8") };
}

const lines = (variables: Record<string, string>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");

describe("the environment file", () => {
  test("is the owner's alone", async () => {
    await writeEnvironment(await joinEnvironment(file(), wordpress, []));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readEnvFile(file())).toEqual(wordpress);
  });

  test("is left as it is when nothing differs, and closed to others", async () => {
    const text = `# mine\n${lines(wordpress)}`;
    writeFileSync(file(), text, { mode: 0o644 });
    const environment = await joinEnvironment(file(), wordpress, []);
    expect(await writeEnvironment(environment)).toBe(false);
    expect(readFileSync(file(), "utf8")).toBe(text);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("keeps what a person chose for the account, the database's address and the network's, and names it", async () => {
    const own = {
      DB_USER: "domain_bridge",
      DB_PASSWORD: "own",
      WORDPRESS_URL: "http://127.0.0.1:8080",
    };
    const { kept, variables, isChanged } = await upgrade(
      lines({ ...wordpress, ...own }),
    );
    expect(kept).toEqual(["DB_USER", "DB_PASSWORD", "WORDPRESS_URL"]);
    expect(variables).toEqual({ ...wordpress, ...own });
    expect(isChanged).toBe(false);
  });

  test("takes what a newer version adds, and keeps comments, other settings and the order", async () => {
    const { written, isChanged } = await upgrade(
      `# by hand\nLOG_LEVEL=debug\n${lines(wordpress)}`,
      { ...wordpress, DB_TLS: "required" },
    );
    expect(isChanged).toBe(true);
    expect(written).toBe(
      `# by hand\nLOG_LEVEL=debug\n${lines(wordpress)}DB_TLS=required\n`,
    );
  });

  test.each(["PORT", "DB_NAME", "TABLE_PREFIX", "SIDECAR_SECRET"])(
    "with another %s is that of another network, and is refused by the name alone",
    async (name) => {
      const text = lines({ ...wordpress, [name]: "other" });
      writeFileSync(file(), text, { mode: 0o600 });
      await expect(joinEnvironment(file(), wordpress, [])).rejects.toThrow(
        `WordPress has other values for ${name}.`,
      );
      expect(readFileSync(file(), "utf8")).toBe(text);
    },
  );

  test("takes WordPress's values by force and keeps what a person added", async () => {
    const { kept, written } = await upgrade(
      `LOG_LEVEL=debug\n${lines({ ...wordpress, DB_NAME: "old", DB_USER: "own" })}`,
      wordpress,
      true,
    );

    expect(kept).toEqual([]);
    expect(written).not.toMatch(/old|own/);
    expect(readEnvFile(file())).toEqual({ LOG_LEVEL: "debug", ...wordpress });
  });

  test("takes what was said on the command line", async () => {
    const { kept, variables } = await upgrade(
      lines({ ...wordpress, WORDPRESS_URL: "https://old", DB_USER: "own" }),
      wordpress,
      ["WORDPRESS_URL"],
    );
    expect(kept).toEqual(["DB_USER"]);
    expect(variables).toEqual({ ...wordpress, DB_USER: "own" });
  });

  test("agrees while its secret is rotated", async () => {
    const rotating = { ...wordpress, SIDECAR_SECRET: "whsec_NEW whsec_AAAA" };
    const { kept, isChanged } = await upgrade(lines(rotating));
    expect({ kept, isChanged }).toEqual({ kept: [], isChanged: false });
  });

  test("in a folder that is not there is refused in words", async () => {
    const elsewhere = join(folder, "none/x.env");
    const environment = await joinEnvironment(elsewhere, wordpress, []);
    await expect(writeEnvironment(environment)).rejects.toThrow(
      /cannot be written \(ENOENT\)/,
    );
  });
});

describe("the database account that is made", () => {
  const fresh = { file: "x", existing: undefined, variables: {}, kept: [] };
  const account = { user: "domain_bridge", password: "p", isKnown: false };
  const statements = (changes: Record<string, string>) =>
    accountStatements(account, { ...wordpress, ...changes }, ["wu_domain"]);

  test("has the grants that the README documents, and no others", () => {
    const own = tableNames.map(
      (name) =>
        `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON \`wordpress\`.\`wp_domain_bridge_${name}\` TO 'domain_bridge'@'127.0.0.1';`,
    );
    expect(statements({ DB_HOST: "127.0.0.1" }).trimEnd().split("\n")).toEqual([
      "CREATE USER 'domain_bridge'@'127.0.0.1' IDENTIFIED BY 'p';",
      "GRANT SELECT ON `wordpress`.`wp_wu_domain` TO 'domain_bridge'@'127.0.0.1';",
      "GRANT SELECT ON `wordpress`.`wp_blogs` TO 'domain_bridge'@'127.0.0.1';",
      "GRANT SELECT ON `wordpress`.`wp_site` TO 'domain_bridge'@'127.0.0.1';",
      ...own,
    ]);
    const readme = readFileSync(join(__dirname, "../../../README.md"), "utf8");
    for (const statement of [...own.slice(0, 1)])
      expect(readme).toContain(statement.replace("127.0.0.1", "localhost"));
  });

  test.each([
    ["localhost:/run/mysqld/mysqld.sock", "localhost"],
    ["[::1]:3306", "::1"],
    ["db.example", "%"],
  ])("comes from where a connection to %s comes from", (host, from) => {
    expect(statements({ DB_HOST: host })).toContain(
      `'domain_bridge'@'${from}'`,
    );
  });

  test("cannot be made to say anything else by a name", () => {
    const text = statements({ DB_NAME: "a`; DROP DATABASE b", DB_HOST: "h" });
    expect(text).toContain("`a``; DROP DATABASE b`.`wp_blogs`");
  });

  test("has a password of its own each time", () => {
    const one = accountToMake(fresh, wordpress, "domain_bridge");
    const two = accountToMake(fresh, wordpress, "domain_bridge");
    expect(one).toMatchObject({ user: "domain_bridge", isKnown: false });
    expect(one.password).toMatch(/^[\w-]{30,}$/);
    expect(one.password).not.toBe(two.password);
  });

  test("is the one that the environment file names already", () => {
    const existing = { DB_USER: "mine", DB_PASSWORD: "known" };
    const made = accountToMake({ ...fresh, existing }, wordpress, "other");
    expect(made).toEqual({ user: "mine", password: "known", isKnown: true });
    expect(accountStatements(made, wordpress, ["wu_domain"])).toContain(
      "CREATE USER IF NOT EXISTS 'mine'@",
    );
  });
});
