import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serverPilotApp, startStack, type Stack } from "../stack/stack";

/** The ServerPilot code inside the double of Ultimate Multisite, which our plugin's is to replace. */
let stack: Stack;

jest.setTimeout(30_000);

beforeAll(async () => {
  stack = await startStack({
    wordpress: { plugin: false },
    simulator: {
      latencyMs: 0,
      autosslDelayMs: 0,
      domains: ["bridge.localhost"],
    },
    sidecar: false,
  });
}, 180_000);

afterAll(async () => {
  await stack.stop();
});

beforeEach(() => {
  stack.simulator.clearJournal();
});

const php = (code: string) => stack.wordpress.php(code);
const create = (domain: string) =>
  php(
    `return wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1 ) )->get_id();`,
  );
const calls = () =>
  stack.simulator.journal().map(({ method, path }) => `${method} ${path}`);
const app = `/apps/${serverPilotApp.appId}`;

test("UM's own module makes three calls for one mapping, and puts it on the app with its www", async () => {
  await create("shop.example.com");
  expect(calls()).toEqual([]);
  await stack.wordpress.cron();
  expect(calls()).toEqual([`GET ${app}`, `POST ${app}`, `POST ${app}/ssl`]);
  expect(stack.simulator.domains()).toEqual([
    "bridge.localhost",
    "shop.example.com",
    "www.shop.example.com",
  ]);
});

test("UM's own module sends an object when it removes from the middle, which is refused", async () => {
  await create("last.example.com");
  await stack.wordpress.cron();
  await php("wu_get_domain_by_domain( 'shop.example.com' )->delete();");
  await stack.wordpress.cron();
  expect(stack.simulator.journal().at(-1)).toMatchObject({
    method: "POST",
    path: app,
    status: 400,
  });
  expect(stack.simulator.domains()).toContain("shop.example.com");
});

test("a UM from before the registry makes the same calls by its host provider", async () => {
  await stack.wordpress.useUm("legacy");
  expect(
    await php(
      "return class_exists( 'WP_Ultimo\\\\Integrations\\\\Integration_Registry' );",
    ),
  ).toBe(false);
  await create("legacy.example.com");
  await stack.wordpress.cron();
  expect(calls()).toEqual([`GET ${app}`, `POST ${app}`, `POST ${app}/ssl`]);
  await stack.wordpress.useUm("registry");
});

test("with its wizard not finished, UM fires neither of the registry's hooks", async () => {
  const fired =
    "return array( did_action( 'wu_register_integrations' ), did_action( 'wu_register_capabilities' ) );";
  expect(await php(fired)).toEqual([1, 1]);
  await stack.wordpress.useUm("unfinished");
  expect(await php(fired)).toEqual([0, 0]);
  expect(
    await php(
      "return function_exists( 'wu_get_setting' ) && ! WP_Ultimo()->is_loaded();",
    ),
  ).toBe(true);
  await stack.wordpress.useUm("registry");
});

test("without UM its functions are not there", async () => {
  await stack.wordpress.useUm("none");
  expect(await php("return function_exists( 'wu_get_setting' );")).toBe(false);
  await stack.wordpress.useUm("registry");
});

test("the wizard's test asks the integration, and says which constant is missing", async () => {
  const cookie = await stack.wordpress.login();
  const ask = async () => {
    const path =
      "/wp-admin/admin-ajax.php?action=wu_test_hosting_integration&integration=serverpilot";
    return (await stack.wordpress.request(path, { cookie })).json();
  };
  expect(await ask()).toMatchObject({ success: true });
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_API_KEY: "wrong" });
  expect(await ask()).toMatchObject({ success: false });
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_API_KEY: null });
  expect(await ask()).toMatchObject({
    success: false,
    data: {
      message: expect.stringContaining("WU_SERVER_PILOT_API_KEY") as string,
    },
  });
});

test("a credential that is no constant is kept encrypted, and a constant wins over it", async () => {
  const integration =
    "WP_Ultimo\\Integrations\\Integration_Registry::get_instance()->get( 'serverpilot' )";
  const read = `return ${integration}->get_credential( 'WU_SERVER_PILOT_API_KEY' );`;
  await php(
    `${integration}->save_credentials( array( 'WU_SERVER_PILOT_API_KEY' => 'kept-in-the-database' ) );`,
  );
  expect(await php(read)).toBe("kept-in-the-database");
  expect(
    await php(
      "return get_network_option( null, 'wu_hosting_credential_WU_SERVER_PILOT_API_KEY' );",
    ),
  ).not.toContain("kept");
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_API_KEY: stack.app.apiKey,
  });
  expect(await php(read)).toBe(stack.app.apiKey);
});

test("a module that takes the place of UM's own gets the jobs, and UM makes no call", async () => {
  const ours = `<?php
    add_action( 'wu_register_capabilities', static function ( $registry ) {
      $registry->add_capability( 'serverpilot', new class extends WP_Ultimo\\Integrations\\Base_Capability_Module {
        public function get_capability_id(): string { return 'domain-mapping'; }
        public function get_title(): string { return 'Ours'; }
        public function register_hooks(): void {
          add_action( 'wu_add_domain', static function ( $domain, $site_id ) { update_network_option( null, 'ours_was_told', array( $domain, $site_id ) ); }, 10, 2 );
        }
      } );
    } );`;
  await writeFile(
    join(stack.wordpress.root, "wp-content/mu-plugins/ours.php"),
    ours,
  );
  await create("ours.example.com");
  await stack.wordpress.cron();
  expect(
    await php("return get_network_option( null, 'ours_was_told' );"),
  ).toEqual(["ours.example.com", 1]);
  expect(calls()).toEqual([]);
});
