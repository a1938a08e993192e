import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import {
  done,
  isDone,
  map,
  mappingOf,
  secondsToDone,
  setStage,
} from "./mapping";

const FIRST = "www.first.example.com";
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 20, actionMs: 100 },
    sidecar: { env: { SSL_POLL_SECONDS: "1", RESYNC_SECONDS: "5" } },
  });
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
}, 120_000);
afterEach(() => {
  // A test that fails leaves the next one a ServerPilot that issues certificates.
  stack.simulator.set({ autosslDelayMs: 100 });
});
afterAll(() => stack.stop());

const nameOf = async (wanted: string) =>
  (await readStatus(sidecarClient(stack.sidecar))).names.find(
    ({ name }) => name === wanted,
  );

const onApp = (name: string) =>
  until(
    `${name} on the app`,
    () => stack.simulator.domains().includes(name),
    60,
  );

const forced = (): boolean => stack.simulator.app().ssl?.force === true;

/** The limit of the promise: done within so many seconds after the certificate is available and served. */
const PROMISED_SECONDS = 5;

test("a mapping is done and secure in WordPress within five seconds, with the first certificate and with one that grows", async () => {
  for (const name of [FIRST, "www.grown.example.com"]) {
    await map(stack, name);
    expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
    expect(await mappingOf(stack, name)).toEqual(done);
  }
}, 180_000);

test("the same holds where ServerPilot serves a grown certificate by itself", async () => {
  const name = "www.deployed.example.com";
  stack.simulator.set({ autoDeploy: true });
  await map(stack, name);
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
  stack.simulator.set({ autoDeploy: false });
}, 180_000);

test("a mapping that UM had marked ssl-failed is healed the same way", async () => {
  const name = "www.healed.example.com";
  stack.simulator.set({ autosslDelayMs: 1e9 });
  await map(stack, name);
  await onApp(name);
  // What the first check found is told before UM gives up.
  await until(
    "the first check",
    async () => (await nameOf(name))?.reason === "certificate-lacks-name",
    60,
  );
  await until("WordPress to be told of it", async () => {
    const waiting = "SELECT id FROM wp_domain_bridge_outbox";
    return (await stack.mariadb.rows(waiting, [], stack.database)).length === 0;
  });
  await setStage(stack, name, "ssl-failed");
  expect(await mappingOf(stack, name)).toMatchObject({ stage: "ssl-failed" });
  stack.simulator.set({ autosslDelayMs: 100 });
  expect(await secondsToDone(stack, name)).toBeLessThan(PROMISED_SECONDS);
  expect(await mappingOf(stack, name)).toEqual(done);
}, 180_000);

test("WU_SERVER_PILOT_FORCE_SSL turns ForceSSL on once every name is secure, never before", async () => {
  const { simulator } = stack;
  const name = "www.last.example.com";
  const servedWhenForced: boolean[] = [];
  const stop = simulator.onArrival(({ method, path, body }) => {
    if (method === "POST" && path.endsWith("/ssl") && hasForce(body))
      servedWhenForced.push(simulator.app().served?.includes(name) === true);
  });
  simulator.setDns(name, { a: ["203.0.113.7"] });
  await map(stack, name);
  await until(
    "the name to be said to point elsewhere",
    async () => (await nameOf(name))?.reason === "dns-elsewhere",
    60,
  );
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_FORCE_SSL: true });
  await stack.wordpress.php("do_action( 'domain_bridge_retry' );");
  await until(
    "why it is not on",
    async () =>
      (await readStatus(sidecarClient(stack.sidecar))).findings.some(
        ({ reason }) => reason === "force-ssl-waiting",
      ),
    60,
  );
  expect(await nameOf(FIRST)).toMatchObject({ state: "secure" });
  expect(forced()).toBe(false);

  simulator.pointAtServer(name);
  await until("ForceSSL", forced, 60);
  expect(await nameOf(name)).toMatchObject({ state: "secure" });
  expect(servedWhenForced).toEqual([true]);
  stop();
}, 180_000);

test("the constant may also come when every name has long been secure", async () => {
  const constant = async (value: boolean): Promise<void> => {
    await stack.wordpress.setConstants({ WU_SERVER_PILOT_FORCE_SSL: value });
    await stack.wordpress.php("do_action( 'domain_bridge_retry' );");
  };
  await constant(false);
  const { clientId, apiKey, appId } = stack.app;
  const answer = await fetch(`${stack.simulator.url}/apps/${appId}/ssl`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${apiKey}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ force: false }),
  });
  expect(answer.status).toBe(200);
  // Passes that find nothing new, as on most days.
  const { now } = await readStatus(sidecarClient(stack.sidecar));
  const later = new Date(Date.parse(now) + 12_000).toISOString();
  await until(
    "resyncs",
    async () =>
      ((await readStatus(sidecarClient(stack.sidecar))).pass.lastAt ?? "") >
      later,
    60,
  );
  // As if the hour had passed before which ForceSSL is not turned on again.
  await stack.mariadb.run(
    "UPDATE wp_domain_bridge_state SET value = JSON_REMOVE(value, '$.certificates.forced') WHERE name = 'app-record'",
    [],
    stack.database,
  );
  expect(forced()).toBe(false);
  await constant(true);
  await until("ForceSSL", forced, 60);
}, 180_000);

test("a mapping that UM marks ssl-failed although it is secure is put right again", async () => {
  expect(await nameOf(FIRST)).toMatchObject({ state: "secure" });
  await setStage(stack, FIRST, "ssl-failed");
  await isDone(stack, FIRST);
  expect(await mappingOf(stack, FIRST)).toEqual(done);
}, 180_000);

test("the filter domain_bridge_ssl_max_tries says after how many tries a name has failed", async () => {
  const tries = 2;
  const folder = join(stack.wordpress.root, "wp-content/mu-plugins");
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "tries.php"),
    `<?php add_filter( 'domain_bridge_ssl_max_tries', function () { return ${tries}; } );`,
  );
  stack.sidecar.setEnv({ SSL_WINDOW_SECONDS: "3" });
  await stack.sidecar.restart();
  const name = "www.tried.example.com";
  stack.simulator.setDns(name, { rcode: "NXDOMAIN" });
  await map(stack, name);
  const failed = await until(
    "the name to have failed",
    async () => {
      const now = await nameOf(name);
      return now?.state === "ssl-failed" && now;
    },
    60,
  );
  expect(failed).toMatchObject({ reason: "dns-missing", tries });

  // It heals by itself when its DNS is right.
  stack.simulator.pointAtServer(name);
  await isDone(stack, name);
}, 180_000);

function hasForce(body: unknown): boolean {
  return typeof body === "object" && body !== null && "force" in body;
}
