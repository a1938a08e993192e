import { PermanentError, TransientError } from "../../../sidecar/errors";
import { CertificateWorld, POLL_MS } from "./world";

const HOUR = 3_600_000;
const DAY = 24 * 3_600_000;
const shop = "shop.example.com";
const blog = "blog.example.org";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
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

  it.each([
    ["two hours later", 2 * HOUR],
    ["soon after it was enabled", 3 * POLL_MS],
  ])("is done again when somebody turned AutoSSL off %s", async (_, after) => {
    world.add(shop);
    world.cover(shop);
    await world.run();
    await world.clock.advance(after);
    await world.run({ app: world.app });
    world.app.ssl = null;
    world.served.clear();
    await world.run({ app: structuredClone(world.app) });
    expect(world.count("enableAutoSsl")).toBe(2);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });
});
