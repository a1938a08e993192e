import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { done, isDone, map, mappingOf, secondsToDone } from "./mapping";

/** The limit of the promise: done within so many seconds after the certificate is available and served. */
const PROMISED_SECONDS = 5;
const ELSEWHERE = "203.0.113.7";
const never = { autosslDelayMs: 1e9 };
const soon = { autosslDelayMs: 100 };

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    simulator: {
      latencyMs: 20,
      actionMs: 100,
      http: true,
      domains: ["bridge.localhost"],
    },
    sidecar: { env: { SSL_POLL_SECONDS: "1", RESYNC_SECONDS: "5" } },
  });
}, 120_000);
afterAll(() => stack.stop());

/** What UM's own checks find: names whose DNS is right, and no certificate. */
const umFinds = (...names: string[]): Promise<unknown> =>
  stack.wordpress.php(
    `update_network_option( null, 'um_double_checks', array( 'dns' => json_decode( '${JSON.stringify(names)}' ), 'ssl' => false ) );`,
  );

const stageOf = async (name: string): Promise<string | undefined> =>
  (await mappingOf(stack, name))?.stage;

const atStage = (name: string, stage: string): Promise<boolean> =>
  until(`${name} at ${stage}`, async () => (await stageOf(name)) === stage, 60);

/** UM's planned checks of a mapping: in how many seconds each is due. */
async function plannedChecks(name: string): Promise<number[]> {
  const jobs = await stack.mariadb.rows<{ wait: number }>(
    `SELECT jobs.due - UNIX_TIMESTAMP() AS wait FROM wp_um_double_jobs jobs
     JOIN wp_wu_domain_mappings mappings ON JSON_EXTRACT(jobs.args, '$.domain_id') = mappings.id
     WHERE jobs.hook = 'wu_async_process_domain_stage' AND jobs.status = 'pending' AND mappings.domain = ?`,
    [name],
    stack.database,
  );
  return jobs.map(({ wait }) => wait);
}

/** Waits until WordPress has been told of a name in these words, and has done what follows from it. */
const isTold = (name: string, words: string): Promise<unknown> =>
  until(
    `WordPress to be told that ${name} ${words}`,
    async () => (await stack.wordpress.umLog(`domain-${name}`)).includes(words),
    60,
  );

/** All of UM's tries, as if their time had passed. */
const umGivesUp = (): Promise<void> => stack.wordpress.cron(7_200);

test("a mapping whose DNS UM still waits for is checked by UM at once when it is right, by one chain, and done in time", async () => {
  const name = "www.waiting.example.com";
  stack.simulator.set(never);
  stack.simulator.setDns(name, { a: [ELSEWHERE] });
  await umFinds();
  await map(stack, name);
  await stack.wordpress.cron();
  await isTold(name, "points at");
  const [wait, ...others] = await plannedChecks(name);
  expect(wait).toBeGreaterThan(200);
  expect(others).toEqual([]);

  await umFinds(name);
  stack.simulator.pointAtServer(name);
  await until(
    "one check at once",
    async () => {
      const planned = await plannedChecks(name);
      return planned.length === 1 && (planned[0] ?? 1) <= 0;
    },
    60,
  );
  await stack.wordpress.cron();
  expect(await stageOf(name)).toBe("checking-ssl-cert");
  expect(await plannedChecks(name)).toHaveLength(1);

  stack.simulator.set(soon);
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
  expect(await mappingOf(stack, name)).toEqual(done);
}, 180_000);

test("a mapping that UM has given up for its DNS is set back, checked once, and done in time", async () => {
  const name = "www.given-up.example.com";
  stack.simulator.set(never);
  stack.simulator.setDns(name, { a: [ELSEWHERE] });
  await umFinds();
  await map(stack, name);
  await isTold(name, "points at");
  await umGivesUp();
  expect(await stageOf(name)).toBe("failed");
  expect(await plannedChecks(name)).toEqual([]);

  await umFinds(name);
  stack.simulator.pointAtServer(name);
  await atStage(name, "checking-dns");
  expect(await plannedChecks(name)).toHaveLength(1);
  await stack.wordpress.cron();
  expect(await stageOf(name)).toBe("checking-ssl-cert");
  expect(await plannedChecks(name)).toHaveLength(1);

  stack.simulator.set(soon);
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
  expect(await mappingOf(stack, name)).toEqual(done);
}, 180_000);

test("a mapping that UM has given up for its certificate is done in time when that comes", async () => {
  const name = "www.uncertified.example.com";
  stack.simulator.set(never);
  stack.simulator.pointAtServer(name);
  await umFinds(name);
  await map(stack, name);
  await isTold(name, "does not cover");
  await umGivesUp();
  expect(await stageOf(name)).toBe("ssl-failed");

  stack.simulator.set(soon);
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
  expect(await mappingOf(stack, name)).toEqual(done);
}, 180_000);

test("a mapping that UM has given up for its certificate waits for it again when its DNS has come back", async () => {
  const name = "www.come-back.example.com";
  stack.simulator.set(never);
  stack.simulator.pointAtServer(name);
  await umFinds(name);
  await map(stack, name);
  await isTold(name, "does not cover");
  await umGivesUp();
  stack.simulator.setDns(name, { a: [ELSEWHERE] });
  await isTold(name, "points at");
  expect(await stageOf(name)).toBe("ssl-failed");
  stack.simulator.pointAtServer(name);
  await atStage(name, "checking-ssl-cert");
  expect(await plannedChecks(name)).toHaveLength(1);

  stack.simulator.set(soon);
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
}, 180_000);

describe("the network's public address", () => {
  const asked = async (): Promise<unknown> =>
    stack.wordpress.php(
      `$requests = 0;
       add_filter( 'pre_http_request', function ( $answer ) use ( &$requests ) { ++$requests; return $answer; } );
       return array( WP_Ultimo\\Helpers\\Helper::get_network_public_ip(), $requests );`,
    );

  test("is what ServerPilot says of the server: UM asks nobody else", async () => {
    expect(await asked()).toEqual(["127.0.0.1", 0]);
  });

  test("is the first of SERVER_ADDRESSES where these are set", async () => {
    stack.sidecar.setEnv({ SERVER_ADDRESSES: "203.0.113.80,127.0.0.1" });
    await stack.sidecar.restart();
    const name = "www.another.example.com";
    stack.simulator.pointAtServer(name);
    await map(stack, name);
    await isDone(stack, name);
    expect(await asked()).toEqual(["203.0.113.80", 0]);
  }, 120_000);

  test("is UM's own business while ServerPilot is disabled in its settings", async () => {
    await stack.wordpress.php(
      "update_network_option( null, 'wu_host_integrations_enabled', array() );",
    );
    expect(await asked()).toEqual(["", 3]);
  });
});
