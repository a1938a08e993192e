import { PermanentError } from "../../../sidecar/errors";
import {
  conflict,
  createPassWorld,
  notSent,
  numbered,
  refusing,
  unanswered,
  type PassWorld,
} from "./pass-world";

/** What a ServerPilot does that its documentation leaves open, and what a network then lives through. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A network with a panel's name on its app and these names mapped and on it. */
async function settled(...names: string[]): Promise<PassWorld> {
  const world = createPassWorld();
  world.api.domains = ["network.example", "panel.example"];
  world.map(...names);
  await world.run();
  return world;
}

/** Tells the sidecar of removals, as UM does. */
function remove(world: PassWorld, ...names: string[]): void {
  world.unmap(...names);
  for (const name of names) world.reported.set(name, world.clock.now());
}

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

describe("an action", () => {
  test.each([
    ["with the list applied", true],
    ["without it", false],
  ])(
    "that ends in error %s is planned anew and sent again after a pause",
    async (_how, isApplied) => {
      const world = await settled("a.example");
      const before = [...world.api.domains];
      world.api.actionEnds = "error";
      if (!isApplied) world.api.applied = () => before;
      world.map("b.example");
      expect(await world.run(30_000)).toMatchObject({
        outcome: "failed",
        reason: "action-failed",
      });
      const writes = world.api.writes.length;
      world.api.actionEnds = "success";
      world.api.applied = (list) => list;
      await world.later(MINUTE + 1);
      expect(world.api.writes.length).toBe(writes + 1);
      expect(world.stateOf("b.example")).toBe("securing");
      await world.later(5 * MINUTE);
      expect(world.api.writes.length).toBe(writes + 1);
    },
  );

  test("that always ends in error is repeated less and less often, an hour apart at most", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "error";
    world.map("b.example");
    await world.run(10_000);
    const before = world.api.writes.length;
    for (let minute = 0; minute < 8 * 60; minute += 1)
      await world.later(MINUTE, 10_000);
    const writes = world.api.writes.length - before;
    expect(writes).toBeGreaterThanOrEqual(8);
    expect(writes).toBeLessThanOrEqual(16);
  });

  test("that takes its time keeps no slot, and a new mapping is shown meanwhile", async () => {
    const world = await settled("a.example");
    world.api.actionMs = 25_000;
    world.map("b.example");
    await world.once();
    world.map("c.example");
    const { entry, nextAt } = await world.once("mapping.saved");
    expect(entry).toBeNull();
    expect(nextAt).toBeGreaterThan(world.clock.now());
    expect(world.stateOf("c.example")).toBe("pending");
    await world.run();
    expect(world.stateOf("c.example")).toBe("securing");
  });

  test("that never ends does not keep a new mapping waiting for more than a minute", async () => {
    const world = await settled("a.example");
    world.api.actionMs = Infinity;
    world.map("b.example");
    await world.once();
    world.map("c.example");
    await world.run(MINUTE);
    expect(world.api.domains).toContain("c.example");
  });

  test("that never ends counts as failed after five minutes", async () => {
    const world = await settled("a.example");
    world.api.actionMs = Infinity;
    world.map("b.example");
    const entry = await world.run(6 * MINUTE);
    expect(entry).toMatchObject({
      outcome: "failed",
      reason: "action-unfinished",
    });
  });

  test("that is open while its mapping is removed leaves nothing behind", async () => {
    const world = await settled("a.example");
    world.map("b.example");
    await world.once();
    world.unmap("b.example");
    await world.run();
    expect(world.api.domains).not.toContain("b.example");
    expect(world.owned()).toEqual(["a.example"]);
  });

  test("that is slow and was written over leaves nothing behind where its list comes late", async () => {
    const world = await settled("a.example");
    const before = world.api.writes.length;
    world.api.actionMs = 45_000;
    const late: string[][] = [];
    world.api.applied = (list) => {
      late.push([...list]);
      return world.api.domains;
    };
    world.map("b.example");
    await world.once();
    await world.clock.advance(31_000);
    world.unmap("b.example");
    world.map("c.example");
    world.api.applied = (list) => list;
    await world.once();
    expect(world.api.writes).toHaveLength(before + 2);
    await world.run(2 * MINUTE);
    world.api.domains = [...(late[0] ?? [])];
    await world.run(2 * MINUTE);
    expect(world.api.domains).not.toContain("b.example");
  });

  test("that may not be asked about leaves a new mapping to be shown with the reason", async () => {
    const world = await settled("a.example");
    world.map("b.example");
    await world.once();
    world.api.actionEnds = new PermanentError(
      "serverpilot-credentials-invalid",
    );
    world.map("c.example");
    const { entry } = await world.once();
    expect(entry).toMatchObject({
      outcome: "failed",
      reason: "serverpilot-credentials-invalid",
    });
    expect(world.says("c.example")).toBe(
      "pending serverpilot-credentials-invalid",
    );
    world.api.actionEnds = "success";
    await world.run();
    expect(world.api.domains).toContain("c.example");
  });

  test("that ServerPilot no longer knows is believed by its list", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.map("b.example");
    expect((await world.run()).outcome).toBe("ok");
    expect(world.stateOf("b.example")).toBe("securing");
  });

  test("that is unknown and whose list is not there is written again, and no name is blamed at first", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = () => world.api.domains;
    world.map("b.example");
    expect(await world.run(MINUTE / 2)).toMatchObject({
      outcome: "failed",
      reason: "write-unanswered",
    });
    expect(world.stateOf("b.example")).toBe("pending");
    world.api.actionEnds = "success";
    world.api.applied = (list) => list;
    await world.later(MINUTE);
    expect(world.stateOf("b.example")).toBe("securing");
  });

  test("that is unknown and whose list comes later leaves nothing behind of a removed mapping", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    let late: readonly string[] = [];
    world.api.applied = (list) => {
      late = list;
      return world.api.domains;
    };
    world.map("b.example");
    await world.run();
    world.api.actionEnds = "success";
    world.api.applied = (list) => list;
    remove(world, "b.example");
    world.api.domains = [...late];
    for (let round = 0; round < 3; round += 1) await world.later(MINUTE);
    expect(world.api.domains).not.toContain("b.example");
  });

  test("that is always unknown lets a name that is always dropped keep no other waiting", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = (list) =>
      list.filter((name) => name !== "lost.example");
    world.map("lost.example");
    for (let round = 0; round < 5; round += 1) await world.later(MINUTE);
    expect(world.says("lost.example")).toBe("blocked dropped-by-serverpilot");
    for (let n = 0; n < 6; n += 1) await world.later(HOUR);
    world.map("good.example");
    await world.later(MINUTE);
    expect(world.stateOf("good.example")).toBe("securing");
  });

  test("that is always unknown beside a www twin that cannot be removed comes to an end", async () => {
    const world = await settled("a.example", "www.a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = (list) => [...list, "www.a.example"];
    remove(world, "www.a.example");
    for (let round = 0; round < 5; round += 1) await world.later(MINUTE);
    const writes = world.api.writes.length;
    for (let round = 0; round < 10; round += 1) await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
  });

  test("that is missing from the answer is not waited for", async () => {
    const world = await settled("a.example");
    world.api.actionMs = null;
    world.map("b.example");
    expect((await world.run()).added).toEqual(["b.example"]);
  });

  test("a conflict while it is open is waited out, and nobody is blamed", async () => {
    const world = await settled("a.example");
    let busy = 2;
    world.api.onWrite = () => (busy-- > 0 ? conflict : "taken");
    world.map("b.example");
    const { error } = await world.once();
    expect(error).toMatchObject({
      reason: "serverpilot-conflict",
      params: { message: "An action is running." },
    });
    expect(world.says("b.example")).toBe("pending serverpilot-conflict");
    await world.run();
    await world.later(MINUTE);
    expect(world.stateOf("b.example")).toBe("securing");
  });
});

describe("a write that was not answered", () => {
  test("and is applied minutes later, after the mapping was removed, is removed once more", async () => {
    const world = await settled("a.example");
    let late: readonly string[] = [];
    world.api.onWrite = (list) => {
      late = list;
      return unanswered;
    };
    world.map("late.example");
    await world.once();
    world.api.onWrite = () => "taken";
    remove(world, "late.example");
    await world.later(2 * MINUTE);
    world.api.domains = [...late];
    await world.later(5 * MINUTE);
    expect(world.api.domains).not.toContain("late.example");
    // Whoever puts it there after that means it.
    world.api.domains.push("late.example");
    await world.later(5 * MINUTE);
    await world.later(5 * MINUTE);
    expect(world.api.domains).toContain("late.example");
  });

  test("is repeated even where the list reads right", async () => {
    const world = await settled("a.example");
    world.api.onWrite = (list) => {
      world.api.domains = [...list];
      return unanswered;
    };
    world.map("b.example");
    await world.once();
    world.api.onWrite = () => "taken";
    const writes = world.api.writes.length;
    await world.later(2 * MINUTE);
    expect(world.api.writes.length).toBe(writes + 1);
    expect(world.record.mustWrite).toBeNull();
  });

  test("and that certainly was not sent is simply sent again", async () => {
    const world = await settled("a.example");
    let away = true;
    world.api.onWrite = () => (away ? notSent : "taken");
    world.map("b.example");
    await world.once();
    expect(world.record.tombstones).toEqual({});
    away = false;
    await world.run();
    expect(world.stateOf("b.example")).toBe("securing");
  });
});

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
