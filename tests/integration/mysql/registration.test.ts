import { registrationBody } from "../../../sidecar/contract/requests";
import { createRegistrationStore } from "../../../sidecar/mysql/registration";
import { createConnections } from "../../../sidecar/network/connection";
import type { ServerPilot } from "../../../sidecar/reconcile/ports";
import { startRecord } from "./fixture";

let world: Awaited<ReturnType<typeof startRecord>>;

beforeAll(async () => {
  world = await startRecord();
}, 60_000);
afterAll(() => world.stop());

const body = registrationBody.parse({
  clientId: "cid",
  apiKey: "key-for-the-test",
  appId: "app",
});

/** The connections of a sidecar that has just been started. */
const open = () =>
  createConnections({
    config: {
      credentials: {
        clientId: undefined,
        apiKey: undefined,
        appId: undefined,
      },
      secrets: ["secret-of-the-registration-test-0123"],
      wordpressUrl: "https://network.example",
    },
    store: createRegistrationStore(world.open().database),
    createClient: () => ({}) as ServerPilot,
    redact: () => undefined,
    now: () => 1_000_000,
  });

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error as { reason?: unknown }).reason,
  );

test("a network whose plugin is gone is left alone, also after a restart and by other sidecars", async () => {
  const sidecar = open();
  await sidecar.register(body);
  await sidecar.pause();
  expect(await reasonOf(sidecar.connect())).toBe("plugin-missing");
  expect(await reasonOf(open().connect())).toBe("plugin-missing");
});

test("tests and previews work all the same, for they change nothing", async () => {
  const { settings } = await open().connect(true);
  expect(settings.enabled).toBe(true);
});

test.each([
  ["an event", () => open().resume()],
  ["a registration", () => open().register(body)],
])("%s of the plugin ends the pause for all", async (_what, speak) => {
  const sidecar = open();
  await sidecar.pause();
  await speak();
  expect(await reasonOf(sidecar.connect())).toBeNull();
});

test("a plugin that was deactivated while the sidecar was away has disabled the registration itself", async () => {
  const sidecar = open();
  await sidecar.register(body);
  await sidecar.connect();
  const settings = JSON.stringify({ ...body, enabled: false });
  await world.server.run(
    "UPDATE record.wp_domain_bridge_registration SET settings = ? WHERE id = 1",
    [settings],
  );
  expect(await reasonOf(sidecar.connect())).toBe("integration-disabled");
  expect(await reasonOf(open().connect())).toBe("integration-disabled");
});

test("settings that a newer sidecar has kept are read without what it added", async () => {
  const sidecar = open();
  await sidecar.register(body);
  await world.server.run(
    `UPDATE record.wp_domain_bridge_registration SET settings = JSON_SET(settings, '$.ofALaterVersion', 1) WHERE id = 1`,
  );
  expect((await sidecar.connect()).settings).not.toHaveProperty(
    "ofALaterVersion",
  );
});

/** What the plugin of a site writes into its own database before it registers. */
const writeProof = (database: string, proof: string) =>
  world.server.run(
    `REPLACE INTO ${database}.wp_domain_bridge_state (name, value) VALUES ('registration-proof', ?)`,
    [JSON.stringify(proof)],
  );

test("a copy of the site, with its own database and the same constants, is refused and changes nothing", async () => {
  const original = open();
  await writeProof("record", "proof-of-the-original");
  await original.register({ ...body, proof: "proof-of-the-original" });
  const before = await original.registration();
  await world.server.createDatabase("copy");
  await world.server.run(
    "CREATE TABLE copy.wp_domain_bridge_state LIKE record.wp_domain_bridge_state",
  );
  await writeProof("copy", "proof-of-the-copy");
  const copy = {
    ...body,
    appId: "another",
    enabled: false,
    proof: "proof-of-the-copy",
  };
  expect(await reasonOf(original.register(copy))).toBe("another-installation");
  // Also where the copy knows nothing of proofs any more.
  expect(
    await reasonOf(
      original.register({ ...copy, proof: "", pluginVersion: "0.1.1" }),
    ),
  ).toBe("another-installation");
  expect(await original.registration()).toEqual(before);
  expect(await original.connect()).toMatchObject({ appId: "app" });
});

test("a site whose address and database were renamed proves itself all the same", async () => {
  const sidecar = open();
  await writeProof("record", "a-new-proof");
  await sidecar.register({ ...body, proof: "a-new-proof" });
  expect(await reasonOf(sidecar.connect())).toBeNull();
});
