import axios from "axios";

import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

const MINUTE = 60_000;

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ domains: ["bridge.example"] });
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

type Data = Record<string, unknown>;

async function details(): Promise<Data> {
  return ((await world.get("/apps/app")).body as { data: Data }).data;
}

async function write(...domains: string[]): Promise<{ actionid?: string }> {
  const answer = await world.post("/apps/app", { domains });
  expect(answer.status).toBe(200);
  return answer.body as { actionid?: string };
}

async function actionOf({ actionid }: { actionid?: string }): Promise<unknown> {
  const answer = await world.get(`/actions/${String(actionid)}`);
  const { data } = answer.body as { data?: Data };
  return data?.["status"] ?? answer.status;
}

describe("reads that do not show how things are", () => {
  test("the next reads can show an old list, and no other call does", async () => {
    await write("a.example");
    world.sim.addFault({ kind: "old-list", times: 2 });
    const { data } = (await world.get("/apps")).body as { data: Data[] };
    expect(data[0]?.["domains"]).toEqual(["a.example"]);
    expect((await details())["domains"]).toEqual(["bridge.example"]);
    expect((await details())["domains"]).toEqual(["bridge.example"]);
    expect((await details())["domains"]).toEqual(["a.example"]);
    expect(world.sim.domains()).toEqual(["a.example"]);
    expect(world.sim.journal().map(({ faulted }) => faulted)).toEqual([
      null,
      null,
      "old-list",
      "old-list",
      null,
    ]);
  });

  test("reads can show no names for a time of the world's clock", async () => {
    world.sim.addFault({ kind: "empty-list", forMs: 5000 });
    for (let n = 0; n < 3; n += 1)
      expect((await details())["domains"]).toEqual([]);
    world.advance(4999);
    expect((await details())["domains"]).toEqual([]);
    world.advance(1);
    expect((await details())["domains"]).toEqual(["bridge.example"]);
    expect(world.sim.faults()).toEqual([]);
  });

  test("reads can lack autossl, have a boolean for it, or ssl without auto", async () => {
    world.sim.installCertificate();
    world.sim.addFault({ kind: "no-autossl" });
    world.sim.addFault({ kind: "autossl-true", nth: 2 });
    world.sim.addFault({ kind: "ssl-without-auto", nth: 3 });
    expect(await details()).not.toHaveProperty("autossl");
    expect((await details())["autossl"]).toBe(true);
    const odd = (await details())["ssl"] as Data;
    expect(Object.keys(odd)).toEqual(["key", "cert", "cacerts", "force"]);
    expect((await details())["ssl"]).toHaveProperty("auto", false);
  });

  test("by a setting the reads right after a write are old ones", async () => {
    world.sim.set({ oddRead: "old-list", oddReads: 1 });
    expect((await details())["domains"]).toEqual(["bridge.example"]);
    const written = (await write("a.example")) as { data?: Data };
    expect(written.data?.["domains"]).toEqual(["a.example"]);
    expect((await details())["domains"]).toEqual(["bridge.example"]);
    expect((await details())["domains"]).toEqual(["a.example"]);
  });

  test("by a setting the reads after trouble are empty for a while", async () => {
    world.sim.set({
      oddRead: "empty-list",
      oddReadAfter: "trouble",
      oddReadMs: 1000,
    });
    await write("a.example");
    expect((await details())["domains"]).toEqual(["a.example"]);
    world.sim.addFault({ kind: "status", status: 503 });
    expect((await world.get("/apps/app")).status).toBe(503);
    expect((await details())["domains"]).toEqual([]);
    world.advance(1000);
    expect((await details())["domains"]).toEqual(["a.example"]);
    world.sim.addFault({ kind: "action-error" });
    await write("b.example");
    world.advance(300);
    expect((await details())["domains"]).toEqual([]);
  });
});

test("trouble upon trouble does not make reads odd for ever: one in between shows how things are", async () => {
  world.sim.set({ oddRead: "empty-list", oddReadAfter: "trouble" });
  const seen: unknown[] = [];
  for (let n = 0; n < 4; n += 1) {
    world.sim.addFault({ kind: "status", method: "GET" });
    expect((await world.get("/apps/app")).status).toBe(500);
    seen.push((await details())["domains"]);
  }
  expect(seen).toEqual([[], ["bridge.example"], [], ["bridge.example"]]);
});

describe("a write that is not answered", () => {
  const send = (): Promise<unknown> =>
    axios.post(
      `${world.sim.url}/apps/app`,
      { domains: ["late.example"] },
      { timeout: 150, auth: { username: "cid", password: "key" } },
    );

  test("can be applied minutes later, over what was written meanwhile", async () => {
    const changes: string[] = [];
    const stop = world.sim.onDomains(({ by }) => changes.push(by));
    world.sim.addFault({ kind: "applied-later", laterMs: 3 * MINUTE });
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
    await write("a.example");
    world.advance(3 * MINUTE - 1);
    expect((await details())["domains"]).toEqual(["a.example"]);
    world.advance(1);
    expect((await details())["domains"]).toEqual(["late.example"]);
    stop();
    expect(changes).toEqual(["write", "late-write"]);
  });

  test.each([
    ["applied", ["late.example"], ["late.example"]],
    ["later", ["bridge.example"], ["late.example"]],
    ["never", ["bridge.example"], ["bridge.example"]],
  ] as const)(
    "by the setting is applied at once, later or never: %s",
    async (unanswered, atOnce, inTheEnd) => {
      world.sim.set({ unanswered, unansweredMs: MINUTE });
      world.sim.addFault({ kind: "unanswered" });
      await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(world.sim.domains()).toEqual(atOnce);
      world.advance(MINUTE);
      expect(world.sim.domains()).toEqual(inTheEnd);
    },
  );

  test("can be left waiting instead of being reset", async () => {
    world.sim.addFault({ kind: "applied-not-answered", hangs: true });
    await expect(send()).rejects.toMatchObject({ code: "ECONNABORTED" });
    expect(world.sim.domains()).toEqual(["late.example"]);
  });

  test("is still checked when it is applied late: what is refused then is not applied", async () => {
    world.sim.addFault({ kind: "applied-later", laterMs: MINUTE });
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
    world.sim.setName("late.example", { refused: true });
    world.advance(MINUTE);
    expect(world.sim.domains()).toEqual(["bridge.example"]);
  });
});

describe("actions", () => {
  test.each([
    ["kept", "accept", ["a.example"]],
    ["reverted", "accept", ["bridge.example"]],
    ["kept", "success", ["bridge.example"]],
  ] as const)(
    "that end in error leave the list %s where it was applied on %s",
    async (listOnError, applyOn, domains) => {
      world.sim.set({ listOnError, applyOn });
      world.sim.addFault({ kind: "action-error" });
      const written = await write("a.example");
      world.advance(300);
      expect(await actionOf(written)).toBe("error");
      expect(world.sim.domains()).toEqual(domains);
    },
  );

  test("taken back never undo what somebody wrote meanwhile", async () => {
    world.sim.set({ listOnError: "reverted" });
    world.sim.addFault({ kind: "action-error" });
    await write("a.example");
    world.sim.setDomains(["a.example", "panel.example"]);
    world.advance(300);
    expect(world.sim.domains()).toEqual(["a.example", "panel.example"]);
  });

  test("can be without an id, or have one that is not known", async () => {
    world.sim.addFault({ kind: "action-no-id" });
    world.sim.addFault({ kind: "action-unknown", nth: 2 });
    expect(await write("a.example")).not.toHaveProperty("actionid");
    const unknown = await write("b.example");
    expect(unknown.actionid).toBeDefined();
    expect(await actionOf(unknown)).toBe(404);
    expect(world.sim.app().openActions).toBe(2);
    world.advance(300);
    expect(world.sim.app()).toMatchObject({
      domains: ["b.example"],
      openActions: 0,
    });
  });

  test.each([
    ["error", "error"],
    ["never-ends", "open"],
    ["unknown", 404],
    ["no-id", 404],
  ] as const)(
    "by a setting every so many is a troubled one: %s",
    async (actionTrouble, status) => {
      world.sim.set({ actionTroubleEvery: 2, actionTrouble });
      const written = [];
      for (const name of ["a.example", "b.example", "c.example"])
        written.push(await write(name));
      world.advance(1_000_000);
      expect(await Promise.all(written.map(actionOf))).toEqual([
        "success",
        status,
        "success",
      ]);
    },
  );
});
