import { TransientError, PermanentError } from "../../../sidecar/errors";
import {
  at,
  CertificateWorld,
  POLL_MS,
  SERVER,
  WINDOW_MS,
} from "./certificate-world";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const shop = "shop.example.com";
const blog = "blog.example.org";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
});

describe("a name on its way to a certificate", () => {
  it("is looked at at once and polled for until ServerPilot covers it, then enabled, probed and secure in the same round", async () => {
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
    expect(world.log).toEqual(["getApp", "server", `dns ${shop}`]);
    expect(world.records.get(shop)?.tries).toBe(0);
    expect(world.saved).toHaveLength(1);
  });

  it("is tried five times over half an hour, then failed, then looked at hourly with growing gaps", async () => {
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
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "certificate-pending"]);
  });

  it("follows another number of tries", async () => {
    world.settings.maxTries = 2;
    world.add(shop);
    await world.live(WINDOW_MS);
    expect(world.saved.map(({ view }) => view.tries)).toEqual([0, 1, 2]);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "certificate-pending"]);
  });

  it("heals after it failed when the certificate comes in the end, for which the pass's look at the app is enough", async () => {
    world.add(shop);
    await world.live(WINDOW_MS);
    world.cover(shop);
    await world.run({ app: world.app });
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("begins its tries again when a person asks", async () => {
    world.add(shop);
    await world.live(WINDOW_MS);
    await world.run({ retry: [shop] });
    expect(world.records.get(shop)).toMatchObject({
      state: "securing",
      tries: 0,
      triesSince: world.clock.now(),
    });
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

describe("enabling AutoSSL", () => {
  it("holds the lock, reads the app again and asks whether it still holds it right before the write", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.log.slice(world.log.indexOf("stillHeld") - 1)).toEqual([
      ...["getApp", "stillHeld", "enableAutoSsl", `tls ${shop}`],
    ]);
  });

  it("is done once for many names", async () => {
    const names = Array.from({ length: 50 }, (_, n) => `n${n}.example`);
    for (const name of names) world.add(name);
    world.cover(...names);
    await world.run();
    expect(world.count("enableAutoSsl")).toBe(1);
    expect(names.every((name) => world.stateOf(name)[0] === "secure")).toBe(
      true,
    );
  });

  it("is done again when the certificate grew", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.add(blog);
    await world.run();
    expect(world.stateOf(blog)).toEqual(["securing", "certificate-lacks-name"]);
    world.cover(shop, blog);
    await world.run();
    expect(world.count("enableAutoSsl")).toBe(2);
    expect(world.stateOf(blog)).toEqual(["secure", null]);
  });

  it("is not done again for the same names until an hour has passed, not even after a restart", async () => {
    world.deploys = false;
    world.add(shop);
    world.cover(shop);
    await world.live(HOUR / 2);
    world.restart();
    await world.live(HOUR / 2 - 1);
    expect(world.stateOf(shop)).toEqual([
      "ssl-failed",
      "certificate-not-served",
    ]);
    expect(world.count("enableAutoSsl")).toBe(1);

    world.deploys = true;
    await world.live(HOUR);
    expect(world.count("enableAutoSsl")).toBe(2);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("looks on at each poll while the server takes the certificate up", async () => {
    world.deploys = false;
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.served.add(shop);
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("passes ServerPilot's refusal on and tries again later", async () => {
    world.faults.set(
      "enableAutoSsl",
      new PermanentError("autossl-refused", { message: "limit reached" }),
    );
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.records.get(shop)).toMatchObject({
      reason: "autossl-refused",
      params: { message: "limit reached" },
    });
    await world.live(50_000);
    expect(world.count("enableAutoSsl")).toBe(1);

    world.faults.clear();
    await world.live(60_000);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("reports an action that failed as the names' reason", async () => {
    world.faults.set("enableAutoSsl", new TransientError("action-failed"));
    world.add(shop);
    world.cover(shop);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["securing", "action-failed"]);
  });

  it("saves what was seen and then passes on that the lock was lost; the next round enables it", async () => {
    world.faults.set("stillHeld", new TransientError("lock-lost"));
    world.add(shop);
    world.cover(shop);
    await expect(world.run()).rejects.toMatchObject({ reason: "lock-lost" });
    expect(world.stateOf(shop)).toEqual(["securing", "certificate-not-served"]);
    expect(world.count("enableAutoSsl")).toBe(0);

    world.faults.clear();
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("never touches a custom certificate", async () => {
    world.add(shop);
    world.app.ssl = { auto: false, force: false, custom: true };
    world.cover(shop);
    world.settings.forceSsl = true;
    await world.live(2 * DAY);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "custom-certificate"]);
    world.served.add(shop);
    await world.live(2 * DAY);
    expect(world.stateOf(shop)).toEqual(["secure", "custom-certificate"]);
    expect(
      world.log.filter(
        (call) => call === "enableAutoSsl" || call === "setForceSsl",
      ),
    ).toEqual([]);
  });

  it("is done again when somebody turned AutoSSL off", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    await world.clock.advance(2 * HOUR);
    await world.run({ app: world.app });
    world.app.ssl = null;
    world.served.clear();
    await world.run({ app: structuredClone(world.app) });
    expect(world.count("enableAutoSsl")).toBe(2);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });
});

describe("secure names", () => {
  it("are looked at once a day", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.log.length = 0;
    const { nextAt } = await world.run();
    expect(nextAt).toBe(world.clock.now() + DAY);
    expect(world.count(`tls ${shop}`)).toBe(0);
    await world.clock.advance(DAY);
    await world.run();
    expect(world.count(`tls ${shop}`)).toBe(1);
  });

  it("turn ForceSSL on only when every name is secure and every foreign name covered", async () => {
    world.settings.forceSsl = true;
    world.add(shop);
    world.add(blog);
    world.app.domains.push("foreign.example");
    world.cover(shop);
    await world.run();
    expect(world.count("setForceSsl")).toBe(0);
    world.cover(shop, blog);
    await world.run();
    await world.run({ app: world.app });
    expect(world.stateOf(blog)).toEqual(["secure", null]);
    expect(world.count("setForceSsl")).toBe(0);
    world.cover(shop, blog, "foreign.example");
    await world.run({ app: world.app });
    await world.run({ app: world.app });
    expect(world.count("setForceSsl")).toBe(1);
  });

  it("leave ForceSSL alone without the constant", async () => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    await world.run({ app: world.app });
    expect(world.count("setForceSsl")).toBe(0);
  });
});

describe("a round in bad weather", () => {
  it("leaves the states alone and says so when the app cannot be read", async () => {
    world.add(shop);
    world.faults.set(
      "getApp",
      new TransientError("serverpilot-unavailable", { detail: "500" }),
    );
    await expect(world.run()).rejects.toMatchObject({
      reason: "serverpilot-unavailable",
    });
    expect(world.saved).toEqual([]);
  });

  it("goes on with handshakes where the server may not be read", async () => {
    world.add(shop);
    world.faults.set("server", new PermanentError("serverpilot-forbidden"));
    world.dns.set(shop, at("198.51.100.1"));
    await world.run();
    expect(world.stateOf(shop)).toEqual(["securing", "certificate-pending"]);
  });

  it("takes the app that the pass has read, without a call", async () => {
    world.add(shop);
    await world.run({ app: world.app });
    expect(world.count("getApp")).toBe(0);
  });

  it("has nothing to do without names", async () => {
    expect(await world.run()).toEqual({ nextAt: null });
    expect(world.log).toEqual([]);
  });

  it("saves each name as soon as it is known, whatever hangs beside it", async () => {
    const names = Array.from({ length: 300 }, (_, n) => `n${n}.example`);
    for (const name of names) world.add(name);
    world.dns.set("n7.example", "never");
    world.cover(...names);
    void world.run();
    await world.clock.advance(0);
    expect(
      world.saved.filter(({ view }) => view.state === "secure"),
    ).toHaveLength(299);
  });

  it("does not let a name server that hangs delay the next poll by more than a second", async () => {
    world.add(shop);
    world.add(blog);
    await world.run();
    world.dns.set(blog, "never");
    await world.clock.advance(POLL_MS);
    const round = world.run();
    await world.clock.advance(1_000);
    await expect(round).resolves.toEqual({
      nextAt: world.clock.now() + POLL_MS,
    });
  });

  it("stops between names when it is told to", async () => {
    world.add(shop);
    await expect(
      world.run({ signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
    expect(world.saved).toEqual([]);
  });

  it("ends and goes on sensibly when the clock jumps by a year, either way", async () => {
    world.add(shop);
    await world.run();
    for (const [jump, tries] of [
      [365 * DAY, 1],
      [-400 * DAY, 0],
    ] as const) {
      await world.clock.advance(jump);
      const { nextAt } = await world.run();
      const wait = (nextAt ?? 0) - world.clock.now();
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(POLL_MS);
      expect(world.records.get(shop)).toMatchObject({
        state: "securing",
        tries,
      });
    }
  });
});
