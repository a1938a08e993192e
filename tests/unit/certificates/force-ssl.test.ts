import { TransientError } from "../../../sidecar/errors";
import { CertificateWorld, at } from "./world";

const HOUR = 3_600_000;
const shop = "shop.example.com";
const proxy = at("104.16.1.1");

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
  world.settings.forceSsl = true;
});

async function held(): Promise<string | undefined> {
  await world.run({ app: structuredClone(world.app) });
  return world.memory.forceHeld?.reason;
}

describe("ForceSSL is not turned on, and it is said why", () => {
  it("while a name has no certificate", async () => {
    world.add(shop);
    world.app.ssl = { auto: true, force: false, custom: false };
    expect(await held()).toBe("force-ssl-waiting");
  });

  it("while the app has a name that is not mapped and has no certificate", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.app.domains.push("foreign.example");
    expect(await held()).toBe("force-ssl-foreign");
    expect(world.memory.forceHeld?.params).toEqual({
      count: 1,
      names: "foreign.example",
    });
  });

  it("while a mapped name is behind a proxy", async () => {
    world.dns.set(shop, proxy);
    world.stages.set(shop, "done");
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", "dns-proxied"]);
    expect(await held()).toBe("force-ssl-proxied");
  });

  it("while another name of the app, such as the network's own domain, is behind a proxy", async () => {
    world.add(shop);
    world.app.domains.push("network.example");
    world.dns.set("network.example", proxy);
    world.cover(shop, "network.example");
    await world.run();
    expect(await held()).toBe("force-ssl-proxied");
    expect(world.count("setForceSsl")).toBe(0);
  });

  it("while AutoSSL is not on", async () => {
    world.add(shop);
    world.app.ssl = { auto: false, force: false, custom: true };
    expect(await held()).toBe("force-ssl-without-autossl");
  });
});

it("ForceSSL is turned on behind a proxy for whoever has chosen that", async () => {
  world.settings.forceSslProxied = true;
  world.dns.set(shop, proxy);
  world.stages.set(shop, "done");
  world.add(shop);
  world.cover(shop);
  await world.run();
  expect(await held()).toBeUndefined();
  expect(world.app.ssl?.force).toBe(true);
});

it("what keeps ForceSSL from being turned on is forgotten once it is on, or nobody asks for it", async () => {
  world.add(shop);
  expect(await held()).toBeDefined();
  world.settings.forceSsl = false;
  expect(await held()).toBeUndefined();
});

it("a refusal is kept, and it is tried again after an hour, then ever later", async () => {
  const refusal = new TransientError("serverpilot-unavailable", {
    detail: "500",
  });
  world.faults.set("setForceSsl", refusal);
  world.add(shop);
  world.cover(shop);
  await world.run();
  for (let minutes = 0; minutes < 180; minutes += 5) {
    await world.run({ app: structuredClone(world.app) });
    await world.clock.advance(HOUR / 12);
  }
  expect(world.memory.forced?.failure).toEqual({
    reason: "serverpilot-unavailable",
    params: { detail: "500" },
  });
  expect(world.count("setForceSsl")).toBe(2);
});
