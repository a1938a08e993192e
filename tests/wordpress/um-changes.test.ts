import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** Updates of UM that change what others could rely on, on a real WordPress. */
let stack: Stack;
let cookie: string;
const sidecar = new RecordingSidecar(sidecarSecret);

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar, {
    latencyMs: 0,
    domains: ["bridge.localhost"],
  });
  cookie = await stack.wordpress.login();
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

const create = (domain: string) =>
  stack.wordpress.php(
    `wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1 ) );`,
  );

async function expectEveryPageToAnswer(): Promise<string[]> {
  const pages = [
    "/",
    "/wp-json/",
    "/wp-admin/",
    "/wp-admin/network/",
    "/wp-admin/network/plugins.php",
    "/wp-admin/network/admin.php?page=domain-bridge",
  ];
  const bodies: string[] = [];
  for (const page of pages) {
    const { status, body } = await stack.wordpress.request(page, { cookie });
    expect([page, status]).toEqual([page, 200]);
    bodies.push(body);
  }
  return bodies;
}

test.each(["method", "type", "final", "renamed"])(
  "an update of UM that changes its classes (%s) is no fatal error, and the bridge goes on alone",
  async (change) => {
    await stack.wordpress.setConstants({ UM_DOUBLE_CHANGE: change });
    sidecar.calls();
    await expectEveryPageToAnswer();
    await create(`${change}.example.com`);
    expect(sidecar.eventCalls()).toEqual([
      [`mapping.saved ${change}.example.com`],
    ]);
    await stack.wordpress.cron();
    expect(sidecar.eventCalls()).toHaveLength(1);
    expect(stack.simulator.journal()).toEqual([]);
  },
);

test("a UM that does its work elsewhere keeps doing it, the network admin is told, and the sidecar is paused", async () => {
  await stack.wordpress.php(`global $wpdb;
    $wpdb->query( "CREATE TABLE {$wpdb->base_prefix}domain_bridge_registration (id TINYINT NOT NULL PRIMARY KEY, settings MEDIUMTEXT NOT NULL)" );
    $wpdb->insert( "{$wpdb->base_prefix}domain_bridge_registration", array( 'id' => 1, 'settings' => '{"enabled":true,"wwwOverrides":{}}' ) );`);
  await stack.wordpress.setConstants({ UM_DOUBLE_CHANGE: "elsewhere" });
  const bodies = await expectEveryPageToAnswer();
  expect(bodies.at(-2)).toContain("in a way that the plugin does not know");
  expect(
    sidecar.requests.filter(({ method }) => method === "PUT").at(-1)?.body,
  ).toMatchObject({ enabled: false });
  expect(
    await stack.wordpress.php(
      'global $wpdb; return $wpdb->get_var( "SELECT settings FROM {$wpdb->base_prefix}domain_bridge_registration" );',
    ),
  ).toBe('{"enabled":false,"wwwOverrides":{}}');
  sidecar.calls();
  await create("elsewhere.example.com");
  await stack.wordpress.cron();
  expect(sidecar.calls()).toEqual([]);
  expect(stack.simulator.domains()).toContain("elsewhere.example.com");
});

test("once UM is understood again the bridge goes on", async () => {
  await stack.wordpress.setConstants({ UM_DOUBLE_CHANGE: null });
  sidecar.calls();
  stack.simulator.clearJournal();
  await create("again.example.com");
  expect(sidecar.requests[0]).toMatchObject({
    method: "PUT",
    body: { enabled: true },
  });
  expect(sidecar.eventCalls()).toEqual([["mapping.saved again.example.com"]]);
  await stack.wordpress.cron();
  expect(stack.simulator.journal()).toEqual([]);
  expect(await stack.wordpress.debugLog()).toBe("");
});
