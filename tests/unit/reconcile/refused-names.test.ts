import { PermanentError } from "../../../sidecar/errors";
import {
  conflict,
  createPassWorld,
  numbered,
  refusing,
  remove,
  settled,
  unanswered,
  HOUR,
  MINUTE,
} from "./pass-world";

describe("names that ServerPilot refuses", () => {
  test.each([
    ["one, which its words name", ["bad1.example"], "bad1.example is taken"],
    ["one, in words that name none", ["bad1.example"], "Invalid domain."],
    [
      "three, in words that name none",
      ["bad1.example", "bad2.example", "bad3.example"],
      "Invalid argument: domains",
    ],
    [
      "two, of which the words name one",
      ["bad1.example", "bad2.example"],
      "The domain bad2.example is invalid.",
    ],
  ])(
    "keep neither good names nor removals waiting: %s",
    async (_what, bad, words) => {
      const world = await settled("old.example", "stays.example");
      world.api.onWrite = refusing(bad, words);
      const good = numbered(30, "good");
      world.map(...good.slice(0, 13), ...bad, ...good.slice(13));
      remove(world, "old.example");
      await world.run(10 * MINUTE);
      expect([...world.api.domains].sort()).toEqual(
        ["network.example", "panel.example", "stays.example", ...good].sort(),
      );
      for (const name of bad)
        expect(world.records.get(name)).toMatchObject({
          state: "blocked",
          reason: "refused-by-serverpilot",
          params: { message: words },
          owned: false,
        });
    },
  );

  test("one among 300 is found without waiting for another pass", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example"];
    world.api.onWrite = refusing(["n150.example"]);
    world.map(...numbered(299));
    await world.run(2 * MINUTE);
    expect(world.api.domains).toHaveLength(299);
    expect(world.says("n150.example")).toBe("blocked refused-by-serverpilot");
  });

  test("a conflict that stays counts as a refusal, and its words are kept", async () => {
    const world = await settled("a.example");
    world.api.onWrite = (list) =>
      list.includes("bad.example") ? conflict : "taken";
    world.map("bad.example", "good.example");
    await world.later(0, 10 * MINUTE);
    for (let tries = 0; tries < 5; tries += 1) await world.later(MINUTE);
    expect(world.api.domains).toContain("good.example");
    expect(world.records.get("bad.example")).toMatchObject({
      state: "blocked",
      params: { message: "An action is running." },
    });
  });

  test("where even the list without additions is refused, no name is blamed", async () => {
    const world = await settled("a.example");
    world.api.onWrite = () =>
      new PermanentError("serverpilot-rejected", { message: "App is locked." });
    world.map("b.example", "c.example");
    expect(await world.run()).toMatchObject({
      outcome: "failed",
      reason: "serverpilot-rejected",
      params: { message: "App is locked." },
    });
    expect(world.stateOf("b.example")).toBe("pending");
    world.api.onWrite = () => "taken";
    await world.run();
    expect(world.api.domains).toContain("b.example");
  });

  test("are tried again alone after 1, 2, 4 … hours, and come on once ServerPilot takes them", async () => {
    const world = await settled("a.example");
    world.api.onWrite = refusing(["bad.example"]);
    world.map("bad.example");
    await world.run();
    const sentWithBad = (): number =>
      world.api.writes.filter((list) => list.includes("bad.example")).length;
    const first = sentWithBad();
    await world.later(HOUR - MINUTE);
    expect(sentWithBad()).toBe(first);
    await world.later(2 * MINUTE);
    expect(sentWithBad()).toBeGreaterThan(first);
    const second = sentWithBad();
    await world.later(HOUR + 30 * MINUTE);
    expect(sentWithBad()).toBe(second);
    world.api.onWrite = () => "taken";
    await world.later(HOUR);
    expect(world.stateOf("bad.example")).toBe("securing");
  });

  test("are tried at once where the mapping was made anew", async () => {
    const world = await settled("a.example");
    world.api.onWrite = refusing(["bad.example"]);
    world.map("bad.example");
    await world.run();
    world.api.onWrite = () => "taken";
    world.unmap("bad.example");
    await world.clock.advance(MINUTE);
    world.map("bad.example");
    await world.run();
    expect(world.api.domains).toContain("bad.example");
  });

  test("take no room from others", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example", ...numbered(297, "panel")];
    world.api.onWrite = refusing(["bad.example"], "bad.example is taken");
    world.map("bad.example", "a.example", "b.example");
    await world.run();
    expect(world.api.domains).toHaveLength(300);
    expect(world.stateOf("b.example")).toBe("securing");
  });
});

describe("names that ServerPilot takes its own way", () => {
  test("one that is silently dropped is blocked with its reason, and not written again and again", async () => {
    const world = await settled("a.example");
    world.api.applied = (list) =>
      list.filter((name) => name !== "lost.example");
    world.map("lost.example", "kept.example");
    await world.run(5 * MINUTE);
    expect(world.says("lost.example")).toBe("blocked dropped-by-serverpilot");
    expect(world.stateOf("kept.example")).toBe("securing");
    await world.later(MINUTE);
    const writes = world.api.writes.length;
    for (let round = 0; round < 10; round += 1) await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
  });

  test("one that a person takes off while its action runs is on the app again after a minute", async () => {
    const world = await settled("a.example");
    world.api.applied = (list) =>
      list.filter((name) => name !== "good.example");
    world.map("good.example");
    await world.run(MINUTE / 2);
    expect(world.says("good.example")).toBe("blocked dropped-by-serverpilot");
    world.api.applied = (list) => list;
    await world.later(MINUTE);
    expect(world.stateOf("good.example")).toBe("securing");
  });

  test.each([
    [
      "in Unicode",
      "xn--mnchen-3ya.example",
      (name: string) => name.replace("xn--mnchen-3ya", "münchen"),
    ],
    [
      "in capitals",
      "shop.example",
      (name: string) => (name === "shop.example" ? "Shop.Example" : name),
    ],
    [
      "with a final dot",
      "shop.example",
      (name: string) => (name === "shop.example" ? "shop.example." : name),
    ],
  ])("one that comes back %s is there", async (_how, name, spell) => {
    const world = await settled("a.example");
    world.api.applied = (list) => list.map(spell);
    world.map(name);
    await world.run();
    expect(world.stateOf(name)).toBe("securing");
    const writes = world.api.writes.length;
    for (let round = 0; round < 5; round += 1) await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
    remove(world, name);
    await world.run();
    expect(world.api.domains).toEqual([
      "network.example",
      "panel.example",
      "a.example",
    ]);
  });

  test("a list that is sorted is as good as one that is not", async () => {
    const world = await settled("z.example");
    world.api.applied = (list) => [...list].sort();
    world.map("b.example");
    await world.run();
    const writes = world.api.writes.length;
    await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
  });

  test("a www twin that ServerPilot adds is ours and goes with its name", async () => {
    const world = await settled("a.example");
    world.api.applied = (list) => [
      ...new Set(
        list.flatMap((name) =>
          name === "shop.example" ? [name, `www.${name}`] : [name],
        ),
      ),
    ];
    world.map("shop.example");
    await world.run();
    expect(world.api.domains).toContain("www.shop.example");
    const writes = world.api.writes.length;
    await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
    remove(world, "shop.example");
    await world.run();
    expect(world.api.domains).toEqual([
      "network.example",
      "panel.example",
      "a.example",
    ]);
  });

  test("a www twin of a write that was not answered goes with its name too", async () => {
    const world = await settled("a.example");
    world.map("shop.example");
    world.api.onWrite = (list) => {
      world.api.domains = [...list, "www.shop.example"];
      return unanswered;
    };
    await world.once();
    world.api.onWrite = () => "taken";
    await world.run(3 * MINUTE);
    remove(world, "shop.example");
    await world.run();
    expect(world.api.domains).toEqual([
      "network.example",
      "panel.example",
      "a.example",
    ]);
  });

  test("a www name that comes back beside its own after its removal is a twin, and not removed again and again", async () => {
    const world = await settled("a.example");
    world.wwwPolicy = "always";
    await world.run();
    expect(world.owned()).toEqual(["a.example", "www.a.example"]);
    world.api.applied = (list) => [
      ...new Set(
        list.flatMap((name) =>
          name === "a.example" ? [name, `www.${name}`] : [name],
        ),
      ),
    ];
    world.wwwPolicy = "never";
    await world.run();
    const writes = world.api.writes.length;
    expect((await world.later(5 * MINUTE)).outcome).toBe("ok");
    expect(world.api.writes.length).toBe(writes);
    expect(world.owned()).toEqual(["a.example"]);
    expect(world.stateOf("www.a.example")).toBeUndefined();
    remove(world, "a.example");
    await world.run();
    expect(world.api.domains).toEqual(["network.example", "panel.example"]);
  });

  test("wildcards and IP addresses on the app stay", async () => {
    const world = createPassWorld();
    const there = ["network.example", "*.network.example", "203.0.113.10"];
    world.api.domains = [...there];
    world.map("a.example");
    await world.run();
    expect(world.api.domains).toEqual([...there, "a.example"]);
  });
});
