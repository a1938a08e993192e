import {
  readStatus,
  sidecarClient,
  type Status,
} from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { mapCode } from "../stack/demo/scene";

let stack: Stack;

const onApp = (name: string) =>
  until(`${name} on the app`, () => stack.simulator.domains().includes(name));

const status = (): Promise<Status> => readStatus(sidecarClient(stack.sidecar));

const reasonIs = (reason: string | null) =>
  until(`the pass's reason to be ${reason}`, async () => {
    const { pass } = await status();
    return pass.lastAt !== null && pass.reason === reason;
  });

beforeAll(async () => {
  stack = await startStack({
    sidecar: { env: { SSL_POLL_SECONDS: "1", RESYNC_SECONDS: "2" } },
  });
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  await stack.wordpress.php(mapCode(["first.example.com"], 1));
  await onApp("first.example.com");
});
afterAll(() => stack.stop());

test("a wrong API key is said, new mappings wait with that reason, and they go on the app once it is right", async () => {
  stack.simulator.setApiKey("another-key-than-before");
  await stack.wordpress.php(mapCode(["key.example.com"], 1));
  const waiting = await until("the new name to be shown", async () => {
    const { names } = await status();
    return names.find(({ name }) => name === "key.example.com") ?? null;
  });
  expect(waiting).toMatchObject({
    state: "pending",
    reason: "serverpilot-credentials-invalid",
  });
  stack.simulator.setApiKey(stack.app.apiKey);
  await onApp("key.example.com");
  await reasonIs(null);
});

test("a missing table is said and never taken for an empty one", async () => {
  const before = stack.simulator.domains();
  await stack.mariadb.run(
    "RENAME TABLE wordpress.wp_wu_domain_mappings TO wordpress.hidden",
  );
  await reasonIs("table-missing");
  expect(stack.simulator.domains()).toEqual(before);
  await stack.mariadb.run(
    "RENAME TABLE wordpress.hidden TO wordpress.wp_wu_domain_mappings",
  );
  await reasonIs(null);
});

test("a database that goes away and comes back is survived by the same process", async () => {
  const { pid } = stack.sidecar;
  await stack.mariadb.stop();
  await expect(status()).rejects.toThrow(/database does not answer/i);
  await stack.mariadb.start();
  await stack.wordpress.php(mapCode(["back.example.com"], 1));
  await onApp("back.example.com");
  expect(stack.sidecar.pid).toBe(pid);
});

test("a wrong app id is said, and is mended by changing the constant alone", async () => {
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_APP_ID: "no-such-app" });
  await stack.wordpress.php(mapCode(["appid.example.com"], 1));
  await reasonIs("serverpilot-app-not-found");
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_APP_ID: stack.app.appId,
  });
  await stack.wordpress.cron(3600);
  await onApp("appid.example.com");
});
