import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { until } from "../stack/until";
import { samplesOf } from "../unit/metrics/page";
import { NetworksWorld, type Entry } from "./networks-world";

let world: NetworksWorld;
let entries: Entry[];

const event = { events: [{ type: "mapping.saved" }] };

const onApp = (network: string, domain: string) =>
  until(`${domain} on the app of ${network}`, () =>
    world.domains(network).includes(domain),
  );

beforeAll(async () => {
  world = await NetworksWorld.start();
  entries = [];
  for (const id of ["red", "green", "blue"]) {
    entries.push(await world.addNetwork(id));
    await world.map(id, `first-${id}.example.com`);
  }
  await world.writeNetworks(entries);
  await world.sidecar.start();
}, 120_000);

/** Connections to a database that says nothing. */
const silenced: Socket[] = [];

afterAll(async () => {
  for (const socket of silenced) socket.destroy();
  await world.stop();
});

test("three networks in three databases are each brought onto their own app", async () => {
  for (const id of ["red", "green", "blue"]) {
    await onApp(id, `www.first-${id}.example.com`);
    expect(world.domains(id)).toEqual([
      `${id}.example`,
      `first-${id}.example.com`,
      `www.first-${id}.example.com`,
    ]);
  }
  const { received } = world;
  await until("a notification for each", () =>
    ["red", "green", "blue"].every((id) =>
      received.some(({ network }) => network === id),
    ),
  );
  for (const { network, body } of received)
    expect(JSON.stringify(body.changes)).not.toMatch(
      new RegExp(
        ["red", "green", "blue"].filter((id) => id !== network).join("|"),
      ),
    );
});

test("a request for one network cannot be signed with another's secret", async () => {
  const own = await world.request("red", "GET", "/status");
  expect(own.status).toBe(200);
  const stolen = { signer: "green" };
  const other = await world.request("red", "GET", "/status", undefined, stolen);
  expect(other.status).toBe(401);
});

test("one correlation id leads from WordPress's request through the logs to the notification", async () => {
  const correlationId = "wp-follow-me-1";
  // A pass that is under way would bring the name by itself.
  await until("red at rest", async () => {
    const status = await world.request("red", "GET", "/status");
    const { pass } = (await status.json()) as { pass: { state: string } };
    return pass.state === "idle";
  });
  await world.map("red", "followed.example.com");
  const answer = await world.request("red", "POST", "/events", event, {
    headers: { "x-correlation-id": correlationId },
  });
  expect(answer.status).toBe(202);
  expect(answer.headers.get("x-correlation-id")).toBe(correlationId);
  const message = await until(
    "the notification",
    () =>
      world.received.find((got) => got.body.correlationId === correlationId) ??
      null,
  );
  expect(message.headers["x-correlation-id"]).toBe(correlationId);
  expect(message.body.changes).toContainEqual(
    expect.objectContaining({ name: "followed.example.com", correlationId }),
  );
  const mine = await until("the log lines", async () => {
    const lines = (await world.log()).filter(
      (line) => line["correlationId"] === correlationId,
    );
    const said = new Set(lines.map(({ message: text }) => text));
    return said.has("notification") && said.has("pass") ? lines : null;
  });
  expect(mine.map(({ message: said }) => said)).toEqual(
    expect.arrayContaining(["request answered", "pass", "notification"]),
  );
  const history = await world.request("red", "GET", "/history");
  expect(await history.json()).toMatchObject({
    passes: expect.arrayContaining([
      expect.objectContaining({
        correlationId,
        added: expect.arrayContaining(["followed.example.com"]) as unknown,
      }),
    ]) as unknown,
  });
});

test("the metrics tell of every network", async () => {
  const page = await until("every network's last success", async () => {
    const samples = samplesOf(await world.read("/metrics"));
    const ok = ["red", "green", "blue"].every((id) =>
      samples.has(
        `domain_bridge_last_success_timestamp_seconds{network="${id}"}`,
      ),
    );
    return ok ? samples : null;
  });
  for (const id of ["red", "green", "blue"]) {
    expect(
      page.get(
        `domain_bridge_passes_total{network="${id}",outcome="ok",reason=""}`,
      ),
    ).toBeGreaterThan(0);
    expect(page.get(`domain_bridge_database_up{network="${id}"}`)).toBe(1);
    expect(
      page.get(
        `domain_bridge_serverpilot_calls_total{network="${id}",method="GET",status="200"}`,
      ),
    ).toBeGreaterThan(0);
  }
  expect(page.get("domain_bridge_networks")).toBe(3);
});

describe("SIGHUP", () => {
  const reloaded = (marker: string) =>
    until(
      marker,
      async () =>
        (await world.log()).findLast(({ message }) => message === marker) ??
        null,
    );

  test("a file with mistakes changes nothing, and every mistake is in the log", async () => {
    const [red, green] = entries;
    await world.writeNetworks([
      { ...red, colour: "red" },
      { ...green, secrets: ["short"] },
    ]);
    world.reload();
    const line = await reloaded(
      "the reload failed; the networks stay as they were",
    );
    const text = JSON.stringify(line["problems"]);
    expect(text).toContain("colour");
    expect(text).toContain("NETWORKS_FILE[1].secrets");
    expect(text).not.toContain("short");
    expect((await world.request("blue", "GET", "/status")).status).toBe(200);
    const page = samplesOf(await world.read("/metrics"));
    expect(page.get("domain_bridge_networks_last_reload_success")).toBe(0);
    expect(page.get("domain_bridge_networks")).toBe(3);
  });

  test("added networks start, removed ones stop, changed ones go on with their new settings, the rest as before", async () => {
    const [red, green] = entries;
    const purple = await world.addNetwork("purple");
    await world.map("purple", "first-purple.example.com");
    const before = (await world.log()).filter(
      ({ network }) => network === "red",
    ).length;
    await world.writeNetworks([red, { ...green, resyncSeconds: 1 }, purple]);
    world.reload();
    await onApp("purple", "first-purple.example.com");
    const line = await reloaded("networks");
    expect(line).toMatchObject({
      added: ["purple"],
      removed: ["blue"],
      restarted: ["green"],
      unchanged: 1,
    });
    expect((await world.request("blue", "GET", "/status")).status).toBe(401);
    await world.map("blue", "late-blue.example.com");
    // No event: only the resync of one second can find this one.
    await world.map("green", "late-green.example.com");
    await onApp("green", "late-green.example.com");
    const starts = (await world.log()).filter(
      ({ network, message, trigger }) =>
        network === "red" &&
        message === "pass" &&
        String(trigger).includes("start"),
    );
    expect(starts).toHaveLength(1);
    expect(before).toBeGreaterThan(0);
    expect(world.domains("blue")).not.toContain("late-blue.example.com");
    const page = await world.read("/metrics");
    expect(page).not.toContain('network="blue"');
    expect(
      samplesOf(page).get("domain_bridge_networks_last_reload_success"),
    ).toBe(1);
  });
});

test("a network whose database hangs delays no other: not its passes, not its requests, not the probes", async () => {
  const silent = createServer((socket) => silenced.push(socket));
  silent.listen(0, "127.0.0.1").unref();
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const [red, green] = entries;
  const broken = {
    ...(await world.addNetwork("broken")),
    database: {
      host: `127.0.0.1:${port}`,
      name: "x",
      user: "x",
      password: "xxxxxxxx",
    },
  };
  await world.writeNetworks([broken, red, green]);
  world.reload();
  await until(
    "the broken network",
    async () => (await world.log()).some(({ network }) => network === "broken"),
    30,
  );
  const started = Date.now();
  await world.map("red", "meanwhile.example.com");
  expect((await world.request("red", "POST", "/events", event)).status).toBe(
    202,
  );
  await onApp("red", "meanwhile.example.com");
  expect(await world.read("/readyz")).toContain('"ok":true');
  const page = samplesOf(await world.read("/metrics"));
  expect(Date.now() - started).toBeLessThan(10_000);
  expect(page.get('domain_bridge_database_up{network="broken"}')).toBe(0);
  expect(page.get('domain_bridge_database_up{network="red"}')).toBe(1);
  expect((await world.request("broken", "GET", "/status")).status).toBe(503);
}, 60_000);

test("networks whose actions never end keep no slot from one that is well", async () => {
  // More than there are slots for passes.
  const ids = Array.from({ length: 25 }, (_, n) => `stuck${n + 1}`);
  const stuck = await Promise.all(ids.map((id) => world.addNetwork(id)));
  world.simulator.addFault({
    kind: "action-never-ends",
    method: "POST",
    path: "^/apps/app-stuck",
    times: 0,
  });
  for (const id of ids) await world.map(id, `shop-${id}.example.com`);
  await world.writeNetworks([...stuck, ...entries]);
  world.reload();
  const open = (): number =>
    ids.filter((id) => world.simulator.app(`app-${id}`).openActions > 0).length;
  await until("every stuck network's write", () => open() === ids.length, 40);
  await world.map("red", "well.example.com");
  expect((await world.request("red", "POST", "/events", event)).status).toBe(
    202,
  );
  await onApp("red", "well.example.com");
  expect(open()).toBe(ids.length);
}, 90_000);
