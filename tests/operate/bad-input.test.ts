import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../../sidecar/cli/cli-error";
import {
  readWordpress,
  type WordpressOptions,
} from "../../sidecar/cli/init-wordpress";

const password = "p'ass\"w$rd \\ x";
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** A configuration as WordPress's own sample has it. */
const good = `<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wp' );
define( 'DB_PASSWORD', 'p\\'ass"w$rd \\\\ x' );
define( 'DB_HOST', 'localhost:/run/mysqld/mysqld.sock' );
define( 'MULTISITE', true );
define( 'DOMAIN_CURRENT_SITE', 'network.example' );
define( 'PATH_CURRENT_SITE', '/' );
define( 'WU_SERVER_PILOT_SIDECAR_SECRET', '${secret}' );
$table_prefix = 'net_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
`;

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "bad-input-")), "wordpress");
  mkdirSync(root);
});
afterEach(() => {
  rmSync(join(root, ".."), { recursive: true });
});

/** Reads a WordPress with this configuration, whose wp-load.php ends as one without a database does. */
function read(
  config: string,
  { at = root, ...options }: Partial<WordpressOptions> & { at?: string } = {},
) {
  writeFileSync(join(at, "wp-config.php"), config);
  writeFileSync(
    join(root, "wp-load.php"),
    "<?php echo '<h1>Error establishing a database connection</h1>'; exit( 1 );",
  );
  return readWordpress({ wordpress: root, ...options }, process.env["PATH"]);
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CliError)) throw new Error("it was not refused");
  return `${error.message} ${error.remedy}`;
}

const before = (code: string) => good.replace("<?php\n", `<?php\n${code}\n`);

test("a WordPress that cannot be loaded is read from wp-config.php alone, and that is said", async () => {
  const { variables, notes } = await read(good);
  expect(variables).toEqual({
    HOST: "127.0.0.1",
    PORT: "8787",
    SIDECAR_SECRET: secret,
    DB_HOST: "localhost:/run/mysqld/mysqld.sock",
    DB_NAME: "wordpress",
    DB_USER: "wp",
    DB_PASSWORD: password,
    TABLE_PREFIX: "net_",
    WORDPRESS_URL: "https://network.example",
  });
  expect(notes).toEqual([
    "WordPress could not be loaded (Error establishing a database connection); all values are from wp-config.php.",
  ]);
});

test("without the secret in wp-config.php the plugin must be asked, and what stands in the way is said", async () => {
  const words = await refusal(read(good.replace(/^.*SIDECAR_SECRET.*\n/m, "")));
  expect(words).toContain("Error establishing a database connection");
  expect(words).toContain("--php");
});

test("a wp-config.php one folder above WordPress is found", async () => {
  const { variables } = await read(good, { at: join(root, "..") });
  expect(variables["TABLE_PREFIX"]).toBe("net_");
});

test("a wp-config.php that prints is read all the same, and told", async () => {
  const { variables, notes } = await read(`\n\n  hello ${good}`);
  expect(variables["DB_PASSWORD"]).toBe(password);
  expect(notes[0]).toContain("prints text");
});

test("a wp-config.php that warns is read all the same, its warning shown without secrets", async () => {
  const { variables, notes } = await read(
    good.replace(
      "$table_prefix",
      "trigger_error( 'about ' . DB_PASSWORD, E_USER_WARNING ); echo $nothing;\n$table_prefix",
    ),
  );
  expect(variables["DB_PASSWORD"]).toBe(password);
  expect(notes[0]).toContain("wp-config.php warns: about … (");
  expect(notes[1]).toMatch(/warns: Undefined variable/);
});

test("a wp-config.php that wants another PHP is refused with its own words and the remedy", async () => {
  const words = await refusal(
    read(before("if ( PHP_VERSION_ID < 990000 ) exit( 'PHP 99 is needed.' );")),
  );
  expect(words).toContain("ends PHP before its end");
  expect(words).toContain("PHP 99 is needed.");
  expect(words).toContain("--php /opt/sp/");
});

test("a wp-config.php that this PHP cannot parse is refused with the line", async () => {
  const words = await refusal(read(before("$a = new class { nonsense };")));
  expect(words).toMatch(/cannot be read \(PHP \d.*syntax error.*:2\)/);
  expect(words).toContain("--php");
});

test.each([
  ["throws", "throw new Exception( 'gone' );", "gone"],
  ["requires what is missing", "require 'none.php';", "none.php"],
  ["calls what is missing", "no_such_function();", "no_such_function"],
])(
  "a wp-config.php that %s is refused with the reason",
  async (_, code, word) => {
    expect(await refusal(read(before(code)))).toContain(word);
  },
);

test("a single site is refused", async () => {
  const words = await refusal(read(good.replace(/^.*MULTISITE.*\n/m, "")));
  expect(words).toContain("single site");
});

test("constants that are missing are named", async () => {
  const words = await refusal(
    read(good.replace(/^.*DB_(USER|HOST).*\n/gm, "")),
  );
  expect(words).toContain("does not set DB_HOST, DB_USER.");
});

test("a folder that is no WordPress is refused", async () => {
  const words = await refusal(
    readWordpress({ wordpress: root }, process.env["PATH"]),
  );
  expect(words).toContain("is no WordPress: there is no wp-config.php");
});

test.each([
  ["is not there", "/no/such/php", "cannot be run (ENOENT)"],
  ["is something else", "/bin/true", "gave no answer"],
])("a PHP that %s is refused", async (_, php, expected) => {
  expect(await refusal(read(good, { php }))).toContain(expected);
});

test("another address of WordPress is taken", async () => {
  const { variables } = await read(good, {
    wordpressUrl: "http://127.0.0.1:8080/",
  });
  expect(variables["WORDPRESS_URL"]).toBe("http://127.0.0.1:8080");
});
