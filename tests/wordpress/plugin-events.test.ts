import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** What the plugin tells the sidecar, on a real WordPress; a recorder stands in for the sidecar. */
let stack: Stack;
const sidecar = new RecordingSidecar(sidecarSecret);

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar, {
    latencyMs: 0,
    domains: ["bridge.localhost"],
  });
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

const php = (code: string) => stack.wordpress.php(code);
const create = (...domains: string[]) =>
  php(
    domains
      .map(
        (domain) =>
          `wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1 ) );`,
      )
      .join(" "),
  );
const change = (domain: string, code: string) =>
  php(`$mapping = wu_get_domain_by_domain( '${domain}' ); ${code}`);

test("activating the plugin registers the network with everything the sidecar needs", () => {
  expect(sidecar.requests).toMatchObject([
    { method: "GET", path: "/v1/networks/default/status?names=0" },
    {
      method: "PUT",
      path: "/v1/networks/default",
      signed: true,
      body: {
        enabled: true,
        wwwPolicy: "always",
        sslMaxTries: 5,
        appId: stack.app.appId,
        apiKey: stack.app.apiKey,
      },
    },
  ]);
  sidecar.calls();
});

test("a created, renamed, deactivated and deleted mapping is one signed call each, at once", async () => {
  await create("shop.example.com");
  expect(sidecar.requests.every(({ signed }) => signed)).toBe(true);
  expect(sidecar.eventCalls()).toEqual([["mapping.saved shop.example.com"]]);
  await change(
    "shop.example.com",
    "$mapping->set_domain( 'store.example.com' ); $mapping->save();",
  );
  expect(sidecar.eventCalls()).toEqual([
    ["mapping.removed shop.example.com", "mapping.saved store.example.com"],
  ]);
  await change(
    "store.example.com",
    "$mapping->set_active( false ); $mapping->save();",
  );
  expect(sidecar.eventCalls()).toEqual([["mapping.saved store.example.com"]]);
  await change("store.example.com", "$mapping->delete();");
  expect(sidecar.eventCalls()).toEqual([["mapping.removed store.example.com"]]);
});

test("UM's jobs find a listener in cron, are one call, and UM's own module makes none", async () => {
  await create("jobs.example.com");
  await change("jobs.example.com", "$mapping->delete();");
  sidecar.calls();
  await stack.wordpress.cron();
  expect(sidecar.eventCalls()).toHaveLength(1);
  expect(
    await php(
      "global $wpdb; return $wpdb->get_col( \"SELECT message FROM {$wpdb->base_prefix}um_double_jobs WHERE status = 'failed'\" );",
    ),
  ).toEqual([]);
  expect(stack.simulator.journal()).toEqual([]);
});

test("a site created and deleted is told at once", async () => {
  const id = await php(
    "return wp_insert_site( array( 'domain' => 'kedai.bridge.localhost', 'path' => '/', 'network_id' => 1, 'user_id' => 1, 'title' => 'Kedai' ) );",
  );
  const [created] = sidecar.eventCalls();
  expect(created).toContain("site.created kedai.bridge.localhost");
  await php(`wp_delete_site( ${String(id)} );`);
  const [removed] = sidecar.eventCalls();
  expect(removed).toContain("site.removed kedai.bridge.localhost");
  expect(removed).toContain("mapping.removed kedai.bridge.localhost");
  await stack.wordpress.cron();
  sidecar.calls();
});

test("fifty mappings saved in one request are one call", async () => {
  const names = Array.from({ length: 50 }, (_, i) => `m${i}.example.com`);
  await create(...names);
  expect(sidecar.eventCalls()).toEqual([
    names.map((name) => `mapping.saved ${name}`).sort(),
  ]);
});

test("while the sidecar is away the network is marked, removals are kept, and cron delivers them once it is back", async () => {
  await create("gone-1.example.com", "gone-2.example.com");
  sidecar.calls();
  await sidecar.stop();
  await Promise.all([
    change("gone-1.example.com", "$mapping->delete();"),
    change("gone-2.example.com", "$mapping->delete();"),
    create("new.example.com"),
  ]);
  const away = () =>
    php("return get_network_option( null, 'domain_bridge_away' );");
  expect(await away()).toMatchObject({ code: "sidecar-away" });
  await stack.wordpress.cron(3600);
  expect(await away()).toMatchObject({ code: "sidecar-away" });
  await sidecar.start();
  await stack.wordpress.cron(3600);
  expect(await away()).toBe(false);
  const calls = sidecar.eventCalls();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toEqual(
    expect.arrayContaining([
      "mapping.removed gone-1.example.com",
      "mapping.removed gone-2.example.com",
      "resync",
    ]),
  );
  await stack.wordpress.cron(7200);
  // The sidecar is told nothing more; how it stands is asked every five minutes.
  expect(sidecar.calls().filter((call) => !call.startsWith("GET"))).toEqual([]);
});

test("a sidecar that never answers costs a request at most two seconds more", async () => {
  const measured = async (code: string) => {
    const began = Date.now();
    await php(code);
    return Date.now() - began;
  };
  const usual = await measured("return 1;");
  sidecar.answer = "silence";
  const slow = await measured(
    "wu_create_domain( array( 'domain' => 'slow.example.com', 'blog_id' => 1 ) );",
  );
  sidecar.answer = "friendly";
  expect(slow - usual).toBeLessThan(2600);
  await stack.wordpress.cron(3600);
  expect(sidecar.eventCalls().at(-1)).toContain("resync");
});

test("UM's settings of www and of the integration are told; when it is disabled nothing else is", async () => {
  await php("wu_save_setting( 'auto_create_www_subdomain', 'never' );");
  expect(sidecar.requests.at(-1)?.body).toMatchObject({ wwwPolicy: "never" });
  const enable = (enabled: boolean) =>
    php(
      `update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => ${enabled} ) );`,
    );
  await enable(false);
  expect(sidecar.requests.at(-1)?.body).toMatchObject({ enabled: false });
  sidecar.calls();
  await create("quiet.example.com");
  await stack.wordpress.cron(3600);
  expect(sidecar.calls()).toEqual([]);
  await enable(true);
  expect(sidecar.requests.at(-1)?.body).toMatchObject({ enabled: true });
  sidecar.calls();
});

test("a UM from before the registry tells the sidecar too, and makes no call of its own", async () => {
  await stack.wordpress.useUm("legacy");
  sidecar.calls();
  await create("legacy.example.com");
  expect(sidecar.eventCalls()).toEqual([["mapping.saved legacy.example.com"]]);
  await stack.wordpress.cron();
  expect(sidecar.eventCalls()).toHaveLength(1);
  expect(stack.simulator.journal()).toEqual([]);
  await stack.wordpress.useUm("registry");
  sidecar.calls();
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});

test("deactivating the plugin has the sidecar stop, for UM's own code works again", async () => {
  await stack.wordpress.deactivate(
    "domain-bridge-for-serverpilot/domain-bridge-for-serverpilot.php",
  );
  expect(sidecar.requests.at(-1)?.body).toMatchObject({ enabled: false });
});
