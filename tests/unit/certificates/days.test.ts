import { PermanentError } from "../../../sidecar/errors";
import { CertificateWorld, SERVER, at } from "./world";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const shop = "shop.example.com";

let world: CertificateWorld;
beforeEach(() => {
  world = new CertificateWorld();
});

/** What a time in trouble costs. The documented limits stand in docs/decisions/certificates.md. */
function cost() {
  return {
    enableAutoSsl: world.count("enableAutoSsl"),
    getApp: world.count("getApp"),
    getServer: world.count("getServer"),
    getApps: world.count("getApps"),
    told: world.told(),
  };
}

/** Answers that are right and wrong in turns. */
function alternating(): () => ReturnType<typeof at> {
  let asked = 0;
  return () => at(asked++ % 2 === 0 ? SERVER : "198.51.100.1");
}

it.each([
  ["that waits for its certificate", false],
  ["that has its certificate", true],
])(
  "a day of alternating DNS for a name %s is a few changes, and said",
  async (_what, isCovered) => {
    world.dns.set(shop, alternating());
    world.add(shop);
    if (isCovered) world.cover(shop);
    await world.live(DAY);
    expect(cost().told).toBeLessThanOrEqual(8);
    expect(cost().enableAutoSsl).toBeLessThanOrEqual(2);
    expect(cost().getApp).toBeLessThanOrEqual(220);
    expect(cost().getServer).toBeLessThanOrEqual(3);
    expect(cost().getApps).toBe(0);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "dns-alternates"]);
    world.dns.set(shop, at(SERVER));
    world.cover(shop);
    await world.live(HOUR);
    expect(world.stateOf(shop)).toEqual(["secure", null]);
  },
);

it("DNS that changes again and again begins the tries anew once an hour at most", async () => {
  world.add(shop);
  const begins = new Set<number>();
  for (let minute = 0; minute < 180; minute += 1) {
    // Right for twelve minutes, wrong for twelve minutes.
    world.dns.set(
      shop,
      at(Math.floor(minute / 12) % 2 === 0 ? SERVER : "198.51.100.1"),
    );
    await world.run();
    begins.add(world.records.get(shop)?.triesSince ?? 0);
    await world.clock.advance(60_000);
  }
  expect(begins.size).toBeLessThanOrEqual(4);
});

it("a day of refused AutoSSL costs five attempts", async () => {
  world.faults.set(
    "enableAutoSsl",
    new PermanentError("autossl-refused", { message: "no" }),
  );
  world.add(shop);
  world.cover(shop);
  await world.live(DAY - 1);
  expect(cost().enableAutoSsl).toBe(5);
  expect(cost().told).toBeLessThanOrEqual(4);
  expect(cost().getApp).toBeLessThanOrEqual(220);
  expect(cost().getServer).toBeLessThanOrEqual(3);
  expect(cost().getApps).toBe(0);
});

it("a week of a missing certificate costs a few calls, and the cause is said once", async () => {
  world.add(shop);
  await world.live(7 * DAY);
  expect(cost()).toMatchObject({ enableAutoSsl: 0, told: 2 });
  expect(cost().getApp).toBeLessThanOrEqual(220);
  expect(cost().getServer).toBeLessThanOrEqual(8);
  expect(cost().getApps).toBeLessThanOrEqual(12);
  expect(world.count(`caa ${shop}`)).toBeLessThanOrEqual(12);
  expect(world.stateOf(shop)).toEqual(["ssl-failed", "rate-limit-suspected"]);
});
