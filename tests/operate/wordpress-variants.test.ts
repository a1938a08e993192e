import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { CliError } from "../../sidecar/cli/cli-error";
import { formatEnvFile } from "../../sidecar/cli/env-file";
import { init } from "../../sidecar/cli/init";
import {
  readWordpress,
  type WordpressFacts,
  type WordpressOptions,
} from "../../sidecar/cli/init-wordpress";
import { readConfig } from "../../sidecar/config/config";
import { openPool, type DatabaseOptions } from "../../sidecar/mysql/pool";
import { MariaDb } from "../stack/mariadb";
import { projectDir } from "../stack/places";
import { sharedAuthority } from "../stack/serverpilot/authority";
import { ensureParts } from "../stack/setup";
import { Wordpress } from "../stack/wordpress";
import { runCommand } from "./command";
import {
  copyForEverybody,
  layOutVariant,
  readVariants,
  type Values,
  type Variant,
} from "./wordpress-variants";

const HOUR = 3_600_000;
const authority = sharedAuthority();

let dir: string;
let mariadb: MariaDb;
let wordpress: Wordpress;
let site: string;
let values: Values;
/** The plugin's own, which only the plugin can open. */
let secret: string;

beforeAll(async () => {
  await ensureParts(["mariadb", "php", "wordpress"]);
  dir = await mkdtemp(join(tmpdir(), "variants-"));
  mariadb = await MariaDb.start({
    dir,
    tls: authority.issue({
      names: ["db.example"],
      notBefore: Date.now() - HOUR,
      notAfter: Date.now() + HOUR,
      signer: "authority",
    }),
  });
  wordpress = await Wordpress.start({ dir, mariadb, plugin: true });
  site = await copyForEverybody(wordpress, dir);
  secret = String(
    await wordpress.php(
      "return Domain_Bridge\\Plugin::instance()->secret()->get();",
    ),
  );
  const ca = join(dir, "ca.pem");
  await writeFile(ca, authority.caPem);
  values = {
    host: mariadb.address,
    name: wordpress.database,
    user: `${wordpress.database}_owner`,
    password: "owner-password",
    socket: mariadb.socket,
    content: join(site, "wp-content"),
    secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    ca,
  };
  // Where a file takes its values from the environment.
  process.env["TEST_DB_HOST"] = values["host"];
  process.env["TEST_DB_NAME"] = values["name"];
  process.env["TEST_DB_USER"] = values["user"];
  process.env["TEST_DB_PASSWORD"] = values["password"];
}, 180_000);

afterAll(async () => {
  await wordpress.stop();
  await mariadb.stop();
  await rm(dir, { recursive: true, force: true });
});

function read(options: WordpressOptions): Promise<WordpressFacts> {
  return readWordpress(options, process.env);
}

/** What a variant gives, or the words with which it is refused. */
async function outcomeOf(variant: Variant): Promise<WordpressFacts | string> {
  const root = join(dir, variant.name, "public");
  await layOutVariant(variant, root, site, values);
  const { address } = variant;
  return read({
    wordpress: root,
    ...(address !== undefined && { wordpressUrl: address }),
  }).catch((error: unknown) => {
    if (error instanceof CliError) return `${error.message} ${error.remedy}`;
    throw error;
  });
}

/** `works`, `works alone` (without the plugin), `works with NAME=value …`, each perhaps `, noting "…"`; or `refused "…"`. */
function expectOutcome(
  { expect: expected, address }: Variant,
  outcome: WordpressFacts | string,
): void {
  const quoted = [...expected.matchAll(/"([^"]*)"/g)].map(([, words]) => words);
  if (expected.startsWith("refused")) {
    expect(outcome).toEqual(expect.any(String));
    for (const words of quoted) expect(outcome).toContain(words);
    return;
  }
  expect(outcome).toEqual(expect.any(Object));
  const { variables, notes } = outcome as WordpressFacts;
  const alone = expected.startsWith("works alone");
  const different = [...expected.matchAll(/([A-Z_]+)=(\S+)/g)].map(
    ([, name = "", value = ""]) => [
      name,
      value.replace(/\{(\w+)\}/, (_, key: string) => values[key] ?? ""),
    ],
  );
  expect(variables).toEqual({
    HOST: "127.0.0.1",
    PORT: "8787",
    SIDECAR_SECRET: alone ? values["secret"] : secret,
    DB_HOST: alone ? "127.0.0.1:1" : mariadb.address,
    DB_NAME: values["name"],
    DB_USER: values["user"],
    DB_PASSWORD: values["password"],
    TABLE_PREFIX: "wp_",
    WORDPRESS_URL:
      address?.replace(/\/$/, "") ??
      `${alone ? "https" : "http"}://bridge.localhost`,
    ...Object.fromEntries(different),
  });
  expect(notes).toHaveLength(quoted.length);
  for (const [index, words] of quoted.entries())
    expect(notes[index]).toContain(words);
}

describe("a wp-config.php as it is found in the wild", () => {
  const variants = readVariants();

  test("comes in many kinds", () => {
    expect(variants.length).toBeGreaterThanOrEqual(20);
  });

  test.each(variants.map((variant) => [variant.name, variant.title, variant]))(
    "%s: %s",
    async (_name, _title, variant) => {
      const outcome = await outcomeOf(variant);
      expectOutcome(variant, outcome);
      const secrets = [secret, values["password"] ?? ""];
      for (const one of secrets)
        expect(
          typeof outcome === "string" ? outcome : outcome.notes.join("\n"),
        ).not.toContain(one);
    },
  );
});

test("what WordPress says of a database that demands TLS is enough to reach it", async () => {
  await mariadb.run("SET GLOBAL require_secure_transport = 1");
  try {
    const variant = readVariants().find(({ name }) => name === "encrypted");
    if (variant === undefined) throw new Error("there is no such variant");
    const again = { ...variant, name: "demanded" };
    const facts = await outcomeOf(again);
    if (typeof facts === "string") throw new Error(facts);
    const pool = openPool(databaseOf(facts.variables));
    const [rows] = await pool.query("SHOW STATUS LIKE 'Ssl_cipher'");
    await pool.end();
    expect(rows).toEqual([
      {
        Variable_name: "Ssl_cipher",
        Value: expect.stringMatching(/./) as string,
      },
    ]);
    const clear = openPool(databaseOf({ ...facts.variables, DB_TLS: "off" }));
    await expect(clear.getConnection()).rejects.toMatchObject({
      reason: "database-tls-required",
    });
    await clear.end();
  } finally {
    await mariadb.run("SET GLOBAL require_secure_transport = 0");
  }
});

describe("a service is installed", () => {
  const isRoot = process.getuid?.() === 0;
  let home: string;
  let calls: string[];
  beforeEach(async () => {
    home = await mkdtemp(join(dir, "service-"));
    calls = [];
    await mkdir(join(home, "plugin"));
    await writeFile(join(home, "plugin/domain-bridge.cjs"), "// the start");
  });

  /** Runs init for a service below `home`; each check succeeds but for the one that is named. */
  async function install(failing?: string) {
    let out = "";
    const { uid, gid } = userInfo();
    const code = await init(
      {
        env: process.env,
        output: {
          out: (text) => (out += text),
          err: (text) => (out += text),
          colour: false,
        },
        self: {
          node: "/bin/sh",
          script: join(home, "plugin/domain-bridge.cjs"),
          isBundle: true,
        },
        checkOnce: () =>
          Promise.resolve({
            ok: failing === undefined,
            version: "0",
            checks: (["database", "credentials"] as const).map((id) => ({
              id,
              ok: id !== failing,
              reason: null,
              params: {},
              message: "",
              remedy: "",
              severity: "ok",
              actor: "nobody",
            })),
          }),
        places: (isUser) => ({
          units: join(home, "units"),
          library: join(home, "lib"),
          commands: undefined,
          environmentFile: join(home, "bridge.env"),
          isUser,
          owner: { uid, gid },
          nodes: [],
          run: (program, args) => {
            calls.push(`${program} ${args[0] ?? ""}`);
            return Promise.resolve("yes");
          },
        }),
      },
      {
        wordpress: site,
        ...(isRoot ? { installSystemd: true } : { user: true }),
      },
    );
    return { code, out, files: (await readdir(home)).sort() };
  }

  test("where every check succeeds", async () => {
    const { code, files } = await install();
    expect(code).toBe(0);
    expect(files).toEqual(["bridge.env", "lib", "plugin", "units"]);
    expect(calls).toContain("systemctl restart");
  });

  test("though ServerPilot does not answer today, and that is no success", async () => {
    const { code, files } = await install("credentials");
    expect(code).toBe(1);
    expect(files).toContain("units");
  });

  test("only where the database takes the account; the file stays to be corrected", async () => {
    const { code, out, files } = await install("database");
    expect(code).toBe(1);
    expect(out).toContain("Nothing was installed");
    expect(files).toEqual(["bridge.env", "plugin"]);
    expect(calls).not.toContain("systemctl restart");
  });
});

/** The database as the sidecar reads it from its environment. */
function databaseOf(variables: Record<string, string>): DatabaseOptions {
  const [network] = readConfig(variables).networks;
  if (network === undefined) throw new Error("there is no network");
  return network.database;
}

test("the plugin and init write a value into an environment file in the same quotes", async () => {
  const hard = [
    "plain-1._/:@%+,=",
    "two words",
    "it's",
    `a 'b" $c \`d\` \\e #f €`,
    "",
    "[::1]:3306",
    "tab\there",
  ];
  const { out } = await runCommand(
    "php",
    [
      "-r",
      `require $argv[1];
       $quoted = new ReflectionMethod( 'Domain_Bridge\\Environment', 'quoted' );
       $quoted->setAccessible( true );
       foreach ( json_decode( $argv[2] ) as $value ) { echo 'V=', $quoted->invoke( null, $value ), "\n"; }`,
      join(projectDir, "wp-plugin/includes/admin/class-environment.php"),
      JSON.stringify(hard),
    ],
    { cwd: dir },
  );
  expect(out.trimEnd().split("\n")).toEqual(
    hard.map((V) => formatEnvFile({ V }).trimEnd().split("\n").at(-1)),
  );
});
