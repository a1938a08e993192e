import {
  createPassWorld,
  numbered,
  remove,
  settled,
  HOUR,
  MINUTE,
} from "./pass-world";

describe("whose names they are", () => {
  test("another app's hand-made name is never touched, though the old ledger owned it", async () => {
    const world = await settled("shop.example");
    world.api.id = "app2";
    world.api.domains = ["network.example", "shop.example"];
    world.unmap("shop.example");
    await world.run();
    await world.later(5 * MINUTE);
    expect(world.api.domains).toEqual(["network.example", "shop.example"]);
  });

  test("what was owned on an app counts again when the network comes back to it", async () => {
    const world = await settled("shop.example");
    const there = [...world.api.domains];
    world.api.id = "app2";
    world.api.domains = ["network.example"];
    await world.run();
    world.api.id = "app1";
    world.api.domains = there;
    await world.run();
    remove(world, "shop.example");
    await world.later(5 * MINUTE);
    expect(world.api.domains).toEqual(["network.example", "panel.example"]);
  });

  test("a name that a person had put on the app stays when its mapping goes", async () => {
    const world = await settled("a.example");
    world.map("panel.example");
    await world.run();
    expect(world.records.get("panel.example")).toMatchObject({
      state: "securing",
      owned: false,
    });
    await world.later(5 * MINUTE);
    remove(world, "panel.example");
    await world.run();
    expect(world.api.domains).toContain("panel.example");
  });

  test("names that UM's own code added while the bridge was off are adopted, and go with their mappings", async () => {
    const world = await settled("a.example");
    await world.clock.advance(30 * 24 * HOUR);
    world.map("b.example");
    world.api.domains.push("b.example");
    await world.run();
    expect(world.owned()).toContain("b.example");
    remove(world, "b.example");
    await world.run();
    expect(world.api.domains).not.toContain("b.example");
  });

  test("mapped names that are on the app at the first contact are adopted", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example", "old.example"];
    world.map("old.example");
    await world.run();
    expect(world.owned()).toEqual(["old.example"]);
    expect(world.api.writes).toEqual([]);
  });
});

describe("an app that is full", () => {
  test("keeps what is on it: a newcomer waits, whatever its rank", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example"];
    world.map(...numbered(299));
    await world.run();
    world.map("vip.example");
    const vip = world.mappings.at(-1);
    if (vip) vip.primary = true;
    await world.run();
    expect(world.api.domains).toHaveLength(300);
    expect(world.says("vip.example")).toBe("blocked over-capacity");
    expect(world.record.withoutPlace).toBe(1);
    remove(world, "n7.example");
    await world.run();
    expect(world.stateOf("vip.example")).toBe("securing");
  });

  test("has its customers' names before the sites of a large network", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example"];
    world.sites = Array.from(
      { length: 2_000 },
      (_, n) => `s${n}.network.example`,
    );
    world.map(...numbered(400));
    await world.run();
    const mapped = numbered(400);
    const there = world.api.domains.filter((name) => mapped.includes(name));
    expect(there).toHaveLength(299);
    expect(world.record.withoutPlace).toBe(2_101);
    // Sites without a place are counted, not kept one by one.
    expect(world.records.size).toBeLessThanOrEqual(400);
  });
});

test("the subdomain sites of a network at www.example.com get no www name", async () => {
  const world = createPassWorld();
  world.networkDomain = "www.network.example";
  world.wwwPolicy = "always";
  world.api.domains = ["www.network.example"];
  world.map("shop.network.example", "shop.example");
  await world.run();
  expect(world.api.domains).toEqual([
    "www.network.example",
    "shop.network.example",
    "shop.example",
    "www.shop.example",
  ]);
});

test("sites that a custom certificate and a wildcard serve are not added", async () => {
  const world = createPassWorld();
  world.api.custom = true;
  world.api.domains = ["network.example", "*.network.example"];
  world.sites = ["one.network.example", "two.network.example"];
  world.map("shop.example");
  await world.run();
  expect(world.api.domains).toEqual([
    "network.example",
    "*.network.example",
    "shop.example",
  ]);
});
