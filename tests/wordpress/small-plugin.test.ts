import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sidecarSecret, type Stack } from "../stack/stack";
import { plugins } from "../stack/wordpress-files";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";
import { pagedStatus, namesPage } from "./screen-answers";

/** What the plugin costs, and what it refuses, on a real WordPress. */
let stack: Stack;
let cookie: string;
const sidecar = new RecordingSidecar(sidecarSecret);

jest.setTimeout(90_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar);
  cookie = await stack.wordpress.login();
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

beforeEach(() => {
  sidecar.answer = "friendly";
  sidecar.answersTo.clear();
});

const php = (code: string) => stack.wordpress.php(code);
const contentFile = (name: string) =>
  join(stack.wordpress.root, "wp-content", name);
/** What the plugin says in the network admin. */
const networkAdmin = async () => {
  const { body } = await stack.wordpress.request("/wp-admin/network/", {
    cookie,
  });
  return (
    body.match(/Domain Bridge for ServerPilot:.*?<\/div>/gs) ?? []
  ).join();
};

test("a page of the front end loads under five files of the plugin, and asks the database nothing more", async () => {
  await writeFile(
    contentFile("mu-plugins/cost.php"),
    `<?php add_action( 'shutdown', function () {
      global $wpdb;
      $files = array_filter( get_included_files(), function ( $file ) { return false !== strpos( $file, 'wp-plugin/' ); } );
      file_put_contents( WP_CONTENT_DIR . '/cost.json', json_encode( array( 'files' => array_values( array_map( 'basename', $files ) ), 'queries' => $wpdb->num_queries ) ) );
    }, PHP_INT_MAX );`,
  );
  const cost = async () => {
    // The second request finds the caches filled.
    await stack.wordpress.request("/");
    const page = await stack.wordpress.request("/");
    expect([page.status, page.body.includes("domain-bridge")]).toEqual([
      200,
      false,
    ]);
    return JSON.parse(await readFile(contentFile("cost.json"), "utf8")) as {
      files: string[];
      queries: number;
    };
  };
  const active = await cost();
  await stack.wordpress.deactivate(plugins.bridge);
  const without = await cost();
  await stack.wordpress.activate(plugins.bridge);
  await rm(contentFile("mu-plugins/cost.php"));
  expect(active.files).toEqual([
    "domain-bridge-for-serverpilot.php",
    "class-plugin.php",
    "class-ultimate-multisite.php",
  ]);
  expect(active.queries).toBe(without.queries);
});

test("while the sidecar is known to be away, saving a mapping costs under ten milliseconds", async () => {
  sidecar.answer = "silence";
  await php(
    "wu_create_domain( array( 'domain' => 'first.example.com', 'blog_id' => 1 ) );",
  );
  sidecar.calls();
  const milliseconds = (await php(`
    $spent = array();
    foreach ( range( 1, 5 ) as $i ) {
      wu_create_domain( array( 'domain' => "away-{$i}.example.com", 'blog_id' => 1 ) );
      $began   = microtime( true );
      Domain_Bridge\\Plugin::instance()->end();
      $spent[] = 1000 * ( microtime( true ) - $began );
    }
    wu_get_domain_by_domain( 'first.example.com' )->delete();
    return min( $spent );`)) as number;
  expect(milliseconds).toBeLessThan(10);
  expect(sidecar.calls()).toEqual([]);
  sidecar.answer = "friendly";
  await stack.wordpress.cron(3600);
  expect(sidecar.eventCalls().flat()).toContain(
    "mapping.removed first.example.com",
  );
});

test("with 40,000 mappings the screen, Site Health and WP-CLI answer within a second each", async () => {
  sidecar.answersTo.set("/status", pagedStatus(40_000));
  sidecar.answersTo.set("/names", (query) => namesPage(40_000, query));
  const timed = async (work: () => Promise<unknown>) => {
    const began = Date.now();
    const result = await work();
    return { result, milliseconds: Date.now() - began };
  };
  const screen = await timed(() =>
    stack.wordpress.request(
      "/wp-admin/network/admin.php?page=domain-bridge&paged=3",
      { cookie },
    ),
  );
  const { body } = screen.result as { body: string };
  expect(body).toContain("40,000 items");
  expect(body).toContain("n100.example.com");
  expect(screen.milliseconds).toBeLessThan(1000);
  const inPhp = (code: string) =>
    php(`
    $began  = microtime( true );
    $result = ( static function () { ${code} } )();
    return array( $result, microtime( true ) - $began );`) as Promise<
      [string, number]
    >;
  const [label, health] = await inPhp(
    "return Domain_Bridge\\Plugin::instance()->site_health()->result( 'names' )['label'];",
  );
  expect([label, health < 1]).toEqual(["4000 domains need action", true]);
  const [count, cli] = await inPhp(`
    eval( 'class WP_CLI { public static $said = array(); public static function line( $text ) { self::$said[] = $text; } }' );
    $commands = new Domain_Bridge\\Commands( Domain_Bridge\\Plugin::instance() );
    $commands->names( array(), array( 'format' => 'count' ) );
    $commands->names( array(), array( 'format' => 'ids', 'needs-action' => true ) );
    return WP_CLI::$said[0] . ' ' . count( explode( ' ', WP_CLI::$said[1] ) );`);
  expect([count, cli < 1]).toEqual(["40000 4000", true]);
});

test("the sidecar's routes are on the main site only, and in no list", async () => {
  await php(
    "wp_insert_site( array( 'domain' => 'kedai.bridge.localhost', 'path' => '/', 'network_id' => 1, 'user_id' => 1, 'title' => 'Kedai' ) );",
  );
  const index = await stack.wordpress.request("/?rest_route=/");
  expect(index.status).toBe(200);
  expect(index.body).not.toMatch(/domain-bridge\\?\/v1\\?\/(not|ide|non)/);
  const post = (host: string) =>
    stack.wordpress.request("/?rest_route=/domain-bridge/v1/notifications", {
      host,
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
  expect((await post("bridge.localhost")).status).toBe(401);
  const elsewhere = await post("kedai.bridge.localhost");
  expect([elsewhere.status, elsewhere.json()]).toMatchObject([
    404,
    { code: "rest_no_route" },
  ]);
});

test("http to a sidecar on another machine is refused with words, unless a constant allows it", async () => {
  const url = stack.wordpress;
  await url.setConstants({
    WU_SERVER_PILOT_SIDECAR_URL: "http://sidecar.example:8787",
  });
  expect(await networkAdmin()).toContain("is on another machine");
  await url.setConstants({ WU_SERVER_PILOT_ALLOW_HTTP: true });
  await networkAdmin();
  expect(await networkAdmin()).not.toContain("is on another machine");
  await url.setConstants({
    WU_SERVER_PILOT_SIDECAR_URL: sidecar.url,
    WU_SERVER_PILOT_ALLOW_HTTP: null,
  });
  await url.cron(3600);
});

test("a secret whose key lies beside it is said, and works", async () => {
  const unset = "put your unique phrase here";
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_SIDECAR_SECRET: null,
    AUTH_KEY: unset,
    AUTH_SALT: unset,
  });
  await stack.wordpress.deactivate(plugins.bridge);
  await stack.wordpress.activate(plugins.bridge);
  cookie = await stack.wordpress.login();
  expect(await networkAdmin()).toContain("has no salts of its own");
  expect(await php("return ( new Domain_Bridge\\Secret() )->get();")).toMatch(
    /^whsec_/,
  );
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_SIDECAR_SECRET: sidecarSecret,
    AUTH_KEY: null,
    AUTH_SALT: null,
  });
  cookie = await stack.wordpress.login();
  expect(await networkAdmin()).not.toContain("has no salts of its own");
});

test("a second network of the same WordPress is refused with words, and nothing is done for it", async () => {
  await php(`
    require_once ABSPATH . 'wp-admin/includes/network.php';
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    global $wpdb;
    $wpdb->insert( $wpdb->site, array( 'id' => 2, 'domain' => 'second.localhost', 'path' => '/' ) );
    defined( 'UPLOADBLOGSDIR' ) || define( 'UPLOADBLOGSDIR', 'wp-content/blogs.dir' );
    $site = wp_insert_site( array( 'domain' => 'second.localhost', 'path' => '/', 'network_id' => 2, 'user_id' => 1, 'title' => 'Second' ) );
    update_network_option( 2, 'active_sitewide_plugins', get_network_option( 1, 'active_sitewide_plugins' ) );
    foreach ( array( 'wu_setup_finished', 'wu_host_integrations_enabled', 'site_admins' ) as $name ) {
      update_network_option( 2, $name, get_network_option( 1, $name ) );
    }`);
  sidecar.calls();
  const said = (await stack.wordpress.php(
    `do_action( 'wu_add_domain', 'second.example.com', 2 );
     ob_start();
     do_action( 'network_admin_notices' );
     $notices = ob_get_clean();
     add_filter( 'wp_die_handler', function () { return function ( $text ) { throw new Exception( $text ); }; } );
     try { Domain_Bridge\\Plugin::activate(); } catch ( Exception $refusal ) { return array( get_current_network_id(), $notices, $refusal->getMessage() ); }`,
    { host: "second.localhost" },
  )) as [number, string, string];
  expect(said[0]).toBe(2);
  expect(said[1]).toContain("main network of a WordPress only");
  expect(said[2]).toContain("main network of a WordPress only");
  expect(sidecar.calls()).toEqual([]);
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});
