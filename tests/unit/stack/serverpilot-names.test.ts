import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ domains: ["bridge.example"] });
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

interface Answered {
  status: number;
  message: string | undefined;
  actionId: string | undefined;
  domains: string[] | undefined;
}

/** Writes a list and gives what the answer says. */
async function write(...domains: string[]): Promise<Answered> {
  const answer = await world.post("/apps/app", { domains });
  const { error, data, actionid } = answer.body as {
    error?: { message: string };
    data?: { domains: string[] };
    actionid?: string;
  };
  return {
    status: answer.status,
    message: error?.message,
    actionId: actionid,
    domains: data?.domains,
  };
}

async function read(): Promise<string[]> {
  const { data } = (await world.get("/apps/app")).body as {
    data: { domains: string[] };
  };
  return data.domains;
}

describe("a refused name", () => {
  test.each([
    [400, "name", "invalid argument: domains is not valid: bad.example"],
    [409, "name", "conflict: bad.example"],
    [422, "none", "invalid argument: domains is not valid"],
    [409, "none", "conflict"],
  ] as const)(
    "refuses the whole list with %d and, with words of the kind %s, says: %s",
    async (refusedWith, refusedWords, message) => {
      world.sim.set({ refusedWith, refusedWords });
      world.sim.setName("bad.example", { refused: true });
      const answer = await write("bridge.example", "BAD.example");
      expect(answer).toMatchObject({ status: refusedWith, message });
      expect(world.sim.domains()).toEqual(["bridge.example"]);
      expect((await write("a.example")).status).toBe(200);
    },
  );

  test("has a status and words of its own where its rule says so", async () => {
    const words = "{name} is used by another customer";
    world.sim.setName("bad.example", { refused: 409, words });
    world.sim.setName("worse.example", { refused: 400 });
    expect(await write("bad.example")).toMatchObject({
      status: 409,
      message: "bad.example is used by another customer",
    });
    expect((await write("worse.example")).status).toBe(400);
  });

  test("is accepted once it has struck as many writes as asked", async () => {
    world.sim.set({ refusedTimes: 2 });
    world.sim.setName("bad.example", { refused: true });
    world.sim.setName("once.example", { refused: true, times: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1)
      statuses.push((await write("bad.example")).status);
    expect(statuses).toEqual([400, 400, 200]);
    expect((await write("once.example")).status).toBe(400);
    expect((await write("once.example")).status).toBe(200);
  });

  test("can be any that matches a pattern, and is accepted again when the rule goes", async () => {
    world.sim.setName("/^bad\\d/", { refused: true });
    expect((await write("bad1.example")).status).toBe(400);
    expect((await write("bad2.example")).status).toBe(400);
    expect((await write("bad.example")).status).toBe(200);
    world.sim.setName("/^bad\\d/", null);
    expect((await write("bad2.example")).status).toBe(200);
  });

  test("can be dropped silently: the answer is 200, and without an action where nothing else changes", async () => {
    world.sim.set({ refusedWith: "dropped" });
    world.sim.setName("bad.example", { refused: true });
    const first = await write("bridge.example", "bad.example", "a.example");
    expect(first).toMatchObject({
      status: 200,
      domains: ["bridge.example", "a.example"],
    });
    expect(first.actionId).toBeDefined();
    const again = await write("bridge.example", "bad.example", "a.example");
    expect(again).toMatchObject({ status: 200, actionId: undefined });
    expect(await read()).toEqual(["bridge.example", "a.example"]);
  });
});

describe("the spelling of names", () => {
  test.each([
    ["keep", 200, ["Shop.Example"]],
    ["lower", 200, ["shop.example"]],
    ["refuse", 400, ["bridge.example"]],
  ] as const)("capitals: %s", async (capitals, status, domains) => {
    world.sim.set({ capitals });
    expect((await write("Shop.Example")).status).toBe(status);
    expect(await read()).toEqual(domains);
  });

  test.each([
    ["refuse", 400, ["bridge.example"]],
    ["keep", 200, ["bücher.example"]],
    ["punycode", 200, ["xn--bcher-kva.example"]],
    ["unicode", 200, ["bücher.example"]],
  ] as const)("Unicode: %s", async (unicode, status, domains) => {
    world.sim.set({ unicode });
    expect((await write("bücher.example")).status).toBe(status);
    expect(await read()).toEqual(domains);
  });

  test("a Punycode name can come back in Unicode, and is the same name when it is sent so", async () => {
    world.sim.set({ unicode: "unicode" });
    const first = await write("xn--bcher-kva.example");
    expect(first.domains).toEqual(["bücher.example"]);
    const again = await write("bücher.example");
    expect(again).toMatchObject({ status: 200, actionId: undefined });
    expect(world.sim.domains()).toEqual(["xn--bcher-kva.example"]);
  });

  test("one name can come back in a spelling of its own", async () => {
    world.sim.setName("shop.example", { shownAs: "SHOP.example" });
    expect((await write("shop.example", "a.example")).domains).toEqual([
      "SHOP.example",
      "a.example",
    ]);
    expect(await write("SHOP.example", "a.example")).toMatchObject({
      status: 200,
      actionId: undefined,
    });
  });

  test.each([
    ["refuse", 400, ["bridge.example"]],
    ["keep", 200, ["a.example", "b.example", "A.example"]],
    ["drop", 200, ["a.example", "b.example"]],
  ] as const)("repeats: %s", async (repeats, status, domains) => {
    world.sim.set({ repeats });
    const answer = await write("a.example", "b.example", "A.example");
    expect(answer.status).toBe(status);
    expect(await read()).toEqual(domains);
  });

  test("the order is kept, or sorted", async () => {
    await write("c.example", "a.example");
    expect(await read()).toEqual(["c.example", "a.example"]);
    world.sim.set({ order: "sort" });
    await write("c.example", "a.example", "b.example");
    expect(await read()).toEqual(["a.example", "b.example", "c.example"]);
  });
});

describe("the www. name that ServerPilot may add", () => {
  test("comes after its name, once, and goes with it", async () => {
    world.sim.set({ wwwTwin: "added" });
    const list = ["b.example", "www.b.example", "*.c.example", "192.0.2.1"];
    expect((await write("a.example", ...list)).domains).toEqual([
      "a.example",
      "www.a.example",
      ...list,
    ]);
    expect((await write("b.example")).domains).toEqual([
      "b.example",
      "www.b.example",
    ]);
  });

  test("can be one name's way alone", async () => {
    world.sim.setName("a.example", { wwwTwin: "added" });
    expect((await write("a.example", "b.example")).domains).toEqual([
      "a.example",
      "www.a.example",
      "b.example",
    ]);
  });

  test("takes no room that a full app does not have", async () => {
    world.sim.set({ wwwTwin: "added" });
    const list = Array.from({ length: 299 }, (_, n) => `n${n}.example`);
    const { domains } = await write(...list);
    expect(domains).toHaveLength(300);
    expect(domains?.slice(0, 3)).toEqual([
      "n0.example",
      "www.n0.example",
      "n1.example",
    ]);
  });
});

describe("an app that holds more than 300 names", () => {
  const many = Array.from({ length: 350 }, (_, n) => `n${n}.example`);

  test("is read whole, and a write of more than 300 is refused", async () => {
    world.sim.setDomains(many);
    expect(await read()).toEqual(many);
    expect((await write(...many.slice(1))).status).toBe(400);
    expect((await write(...many.slice(50))).status).toBe(200);
  });

  test("can let names go that are there already, but takes no other", async () => {
    world.sim.set({ overLimit: "keep-what-is-there" });
    world.sim.setDomains(many);
    expect((await write(...many.slice(1))).status).toBe(200);
    expect((await write(...many.slice(2), "new.example")).status).toBe(400);
    expect(world.sim.domains()).toEqual(many.slice(1));
  });
});

test("who listens to changes of the list hears what was sent, too", async () => {
  world.sim.set({ order: "sort" });
  const changes: unknown[] = [];
  const stop = world.sim.onDomains((change) => changes.push(change));
  await write("c.example", "a.example");
  world.sim.setDomains(["a.example"]);
  stop();
  expect(changes).toEqual([
    {
      appId: "app",
      before: ["bridge.example"],
      after: ["a.example", "c.example"],
      by: "write",
      sent: ["c.example", "a.example"],
    },
    {
      appId: "app",
      before: ["a.example", "c.example"],
      after: ["a.example"],
      by: "panel",
      sent: null,
    },
  ]);
});
