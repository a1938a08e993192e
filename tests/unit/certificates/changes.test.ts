import { CertificateWorld, POLL_MS, SERVER, WINDOW_MS, at } from "./world";
import { both, finding } from "./facts";
import { zoneOf } from "./world-probes";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const shop = "shop.example.com";
const blog = "blog.example.org";
const NEW = "203.0.113.99";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
});

async function secure(...names: string[]): Promise<void> {
  for (const name of names) world.add(name);
  world.cover(...names);
  await world.run();
  await world.run({ app: world.app });
  for (const name of names)
    expect(world.stateOf(name)).toEqual(["secure", null]);
  world.log.length = 0;
}

describe("a secure name", () => {
  it("that was taken off the app and put there again is checked and has AutoSSL enabled at once, with a restart in between", async () => {
    await secure(shop);
    await world.clock.advance(HOUR / 4);
    world.restart();
    world.addAgain(shop);
    world.served.delete(shop);
    await world.run();
    expect(world.count("enableAutoSsl")).toBe(1);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("is checked when the app is on another server, with a restart in between", async () => {
    await secure(shop, blog);
    await world.clock.advance(60_000);
    world.restart();
    world.app.serverId = "other";
    world.served.clear();
    world.deploys = false;
    await world.run({ app: world.app });
    expect(world.stateOf(shop)).toEqual(["securing", "certificate-not-served"]);
    expect(world.stateOf(blog)).toEqual(["securing", "certificate-not-served"]);
    expect(world.count("enableAutoSsl")).toBe(1);
  });

  it("is checked when somebody turned AutoSSL off, with a restart in between", async () => {
    await secure(shop);
    await world.clock.advance(60_000);
    world.restart();
    world.app.ssl = null;
    world.served.clear();
    await world.run({ app: structuredClone(world.app) });
    expect(world.count("enableAutoSsl")).toBe(1);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("is asked for with UM's nonce once a day while all is well", async () => {
    world.givesNonces = true;
    world.through.set(shop, both(finding.reached));
    await secure(shop);
    await world.live(7 * DAY);
    expect(world.count(`reach ${shop}`)).toBe(7);
  });

  it("is asked for with UM's nonce anew where a person asks", async () => {
    world.givesNonces = true;
    world.through.set(shop, both(finding.reached));
    await secure(shop);
    world.through.set(shop, both(finding.loop));
    world.retry(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["securing", "redirect-loop"]);
  });

  it("that another app takes is not secure any more at its next check, and is again when that app is gone", async () => {
    world.givesNonces = true;
    world.through.set(shop, both(finding.reached));
    await secure(shop);
    world.through.set(shop, both(finding.page));
    world.apps = [{ id: "x", name: "alpha", serverId: "srv", domains: [shop] }];
    await world.clock.advance(DAY);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["securing", "taken-by-app"]);
    world.apps = [];
    world.through.set(shop, both(finding.reached));
    await world.live(HOUR);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("behind a proxy keeps its state while that fails for a moment", async () => {
    world.givesNonces = true;
    world.dns.set(shop, at("104.16.1.1"));
    world.through.set(shop, both(finding.reached));
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", "dns-proxied"]);
    world.through.set(shop, both(finding.error));
    world.atServer.set(shop, both(finding.reached));
    await world.clock.advance(DAY);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", "cdn-not-reaching"]);
    world.through.set(shop, both(finding.reached));
    await world.live(HOUR);
    expect(world.stateOf(shop)).toEqual(["secure", "dns-proxied"]);
  });
});

describe("the addresses that are ours", () => {
  it("include those that the operator names, and what the network's own domain resolves to", async () => {
    world = new CertificateWorld({ serverAddresses: [NEW] });
    world.dns.set("network.example", at("203.0.113.30"));
    world.dns.set(shop, at(NEW));
    world.dns.set(blog, at("203.0.113.30"));
    await secure(shop, blog);
  });

  it("stay ours while the network's own domain is not answered for", async () => {
    world.dns.set("network.example", at("203.0.113.30"));
    world.dns.set(shop, at("203.0.113.30"));
    await secure(shop);
    world.dns.set("network.example", { kind: "unanswered", detail: "x" });
    await world.clock.advance(DAY);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("are read again when the server does not answer at the old one, and all names are checked with the new one", async () => {
    await secure(shop, blog);
    world.address = NEW;
    for (const name of [shop, blog]) {
      world.dns.set(name, at(NEW));
      world.faults.set(`tls ${name}`, new Error("ECONNREFUSED"));
    }
    await world.clock.advance(23 * HOUR);
    world.retry(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", "server-unreachable"]);
    for (const name of [shop, blog]) world.faults.delete(`tls ${name}`);
    await world.live(120_000);
    expect(world.count("getServer")).toBe(1);
    expect(world.record.server?.lastAddress).toBe(NEW);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
    expect(world.stateOf(blog)).toEqual(["secure", null]);
  });

  it("are not read for each check of a name that leads elsewhere", async () => {
    world.dns.set(shop, at("198.51.100.1"));
    world.add(shop);
    await world.live(DAY);
    expect(world.count("getServer")).toBeLessThanOrEqual(10);
  });
});

describe("what a name needs", () => {
  it("is kept with its zone, and a lapsed domain is told from a missing record", async () => {
    world.dns.set(shop, { kind: "missing", cname: null });
    world.add(shop);
    await world.run();
    expect(world.records.get(shop)).toMatchObject({
      reason: "dns-missing",
      params: { host: "shop", expected: SERVER },
      dns: {
        zone: "example.com",
        registered: true,
        records: [{ type: "A", host: "shop", expected: SERVER, ok: false }],
      },
    });
    world.zones.set(shop, zoneOf("example.com", { registered: false }));
    await world.live(WINDOW_MS);
    expect(world.records.get(shop)).toMatchObject({
      reason: "dns-not-registered",
      dns: { registered: false },
    });
  });

  it("is forgotten to be wrong when it is right", async () => {
    world.dns.set(shop, at("198.51.100.1"));
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.dns.set(shop, at(SERVER));
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.records.get(shop)).toMatchObject({
      state: "secure",
      dns: { records: [{ type: "A", found: [SERVER], ok: true }] },
    });
  });

  it("is said to lack the bare domain where only its www is mapped", async () => {
    const www = "www.example.com";
    world.add(www);
    world.cover(www);
    await world.run();
    expect(world.records.get(www)).toMatchObject({
      state: "secure",
      reason: "only-www-mapped",
      params: { bare: "example.com" },
    });
    world.add("example.com");
    world.cover(www, "example.com");
    await world.clock.advance(DAY);
    await world.run();
    expect(world.stateOf(www)).toEqual(["secure", null]);
  });
});

test("an answer about SSL that is not understood is asked for once more, and nothing is enabled by it", async () => {
  world.add(shop);
  world.cover(shop);
  world.app.sslUnreadable = true;
  await world.run();
  expect(world.count("getApp")).toBe(2);
  expect(world.count("enableAutoSsl")).toBe(0);
  expect(world.stateOf(shop)).toEqual(["securing", "ssl-unreadable"]);
  world.app.sslUnreadable = false;
  await world.live(120_000);
  expect(world.stateOf(shop)).toEqual(["secure", null]);
});
