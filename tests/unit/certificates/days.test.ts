import { PermanentError, TransientError } from "../../../sidecar/errors";
import { CertificateWorld, SERVER, at } from "./world";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
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

/** DNS that is right and wrong in turns: question by question, or for so many minutes each. */
function alternating(minutes: number): () => ReturnType<typeof at> {
  const start = world.clock.now();
  let asked = 0;
  return () => {
    const turn =
      minutes === 0
        ? asked++
        : Math.floor((world.clock.now() - start) / (minutes * MINUTE));
    return at(turn % 2 === 0 ? SERVER : "198.51.100.1");
  };
}

/** As two name servers that do not agree, behind resolvers that keep their answers for so long. */
const rhythms = [0, 1, 5, 12, 20, 45, 90, 150];

it.each([
  ...rhythms.map((minutes) => [minutes, false] as const),
  ...rhythms.map((minutes) => [minutes, true] as const),
])(
  "a day of DNS that alternates every %i minutes is a few changes, and said (with a certificate: %s)",
  async (minutes, isCovered) => {
    world.dns.set(shop, alternating(minutes));
    world.add(shop);
    if (isCovered) world.cover(shop);
    await world.live(DAY);
    expect(cost().told).toBeLessThanOrEqual(8);
    expect(cost().enableAutoSsl).toBeLessThanOrEqual(2);
    expect(cost().getApp).toBeLessThanOrEqual(600);
    expect(cost().getServer).toBeLessThanOrEqual(8);
    expect(cost().getApps).toBeLessThanOrEqual(4);
  },
);

it.each([false, true])(
  "name servers that do not agree are said, and forgotten once they do (with a certificate: %s)",
  async (isCovered) => {
    world.dns.set(shop, alternating(0));
    world.add(shop);
    if (isCovered) world.cover(shop);
    await world.live(DAY);
    expect(world.stateOf(shop)).toEqual(["ssl-failed", "dns-alternates"]);
    expect(cost().getApp).toBeLessThanOrEqual(220);
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

it.each<[string, Error]>([
  ["refused", new PermanentError("autossl-refused", { message: "no" })],
  [
    "answered with a conflict",
    new TransientError("serverpilot-conflict", { message: "busy" }),
  ],
  ["not answered, or unreadably", new TransientError("serverpilot-unreadable")],
])("a day of AutoSSL that is %s costs five attempts", async (_how, fault) => {
  world.faults.set("enableAutoSsl", fault);
  world.add(shop);
  world.cover(shop);
  await world.live(DAY - 1);
  expect(cost().enableAutoSsl).toBe(5);
  expect(cost().told).toBeLessThanOrEqual(4);
  expect(cost().getApp).toBeLessThanOrEqual(220);
  expect(cost().getServer).toBeLessThanOrEqual(3);
  expect(cost().getApps).toBe(0);
});

it("a day of covered names that come and go costs five attempts", async () => {
  world.deploys = false;
  world.add(shop);
  for (let minute = 0; minute < 24 * 60 - 1; minute += 1) {
    world.cover(...(minute % 2 === 0 ? [shop] : []));
    await world.live(MINUTE);
  }
  expect(cost().enableAutoSsl).toBeLessThanOrEqual(5);
  expect(cost().enableAutoSsl).toBeGreaterThan(0);
  expect(cost().told).toBeLessThanOrEqual(4);
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
