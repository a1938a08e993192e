import fc from "fast-check";
import { computePlan, type PlanInput } from "../../../sidecar/reconcile/plan";
import type { WantedName } from "../../../sidecar/reconcile/policy";

/** A plan's input in which only what a test is about differs from nothing. */
const given = (over: Partial<PlanInput>): PlanInput => ({
  wanted: [],
  actual: [],
  owned: new Set(),
  persons: new Set(),
  twins: new Set(),
  resting: new Set(),
  networkDomain: null,
  addNetworkDomain: false,
  held: new Set(),
  ...over,
});

const want = (name: string, rank = 1, age = 0): WantedName => ({
  name,
  kind: "mapping",
  siteId: 1,
  rank,
  age,
});

function plan(input: Partial<Record<"wanted" | "actual" | "owned", string[]>>) {
  return computePlan(
    given({
      wanted: (input.wanted ?? []).map((name) => want(name)),
      actual: input.actual ?? [],
      owned: new Set(input.owned),
      networkDomain: "network.example",
    }),
  );
}

describe("each row of the plan's table", () => {
  test("a wanted name that is missing is added at the end", () => {
    const result = plan({ wanted: ["b.example"], actual: ["a.example"] });
    expect(result).toMatchObject({
      add: ["b.example"],
      result: ["a.example", "b.example"],
      writes: true,
    });
  });

  test("a wanted name that is there already is adopted without a write", () => {
    const result = plan({ wanted: ["a.example"], actual: ["a.example"] });
    expect(result).toMatchObject({
      adopt: ["a.example"],
      result: ["a.example"],
      writes: false,
    });
  });

  test("a wanted and owned name is kept without a write", () => {
    const result = plan({
      wanted: ["a.example"],
      actual: ["a.example"],
      owned: ["a.example"],
    });
    expect(result).toMatchObject({
      add: [],
      adopt: [],
      remove: [],
      kept: ["a.example"],
      writes: false,
    });
  });

  test("an owned name that is no longer wanted is removed from the middle, the order of the rest stays", () => {
    const result = plan({
      wanted: ["c.example"],
      actual: ["z.example", "b.example", "c.example"],
      owned: ["b.example", "c.example"],
    });
    expect(result).toMatchObject({
      remove: ["b.example"],
      result: ["z.example", "c.example"],
      writes: true,
    });
  });

  test("a foreign name is left alone", () => {
    const result = plan({ actual: ["panel.example"] });
    expect(result).toMatchObject({
      remove: [],
      result: ["panel.example"],
      writes: false,
    });
  });

  test("an owned name that somebody removed in the panel is forgotten", () => {
    const result = plan({ actual: ["a.example"], owned: ["gone.example"] });
    expect(result).toMatchObject({
      disown: ["gone.example"],
      remove: [],
      writes: false,
    });
  });

  test("a wanted and owned name that somebody removed in the panel comes back", () => {
    expect(plan({ wanted: ["a.example"], owned: ["a.example"] })).toMatchObject(
      { add: ["a.example"], disown: [] },
    );
  });
});

test("the network's own domain is never removed, even where the ledger owns it", () => {
  const result = plan({
    actual: ["network.example", "a.example"],
    owned: ["network.example", "a.example"],
  });
  expect(result.result).toEqual(["network.example"]);
  expect(result.disown).toEqual(["network.example"]);
});

test("a ledger of any length is disowned whose names are all gone from the app", () => {
  const owned = Array.from({ length: 200_000 }, (_, n) => `n${n}.example`);
  expect(plan({ owned }).disown).toHaveLength(owned.length);
});

test("a repeated name in the app's list is written once", () => {
  const result = plan({ actual: ["a.example", "A.example", "b.example"] });
  expect(result).toMatchObject({
    result: ["a.example", "b.example"],
    writes: true,
  });
});

test("foreign names keep the spelling that ServerPilot gave", () => {
  expect(
    plan({ wanted: ["b.example"], actual: ["Panel.Example"] }).result,
  ).toEqual(["Panel.Example", "b.example"]);
});

test("a name that was there before its mapping is used and not adopted", () => {
  const result = computePlan(
    given({
      wanted: [want("a.example"), want("b.example")],
      actual: ["a.example", "b.example"],
      persons: new Set(["a.example"]),
    }),
  );
  expect(result).toMatchObject({ use: ["a.example"], adopt: ["b.example"] });
});

test("removals that are held stay in their places, and the others go", () => {
  const input = given({
    wanted: [want("new.example")],
    actual: ["z.example", "gone.example", "y.example"],
    owned: new Set(["gone.example"]),
  });
  const { result, remove } = computePlan({
    ...input,
    owned: new Set(["gone.example", "z.example"]),
    held: new Set(["gone.example"]),
  });
  expect(result).toEqual(["gone.example", "y.example", "new.example"]);
  expect(remove).toEqual(["z.example", "gone.example"]);
});

test("a twin stays with the name that it stands beside, and goes with it", () => {
  const twin = { actual: ["a.example", "www.a.example"] };
  const twins = new Set(["www.a.example"]);
  const owned = new Set(["a.example"]);
  const kept = computePlan(
    given({ ...twin, twins, owned, wanted: [want("a.example")] }),
  );
  expect(kept).toMatchObject({ remove: [], writes: false });
  const gone = computePlan(given({ ...twin, twins, owned }));
  expect(gone.remove).toEqual(["a.example", "www.a.example"]);
});

describe("when the app has no room for all", () => {
  const wanted = [
    want("site.example", 3, 1),
    want("www.old.example", 2, 1),
    want("young.example", 1, 9),
    want("old.example", 1, 1),
    want("main.example", 0, 9),
  ];

  test("primary domains come first, then mappings by age, then www, then sites", () => {
    const direct = computePlan(
      given({ wanted, actual: ["panel.example"], capacity: 3 }),
    );
    expect(direct.result).toEqual([
      "panel.example",
      "old.example",
      "main.example",
    ]);
    expect(direct.withoutPlace).toEqual([
      "young.example",
      "www.old.example",
      "site.example",
    ]);
  });

  test("a newcomer moves up by itself when room appears", () => {
    const full = computePlan(
      given({
        wanted,
        actual: ["p1.example", "p2.example", "p3.example"],
        capacity: 3,
      }),
    );
    expect(full.add).toEqual([]);
    const roomy = computePlan(
      given({ wanted, actual: ["p1.example"], capacity: 6 }),
    );
    expect(roomy.withoutPlace).toEqual([]);
  });

  test("what is on the app stays, however much more important a newcomer is", () => {
    const result = computePlan(
      given({
        wanted: [want("www.a.example", 2), want("new.example", 0)],
        actual: ["www.a.example"],
        owned: new Set(["www.a.example"]),
        capacity: 1,
      }),
    );
    expect(result).toMatchObject({
      remove: [],
      add: [],
      withoutPlace: ["new.example"],
    });
  });

  test("an app that holds more than it may from before keeps everything", () => {
    const actual = Array.from({ length: 5 }, (_, n) => `p${n}.example`);
    const result = computePlan(given({ wanted, actual, capacity: 3 }));
    expect(result).toMatchObject({ result: actual, writes: false });
  });
});

describe("whatever the table, the list and the ledger hold", () => {
  // The policy never wants the network's own domain; the app and the ledger may have it.
  const names = fc.constantFrom(
    ..."abcdefghij".split("").map((letter) => `${letter}.example`),
  );
  const input = fc.record({
    wanted: fc.uniqueArray(
      fc.record({
        name: names,
        rank: fc.integer({ min: 0, max: 3 }),
        age: fc.nat(5),
      }),
      {
        selector: ({ name }) => name,
      },
    ),
    actual: fc.array(fc.oneof(names, fc.constant("net.example"))),
    owned: fc.uniqueArray(fc.oneof(names, fc.constant("net.example"))),
    capacity: fc.integer({ min: 0, max: 12 }),
  });
  const run = (drawn: {
    wanted: { name: string; rank: number; age: number }[];
    actual: string[];
    owned: string[];
    capacity: number;
  }) =>
    computePlan(
      given({
        wanted: drawn.wanted.map(({ name, rank, age }) =>
          want(name, rank, age),
        ),
        actual: drawn.actual,
        owned: new Set(drawn.owned),
        networkDomain: "net.example",
        capacity: drawn.capacity,
      }),
    );

  test("foreign names stay, no name stands twice, and nothing beyond the capacity is added", () => {
    fc.assert(
      fc.property(input, (drawn) => {
        const { result, add } = run(drawn);
        const owned = new Set(drawn.owned);
        const foreign = drawn.actual.filter((name) => !owned.has(name));
        expect(result).toEqual(expect.arrayContaining(foreign));
        expect(new Set(result).size).toBe(result.length);
        if (add.length > 0)
          expect(result.length).toBeLessThanOrEqual(drawn.capacity);
      }),
    );
  });

  test("the pass after it finds nothing to write", () => {
    fc.assert(
      fc.property(input, (drawn) => {
        const first = run(drawn);
        const gone = new Set([...first.remove, ...first.disown]);
        const owned = [
          ...drawn.owned.filter((name) => !gone.has(name)),
          ...first.add,
          ...first.adopt,
        ];
        const second = run({
          ...drawn,
          actual: first.result,
          owned: [...new Set(owned)],
        });
        expect(second.writes).toBe(false);
        expect(second.result).toEqual(first.result);
      }),
    );
  });
});
