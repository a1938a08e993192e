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
      "getApp",
      "stillHeld",
      "enableAutoSsl",
      `tls ${shop}`,
      `dns anew ${shop}`,
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

  it("is credited with the certificate also where ServerPilot lists no covered names yet", async () => {
    world.add(shop);
    world.app.autossl = { available: true, domains: [] };
    world.served.add(shop);
    world.faults.set(`tls ${shop}`, new Error("ECONNREFUSED"));
    await world.run();
    world.faults.clear();
    await world.live(120_000);
    expect(world.memory.attempts).toMatchObject([
      { names: [shop], added: true },
    ]);
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

  it("goes on checking at each poll while the server takes the certificate up", async () => {
    world.deploys = false;
    world.add(shop);
    world.cover(shop);
    await world.run();
    world.served.add(shop);
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("goes on for a name that the server takes up a little later than the others", async () => {
    world.deploys = false;
    world.add(shop);
    world.add(blog);
    world.cover(shop, blog);
    await world.run();
    world.served.add(shop);
    await world.live(POLL_MS);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
    world.served.add(blog);
    await world.live(POLL_MS);
    expect(world.stateOf(blog)).toEqual(["secure", null]);
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
    await world.live(HOUR - 1);
    expect(world.count("enableAutoSsl")).toBe(1);

    world.faults.clear();
    await world.live(HOUR);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  });

  it("reports an action that failed as the names' reason", async () => {
    world.actionId = "act";
    world.actionStatus = "error";
    world.deploys = false;
    world.add(shop);
    world.cover(shop);
    await world.live(60_000);
    expect(world.stateOf(shop)).toEqual(["securing", "action-failed"]);
    expect(world.count("getAction")).toBe(1);
  });

  it.each([
    ["a conflict", new TransientError("serverpilot-conflict", { message: "" })],
    [
      "an error of ServerPilot",
      new TransientError("serverpilot-unavailable", { detail: "500" }),
    ],
    ["an answer that is no JSON", new TransientError("serverpilot-unreadable")],
  ])("says what it was answered, and counts it: %s", async (_what, answer) => {
    world.faults.set("enableAutoSsl", answer);
    world.add(shop);
    world.cover(shop);
    await world.live(HOUR - 1);
    expect(world.records.get(shop)?.reason).toBe(answer.reason);
    expect(world.memory.attempts).toMatchObject([
      { names: [shop], outcome: "failed", added: false },
    ]);
    expect(world.count("enableAutoSsl")).toBe(1);
  });

  it("is kept before it is sent, so that a crash does not repeat it", async () => {
    world.faults.set("enableAutoSsl", new Error("the process ended here"));
    world.add(shop);
    world.cover(shop);
    await expect(world.run()).rejects.toThrow("the process ended here");
    expect(world.memory.attempts).toMatchObject([{ outcome: "sent" }]);
    world.faults.clear();
    world.restart();
    await world.live(HOUR / 2);
    expect(world.count("enableAutoSsl")).toBe(1);
  });

  it("is not tried more than five times a day without a new certificate, whatever the names, and that is said", async () => {
    world.faults.set(
      "enableAutoSsl",
      new PermanentError("autossl-refused", { message: "limit reached" }),
    );
    world.add(shop);
    world.cover(shop);
    for (let hour = 0; hour < 23; hour += 1) {
      const name = `n${hour}.example.org`;
      world.add(name);
      world.cover(...(world.app.autossl?.domains ?? []), name);
      await world.live(HOUR);
    }
    expect(world.count("enableAutoSsl")).toBe(5);
    expect(world.records.get(shop)).toMatchObject({
      reason: "autossl-exhausted",
      params: { count: 5 },
    });
    expect(world.records.get(shop)?.params["message"]).toContain(
      "limit reached",
    );
  });

  it("is done at once for each of twelve new customers of a day", async () => {
    for (let hour = 0; hour < 24; hour += 2) {
      const name = `n${hour}.example.org`;
      world.add(name);
      await world.run();
      world.cover(...(world.app.autossl?.domains ?? []), name);
      await world.clock.advance(POLL_MS);
      await world.run();
      expect(world.stateOf(name)).toEqual(["secure", null]);
      await world.live(2 * HOUR - POLL_MS);
    }
    expect(world.count("enableAutoSsl")).toBe(12);
  });

  it("is not repeated for a set of names that comes and goes", async () => {
    world.deploys = false;
    for (const name of [shop, blog]) world.add(name);
    for (let poll = 0; poll < 360; poll += 1) {
      world.cover(...(poll % 2 === 0 ? [shop] : [shop, blog]));
      await world.run();
      await world.clock.advance(POLL_MS);
    }
    expect(world.count("enableAutoSsl")).toBe(2);
  });

  it("waits while the list of domains is being written: ServerPilot would answer with a conflict", async () => {
    world.add(shop);
    world.cover(shop);
    world.record = {
      ...world.record,
      write: {
        id: "w",
        stage: "open",
        list: [],
        added: [],
        removed: [],
        unreported: 0,
        at: 0,
        expiresAt: 0,
        isUnknown: false,
        actionId: "a",
        openSince: 0,
        trigger: "",
        correlationId: "",
        calls: 0,
      },
    };
    await world.run();
    expect(world.count("enableAutoSsl")).toBe(0);
    world.record = { ...world.record, write: null };
    await world.clock.advance(POLL_MS);
    await world.run();
    expect(world.stateOf(shop)).toEqual(["secure", null]);
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
