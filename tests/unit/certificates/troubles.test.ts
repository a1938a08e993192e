import { PermanentError, TransientError } from "../../../sidecar/errors";
import { CertificateWorld, POLL_MS, at } from "./world";

const DAY = 24 * 3_600_000;
const shop = "shop.example.com";
const blog = "blog.example.org";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
});

describe("secure names", () => {
  it("are checked once a day", async () => {
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
    world.faults.set("getServer", new PermanentError("serverpilot-forbidden"));
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
