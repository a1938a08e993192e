import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { isDone, map } from "./mapping";

const name = "www.shop.example.com";
const foreign = "panel.example.org";
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    simulator: {
      latencyMs: 20,
      actionMs: 100,
      autosslDelayMs: 100,
      http: true,
      domains: [foreign],
      denyUnknownDomains: false,
    },
    sidecar: { env: { SSL_POLL_SECONDS: "1", RESYNC_SECONDS: "2" } },
  });
  stack.simulator.pointAtServer(name);
}, 120_000);
afterAll(() => stack.stop());

const status = () => readStatus(sidecarClient(stack.sidecar));

const identityRequests = (): number =>
  stack.simulator
    .httpRequests()
    .filter(
      ({ host, path }) =>
        host === "bridge.localhost" && path.includes("/identity"),
    ).length;

test("an app on which nothing is the network's is written to only once the network has answered through its server", async () => {
  const { simulator, wordpress } = stack;
  // Somebody else's app: the server answers for the network's domain, but not this network.
  simulator.setBackend(null);
  await map(stack, name);
  await until(
    "the network to be a suspect",
    async () => (await status()).pass.reason === "app-suspect",
    60,
  );
  expect(identityRequests()).toBeGreaterThan(0);
  expect(simulator.domains()).toEqual([foreign]);

  simulator.setBackend(wordpress.internalUrl);
  await isDone(stack, name);
  expect(simulator.domains()).toEqual([foreign, name]);
}, 180_000);

test("once it has, it is not asked again", async () => {
  const before = identityRequests();
  const { now } = await status();
  await until(
    "two more passes",
    async () =>
      ((await status()).pass.lastAt ?? "") >
      new Date(Date.parse(now) + 4_000).toISOString(),
    60,
  );
  expect(identityRequests()).toBe(before);
}, 120_000);
