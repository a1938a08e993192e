import { setTimeout as delay } from "node:timers/promises";
import { startStack, sidecarSecret, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plugins } from "../stack/wordpress-files";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** What a sidecar that hangs or is away must not do to a live network. */

jest.setTimeout(90_000);

describe("a sidecar that hangs", () => {
  let stack: Stack;
  const sidecar = new RecordingSidecar(sidecarSecret);

  beforeAll(async () => {
    stack = await startRecorded(sidecar);
  }, 180_000);

  afterAll(async () => {
    await stack.stop();
    await sidecar.stop();
  });

  const events = () =>
    stack.wordpress.php(
      "$all = array(); foreach ( _get_cron_array() as $hooks ) { $all = array_merge( $all, array_keys( $hooks ) ); } return $all;",
    ) as Promise<string[]>;

  test.each([
    ["with Action Scheduler", null],
    ["without it", true],
  ])(
    "takes no event of another plugin from WP-Cron (%s)",
    async (_, without) => {
      await stack.wordpress.setConstants({
        UM_DOUBLE_WITHOUT_SCHEDULER: without,
      });
      const kind = without === null ? "with" : "without";
      sidecar.answer = "silence";
      const work = { done: false };
      const requests = (async () => {
        for (let i = 0; !work.done; i++) {
          await stack.wordpress.php(
            `delete_network_option( null, 'domain_bridge_away' );
             wu_create_domain( array( 'domain' => '${kind}-${i}.example.com', 'blog_id' => 1 ) );`,
          );
        }
      })();
      await until("a request that waits", () =>
        Promise.resolve(sidecar.requests.length > 0),
      );
      const foreign = Array.from(
        { length: 8 },
        (_, i) => `${kind}_plugin_${i}`,
      );
      for (const hook of foreign) {
        await stack.wordpress.php(
          `wp_schedule_single_event( time() + 3600, '${hook}' );`,
        );
        await delay(300);
      }
      work.done = true;
      await requests;
      sidecar.answer = "friendly";
      expect(await events()).toEqual(expect.arrayContaining(foreign));
    },
  );

  test("without Action Scheduler one recurring event, made at activation and healed in the network admin, tries again", async () => {
    const due =
      "$mark = get_network_option( null, 'domain_bridge_away' ); $mark['next'] = 1; update_network_option( null, 'domain_bridge_away', $mark );";
    await stack.wordpress.deactivate(plugins.bridge);
    expect(await events()).not.toContain("domain_bridge_look");
    await stack.wordpress.activate(plugins.bridge);
    expect(await events()).toContain("domain_bridge_look");
    await stack.wordpress.php(
      "wp_clear_scheduled_hook( 'domain_bridge_look' );",
    );
    const cookie = await stack.wordpress.login();
    await stack.wordpress.request("/wp-admin/network/", { cookie });
    expect(await events()).toContain("domain_bridge_look");
    await sidecar.stop();
    await stack.wordpress.php(
      "wu_create_domain( array( 'domain' => 'later.example.com', 'blog_id' => 1 ) );",
    );
    await sidecar.start();
    sidecar.calls();
    const look = "do_action( 'domain_bridge_look' );";
    await stack.wordpress.php(look);
    expect(sidecar.calls()).toEqual([]);
    await stack.wordpress.php(due);
    await stack.wordpress.php(look);
    expect(sidecar.eventCalls()).toEqual([["resync"]]);
    expect(
      await stack.wordpress.php(
        "return get_network_option( null, 'domain_bridge_away' );",
      ),
    ).toBe(false);
    await stack.wordpress.setConstants({ UM_DOUBLE_WITHOUT_SCHEDULER: null });
    expect(await stack.wordpress.debugLog()).toBe("");
  });
});

describe("a sidecar that was stopped when the plugin was deactivated", () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({
      simulator: { latencyMs: 0, domains: ["bridge.localhost"] },
    });
  }, 180_000);

  afterAll(() => stack.stop());

  const map = (domain: string) =>
    stack.wordpress.php(
      `wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1 ) );`,
    );
  const isThere = (domain: string) => () =>
    Promise.resolve(stack.simulator.domains().includes(domain));

  test("writes nothing when it is started again, and goes on when the plugin is activated again", async () => {
    await map("before.example.com");
    await until("the first mapping", isThere("before.example.com"));
    await stack.sidecar.stop();
    await stack.wordpress.deactivate(plugins.bridge);
    await map("meanwhile.example.com");
    stack.simulator.clearJournal();
    await stack.sidecar.start();
    await delay(3000);
    expect(
      stack.simulator.journal().filter(({ method }) => method !== "GET"),
    ).toEqual([]);
    await stack.wordpress.activate(plugins.bridge);
    await until("the second mapping", isThere("meanwhile.example.com"));
    expect(await stack.wordpress.debugLog()).toBe("");
  });
});
