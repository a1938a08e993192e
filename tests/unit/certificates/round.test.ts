import {
  CertificateWorld,
  NETWORK_DOMAIN,
  POLL_MS,
  SERVER,
  WINDOW_MS,
  at,
} from "./world";

const HOUR = 3_600_000;
const shop = "shop.example.com";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
});

describe("a name on its way to a certificate", () => {
  it("is checked at once and polled for until ServerPilot covers it, then enabled, probed and secure in the same round", async () => {
    world.add(shop);
    const { nextAt } = await world.run();
    expect(world.stateOf(shop)).toEqual(["securing", "certificate-pending"]);
    expect(nextAt).toBe(world.clock.now() + POLL_MS);

    world.cover(shop);
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
    expect(world.count("enableAutoSsl")).toBe(1);
  });

  it("is told of once when it becomes secure, without the steps in between", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.saved.map(({ view }) => view.state)).toEqual(["secure"]);
  });

  it("costs a poll one call to ServerPilot, no handshake and no try", async () => {
    world.add(shop);
    await world.run();
    world.log.length = 0;
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.log).toEqual([
      "getApp",
      `dns ${NETWORK_DOMAIN}`,
      `dns ${shop}`,
    ]);
    expect(world.records.get(shop)?.tries).toBe(0);
    expect(world.saved).toHaveLength(1);
  });

  it("is tried five times over half an hour, then failed, then checked hourly with growing gaps", async () => {
    world.add(shop);
    const start = world.clock.now();
    await world.live(WINDOW_MS + 8 * HOUR);
    const tries = world.saved.map((save) => [
      Math.round((save.at - start) / 1000),
      save.view.tries,
    ]);
    const failedAt = WINDOW_MS / 1000;
    expect(tries).toEqual([
      ...[
        [0, 0],
        [58, 1],
        [174, 2],
        [406, 3],
        [871, 4],
        [failedAt, 5],
      ],
      ...[
        [failedAt + 3600, 6],
        [failedAt + 3 * 3600, 7],
        [failedAt + 7 * 3600, 8],
      ],
    ]);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "rate-limit-suspected"]);
  });

  it("follows another number of tries", async () => {
    world.settings.maxTries = 2;
    world.add(shop);
    await world.live(WINDOW_MS);
    expect(world.saved.map(({ view }) => view.tries)).toEqual([0, 1, 2]);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "rate-limit-suspected"]);
  });

  it("heals after it failed when the certificate comes in the end, for which the pass's reading of the app is enough", async () => {
    world.add(shop);
    await world.live(WINDOW_MS);
    world.cover(shop);
    await world.run({ app: world.app });
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("begins its tries again when a person asks", async () => {
    world.add(shop);
    await world.live(WINDOW_MS);
    world.retry(shop);
    await world.run();
    expect(world.records.get(shop)).toMatchObject({
      state: "securing",
      tries: 0,
      triesSince: world.clock.now(),
    });
  });
});

describe("a secure name that a person asks for", () => {
  it("is checked with what DNS says now", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
    world.log.length = 0;
    await world.run();
    expect(world.log).not.toContain(`dns anew ${shop}`);
    world.retry(shop);
    await world.run();
    expect(world.log).toContain(`dns anew ${shop}`);
  });
});

describe("DNS that changes", () => {
  it("is noticed for a failed name within a minute, and the tries begin again", async () => {
    world.add(shop);
    world.dns.set(shop, at("198.51.100.1"));
    await world.live(WINDOW_MS);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "dns-elsewhere"]);

    world.dns.set(shop, at(SERVER));
    await world.live(60_000);
    expect(world.stateOf(shop)).toEqual(["securing", "certificate-pending"]);
  });

  it("is watched for failed names without calls to ServerPilot", async () => {
    world.add(shop);
    world.dns.set(shop, at("198.51.100.1"));
    await world.live(WINDOW_MS);
    world.log.length = 0;
    await world.live(50 * 60_000);
    expect(world.count("getApp")).toBe(0);
    expect(world.count(`dns ${shop}`)).toBeGreaterThanOrEqual(49);
  });

  it("does not begin the tries again for a name that moves between foreign addresses", async () => {
    world.add(shop);
    world.dns.set(shop, at("198.51.100.1"));
    await world.live(200_000);
    world.dns.set(shop, at("198.51.100.2"));
    await world.run();
    expect(world.records.get(shop)).toMatchObject({
      tries: 2,
      params: { found: "198.51.100.2" },
    });
  });

  it("is not believed to have changed because nobody answered", async () => {
    world.add(shop);
    await world.live(200_000);
    const before = world.saved.length;
    world.dns.set(shop, { kind: "unanswered", detail: "SERVFAIL" });
    await world.run();
    world.dns.set(shop, at(SERVER));
    await world.run();
    expect(world.saved).toHaveLength(before);
  });
});
