import {
  createPassWorld,
  remove,
  settled,
  type PassWorld,
  MINUTE,
} from "./pass-world";

describe("a read that lies", () => {
  const lies: [string, (list: readonly string[]) => string[]][] = [
    ["is empty", () => []],
    ["lacks a foreign name", (l) => l.filter((n) => n !== "panel.example")],
    [
      "lacks the network's own",
      (l) => l.filter((n) => n !== "network.example"),
    ],
    ["lacks a name of ours", (l) => l.filter((n) => n !== "a.example")],
    ["is of before a removal", (l) => [...l, "gone.example"]],
  ];

  test.each(lies)(
    "changes nothing, with something to write: it %s",
    async (_what, lie) => {
      const world = await settled("a.example", "gone.example");
      remove(world, "gone.example");
      await world.run();
      const truth = [...world.api.domains];
      world.map("new.example");
      world.api.reads.push(lie(truth));
      await world.run();
      expect(world.api.domains).toEqual([...truth, "new.example"]);
      expect(world.owned().sort()).toEqual(["a.example", "new.example"]);
    },
  );

  test.each(lies)(
    "disowns and writes nothing, with nothing to write: it %s",
    async (_what, lie) => {
      const world = await settled("a.example", "gone.example");
      remove(world, "gone.example");
      await world.run();
      const writes = world.api.writes.length;
      world.api.reads.push(lie([...world.api.domains]));
      await world.later(5 * MINUTE);
      expect(world.api.writes.length).toBe(writes);
      expect(world.owned()).toEqual(["a.example"]);
    },
  );

  test("is not believed at the very first contact either", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example", "panel.example"];
    world.map("a.example");
    world.api.reads.push(["stray.example"]);
    await world.run();
    expect(world.api.domains).toEqual([
      "network.example",
      "panel.example",
      "a.example",
    ]);
  });

  test("right after a write leaves the write to be read again", async () => {
    const world = await settled("a.example");
    const before = [...world.api.domains];
    world.map("b.example");
    await world.once();
    await world.clock.advance(300);
    world.api.reads.push(before);
    await world.run();
    expect(world.stateOf("b.example")).toBe("securing");
    expect(world.api.writes).toHaveLength(2);
  });

  test("that never agrees with another one fails the pass after a minute and writes nothing", async () => {
    const world = await settled("a.example", "b.example", "c.example");
    const writes = world.api.writes.length;
    for (let n = 0; n < 30; n += 1)
      world.api.reads.push(["network.example", `n${n}.example`]);
    const entry = await world.run(3 * MINUTE);
    expect(entry).toMatchObject({ outcome: "failed", reason: "list-unstable" });
    expect(world.api.writes.length).toBe(writes);
    expect(world.owned()).toHaveLength(3);
  });

  test("that is confirmed by a second one counts: what was removed in the panel comes back, what was foreign is let go", async () => {
    const world = await settled("a.example");
    world.api.domains = ["network.example"];
    await world.later(5 * MINUTE);
    expect(world.api.domains).toEqual(["network.example", "a.example"]);
  });

  test("costs nothing where there is no such news", async () => {
    const world = await settled("a.example");
    world.api.domains.push("new-in-panel.example");
    const { calls } = world.api;
    await world.later(5 * MINUTE);
    expect(world.api.calls).toBe(calls + 1);
  });
});

describe("an app whose list was emptied in the panel", () => {
  test("has the customers' names back, not the network's own, and that is said", async () => {
    const world = await settled("a.example");
    world.api.domains = [];
    await world.later(5 * MINUTE);
    expect(world.api.domains).toEqual(["a.example"]);
    expect(world.record.networkDomainLost).toBe(true);
  });

  test("has the network's own domain back once a person asks for it", async () => {
    const world = await settled("a.example");
    world.api.domains = [];
    await world.later(5 * MINUTE);
    world.change({ addNetworkDomain: true });
    await world.later(0);
    expect(world.api.domains).toContain("network.example");
    expect(world.record.networkDomainLost).toBe(false);
    expect(world.record.addNetworkDomain).toBe(false);
    world.api.domains = world.api.domains.filter(
      (n) => n !== "network.example",
    );
    await world.later(5 * MINUTE);
    expect(world.api.domains).not.toContain("network.example");
  });
});

describe("a network that may not belong to the app", () => {
  const stranger = (): PassWorld => {
    const world = createPassWorld();
    world.api.domains = ["somebody-else.example"];
    world.map("a.example");
    return world;
  };

  test("is a suspect: nothing is written until a person approves the app", async () => {
    const world = stranger();
    expect(await world.run()).toMatchObject({
      outcome: "held",
      reason: "app-suspect",
    });
    await world.later(5 * MINUTE);
    expect(world.api.writes).toEqual([]);
    world.change({ provenAppId: "app1", suspect: null });
    await world.run();
    expect(world.api.domains).toEqual(["somebody-else.example", "a.example"]);
  });

  test("is none where the network answers at the app's server", async () => {
    const world = stranger();
    world.witness = true;
    await world.run();
    expect(world.api.domains).toContain("a.example");
  });

  test.each([
    ["its domain with www is on the app", ["www.network.example"]],
    ["a wildcard over its domain is", ["*.network.example"]],
    ["one of its mappings is", ["a.example", "x.example"]],
    ["nothing at all is", []],
  ])("is none where %s", async (_what, there) => {
    const world = createPassWorld();
    world.api.domains = [...there];
    world.map("a.example", "b.example");
    await world.run();
    expect(world.api.domains).toContain("b.example");
  });

  test("is not asked where it has written to the app before, whatever was renamed", async () => {
    const world = await settled("a.example");
    world.networkDomain = "renamed.example";
    world.map("b.example");
    await world.run();
    expect(world.api.domains).toContain("b.example");
  });
});
