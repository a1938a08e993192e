import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sign } from "../../sidecar/contract/signature";
import { type Stack, sidecarSecret } from "../stack/stack";
import { plugins } from "../stack/wordpress-files";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** What the sidecar tells WordPress, and what a network admin sees, on a real WordPress. */
let stack: Stack;
let cookie: string;
const sidecar = new RecordingSidecar(sidecarSecret);

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar);
  cookie = await stack.wordpress.login();
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

const php = (code: string) => stack.wordpress.php(code);
let seq = 0;

function change(name: string, state: string, more: object = {}) {
  seq += 1;
  return {
    seq,
    name,
    state,
    previous: "securing",
    reason: null,
    params: {},
    message: "",
    remedy: "",
    at: new Date().toISOString(),
    siteId: 1,
    kind: "mapping",
    ...more,
  };
}

function notify(changes: object[], secret = sidecarSecret) {
  return ask("notifications", { changes }, secret);
}

/** Asks one of the plugin's signed routes. */
function ask(route: string, message: object, secret = sidecarSecret) {
  const target = `/?rest_route=/domain-bridge/v1/${route}`;
  const body = JSON.stringify({ network: "default", ...message });
  const headers = sign({
    secrets: [secret],
    id: `msg_${randomUUID()}`,
    timestamp: Math.floor(Date.now() / 1000),
    method: "POST",
    target,
    body,
  });
  return stack.wordpress.request(target, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

const mapping = (name: string) =>
  php(
    `$mapping = wu_get_domain_by_domain( '${name}' ); return array( $mapping->get_stage(), $mapping->is_secure() );`,
  );

test("a secured name is done and secure in UM, with one save and without an event back", async () => {
  await php(`
    wu_create_domain( array( 'domain' => 'shop.example.com', 'blog_id' => 1 ) );
    wu_create_domain( array( 'domain' => 'late.example.com', 'blog_id' => 1, 'stage' => 'ssl-failed' ) );`);
  await php(`
    file_put_contents( WPMU_PLUGIN_DIR . '/saves.php', "<?php add_action( 'wu_domain_post_save', function () { update_network_option( null, 'saves', 1 + (int) get_network_option( null, 'saves', 0 ) ); } );" );`);
  sidecar.calls();
  const answer = await notify([
    change("shop.example.com", "secure"),
    change("late.example.com", "secure", { previous: "ssl-failed" }),
  ]);
  expect([answer.status, answer.json()]).toEqual([
    200,
    { accepted: 2, rejected: [] },
  ]);
  expect(await mapping("shop.example.com")).toEqual(["done", true]);
  expect(await mapping("late.example.com")).toEqual(["done", true]);
  expect(await php("return (int) get_network_option( null, 'saves' );")).toBe(
    2,
  );
  expect(sidecar.calls()).toEqual([]);
  const log = await stack.wordpress.umLog("integration-serverpilot");
  expect(log).toContain("late.example.com is secure again");
  expect(await stack.wordpress.umLog("domain-shop.example.com")).toContain(
    "shop.example.com is secure",
  );
});

test("a forged notification is refused and changes nothing", async () => {
  await php(
    "wu_create_domain( array( 'domain' => 'forged.example.com', 'blog_id' => 1 ) );",
  );
  const answer = await notify(
    [change("forged.example.com", "secure")],
    "a secret that is not the network's own",
  );
  expect(answer.status).toBe(401);
  expect(answer.json()).toMatchObject({ code: "signature-invalid" });
  expect(await mapping("forged.example.com")).toEqual(["checking-dns", false]);
});

test("a plugin that closes REST for visitors does not close it for the sidecar", async () => {
  const closed = join(stack.wordpress.root, "wp-content/mu-plugins/closed.php");
  await writeFile(
    closed,
    "<?php add_filter( 'rest_authentication_errors', function ( $result ) { return is_user_logged_in() ? $result : new WP_Error( 'rest_not_logged_in', 'Closed', array( 'status' => 401 ) ); }, 20 );",
  );
  const visitor = await stack.wordpress.request("/?rest_route=/wp/v2/posts");
  expect([visitor.status, visitor.json()]).toMatchObject([
    401,
    { code: "rest_not_logged_in" },
  ]);
  expect((await notify([])).status).toBe(200);
  const forged = await notify([], "a secret that is not the network's own");
  expect(forged.json()).toMatchObject({ code: "rest_not_logged_in" });
  await rm(closed);
});

test("the sidecar reads its own challenge back, and UM's nonces for names", async () => {
  expect((await ask("identity", {})).json()).toEqual({ challenge: null });
  await php(`global $wpdb;
    $wpdb->query( "CREATE TABLE {$wpdb->base_prefix}domain_bridge_state (name VARCHAR(50) NOT NULL PRIMARY KEY, value MEDIUMTEXT NOT NULL)" );
    $wpdb->insert( "{$wpdb->base_prefix}domain_bridge_state", array( 'name' => 'identity-challenge', 'value' => '"a nonce"' ) );`);
  expect((await ask("identity", {})).json()).toEqual({ challenge: "a nonce" });
  const names = ["shop.example.com", "admin|token", "localhost"];
  expect((await ask("nonces", { names })).json()).toEqual({
    nonces: {
      "shop.example.com": await php("return wp_hash( 'shop.example.com' );"),
    },
  });
  await php(
    'global $wpdb; $wpdb->query( "DROP TABLE {$wpdb->base_prefix}domain_bridge_state" );',
  );
  expect(await stack.wordpress.debugLog()).toBe("");
});

test("of notifications that arrive at once none is lost halfway or counted twice", async () => {
  const changes = Array.from({ length: 10 }, (_, i) =>
    change(`burst-${i}.example.com`, "securing"),
  );
  const answers = await Promise.all(changes.map((item) => notify([item])));
  const accepted = answers.map(
    (answer) => (answer.json() as { accepted: number }).accepted,
  );
  const log = await stack.wordpress.umLog("integration-serverpilot");
  const logged = changes.map(
    ({ name }) => log.split(`${name} is on the ServerPilot app`).length - 1,
  );
  expect(logged).toEqual(accepted);
  expect(accepted[9]).toBe(1);
  expect((await notify(changes)).json()).toEqual({
    accepted: 0,
    rejected: [],
  });
});

const networkAdmin = async (page = "/wp-admin/network/") =>
  (await stack.wordpress.request(page, { cookie })).body;

test("the network admin says nothing while all is well, and names what is missing", async () => {
  expect(await networkAdmin()).not.toContain("Domain Bridge for ServerPilot:");
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_APP_ID: "" });
  expect(await networkAdmin()).toMatch(
    /wp-config\.php: WU_SERVER_PILOT_APP_ID/,
  );
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_APP_ID: stack.app.appId,
  });
});

test("a sidecar that is away is a notice, and the notice goes away by itself", async () => {
  await sidecar.stop();
  await php(
    "wu_create_domain( array( 'domain' => 'notice.example.com', 'blog_id' => 1 ) );",
  );
  expect(await networkAdmin()).toContain("does not answer at");
  await sidecar.start();
  await stack.wordpress.cron(3600);
  expect(await networkAdmin()).not.toContain("does not answer at");
});

test("an unfinished or missing UM is a notice, never a fatal error, and not on the front end", async () => {
  await stack.wordpress.useUm("unfinished");
  expect(await networkAdmin()).toContain("setup wizard");
  await stack.wordpress.useUm("none");
  expect(await networkAdmin()).toContain("Ultimate Multisite is not active");
  const front = await stack.wordpress.request("/");
  expect([front.status, front.body.includes("Domain Bridge")]).toEqual([
    200,
    false,
  ]);
  await stack.wordpress.cron(3600);
  expect((await notify([change("shop.example.com", "secure")])).status).toBe(
    503,
  );
  await stack.wordpress.useUm("registry");
});

test.each(["registry", "legacy"] as const)(
  "the connection test of UM (%s) goes through the sidecar, for network admins only",
  async (mode) => {
    await stack.wordpress.useUm(mode);
    sidecar.calls();
    const ask = async (as: string) => {
      const path =
        "/wp-admin/admin-ajax.php?action=wu_test_hosting_integration&integration=serverpilot";
      return (await stack.wordpress.request(path, { cookie: as })).json();
    };
    expect(await ask(cookie)).toMatchObject({ success: true });
    expect(sidecar.calls()).toContain("POST /v1/networks/default/check");
    await php(
      "if ( ! username_exists( 'customer' ) ) { wpmu_create_user( 'customer', 'password', 'customer@example.com' ); }",
    );
    const customer = await stack.wordpress.login("customer", "password");
    expect(await ask(customer)).toMatchObject({ success: false });
    expect(sidecar.calls()).toEqual([]);
    await sidecar.stop();
    expect(await ask(cookie)).toMatchObject({
      success: false,
      data: {
        message: expect.stringContaining(
          "WU_SERVER_PILOT_SIDECAR_URL",
        ) as string,
      },
    });
    await sidecar.start();
    await stack.wordpress.useUm("registry");
  },
);

test("uninstalling leaves nothing in the database", async () => {
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_SIDECAR_SECRET: null });
  await stack.wordpress.deactivate(plugins.bridge);
  await stack.wordpress.activate(plugins.bridge);
  await php(
    'global $wpdb; $wpdb->query( "CREATE TABLE {$wpdb->base_prefix}domain_bridge_names (id int)" );',
  );
  await php(`
    update_user_meta( 1, 'domain_bridge_names_per_page', 20 );
    update_user_meta( 1, 'manageultimate-multisite_page_domain-bridge-networkcolumnshidden', array( 'next' ) );
    set_site_transient( 'domain_bridge_said_1', array( 'success', 'Done', array() ), 300 );
    wp_schedule_single_event( time() + 60, 'domain_bridge_retry' );
    update_network_option( 1, 'domain_bridge_removed_0', array() );`);
  const rest = `global $wpdb; return array(
    $wpdb->get_col( "SELECT meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE '%domain\\_bridge%'" ),
    $wpdb->get_col( "SHOW TABLES LIKE '%domain\\_bridge%'" ),
    $wpdb->get_col( "SELECT meta_key FROM {$wpdb->usermeta} WHERE meta_key LIKE '%domain%bridge%'" ),
    strpos( serialize( _get_cron_array() ), 'domain_bridge' ) );`;
  const before = (await php(rest)) as unknown[][];
  expect(before[0]).toContain("domain_bridge_secret");
  await stack.wordpress.deactivate(plugins.bridge);
  await php(`uninstall_plugin( '${plugins.bridge}' );`);
  expect(await php(rest)).toEqual([[], [], [], false]);
  expect(await stack.wordpress.debugLog()).toBe("");
});
