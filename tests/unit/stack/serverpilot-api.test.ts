import request from "supertest";

import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ domains: ["bridge.example"] });
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

const body = (answer: { body: unknown }) =>
  answer.body as { actionid?: string; data: Record<string, unknown> };

describe("who may ask", () => {
  test.each([
    ["no credentials", undefined],
    ["a wrong key", "Basic " + Buffer.from("cid:wrong").toString("base64")],
    ["another scheme", "Bearer cid:key"],
  ])("%s is refused with 401", async (_what, authorization) => {
    const call = request(world.sim.url).get("/apps/app");
    const answer = await (authorization ? call.set({ authorization }) : call);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: { message: "invalid credentials" } });
  });

  test("unknown apps, actions, servers and another account's app are 404", async () => {
    world.sim.addAccount({ clientId: "other", apiKey: "other-key" });
    const foreign = world.sim.addApp({ clientId: "other" });
    for (const path of [
      "/apps/x",
      "/actions/x",
      "/servers/x",
      "/x",
      `/apps/${foreign}`,
    ]) {
      expect((await world.get(path)).status).toBe(404);
    }
    const own = await request(world.sim.url)
      .get(`/apps/${foreign}`)
      .auth("other", "other-key");
    expect(own.status).toBe(200);
  });

  test.each([402, 403] as const)(
    "an account can be refused with %d",
    async (status) => {
      world.sim.refuse(status);
      expect((await world.get("/apps/app")).status).toBe(status);
      world.sim.refuse(null);
      expect((await world.get("/apps/app")).status).toBe(200);
    },
  );
});

describe("the list of domains", () => {
  test.each<[string, unknown]>([
    ["an object", { 0: "a.example" }],
    ["a string", "a.example"],
    ["nothing", undefined],
    ["a repeated name", ["a.example", "b.example", "A.example"]],
    ["301 names", Array.from({ length: 301 }, (_, n) => `n${n}.example`)],
    ["a Unicode name", ["bücher.example"]],
    ["an underscore", ["a_b.example"]],
    ["a wildcard over nothing", ["*"]],
    ["a wildcard within a name", ["a.*.example"]],
    ["a port", ["a.example:80"]],
    ["a final dot", ["a.example."]],
    ["an over-long label", [`${"a".repeat(64)}.example`]],
    ["an empty name", [""]],
    ["a number", [7]],
  ])("%s is refused with 400 and changes nothing", async (_what, domains) => {
    const answer = await world.post("/apps/app", { domains });
    expect(answer.status).toBe(400);
    expect(world.sim.domains()).toEqual(["bridge.example"]);
  });

  test("wildcards and IP addresses are valid names", async () => {
    const domains = ["*.example.com", "192.0.2.1", "2001:db8::1"];
    const answer = await world.post("/apps/app", { domains });
    expect(answer.status).toBe(200);
    expect(body(answer).data["domains"]).toEqual(domains);
  });

  test("a body that is not a JSON object, or has more in it, is refused with 400", async () => {
    expect((await world.post("/apps/app", ["a.example"])).status).toBe(400);
    expect(
      (await world.post("/apps/app", { domains: [], force: true })).status,
    ).toBe(400);
    const form = await world.post("/apps/app", { domains: [] }).type("form");
    expect(form.status).toBe(400);
  });

  test("300 names are accepted, in their order", async () => {
    const domains = Array.from(
      { length: 300 },
      (_, n) => `n${n}.example`,
    ).reverse();
    const answer = await world.post("/apps/app", { domains });
    expect(answer.status).toBe(200);
    expect(body(answer).data["domains"]).toEqual(domains);
    expect(body(answer).data).not.toHaveProperty("autossl");
  });

  test("a write is open as an action and then succeeds; the same write again starts none", async () => {
    const first = body(
      await world.post("/apps/app", { domains: ["a.example"] }),
    );
    const status = async () =>
      body(await world.get(`/actions/${String(first.actionid)}`)).data[
        "status"
      ];
    expect(await status()).toBe("open");
    world.advance(299);
    expect(await status()).toBe("open");
    world.advance(1);
    expect(await status()).toBe("success");
    const second = body(
      await world.post("/apps/app", { domains: ["a.example"] }),
    );
    expect(second).not.toHaveProperty("actionid");
  });

  test("with applyOn success the list changes when the action succeeds", async () => {
    world.sim.set({ applyOn: "success" });
    await world.post("/apps/app", { domains: ["a.example"] });
    expect(world.sim.domains()).toEqual(["bridge.example"]);
    world.advance(300);
    expect(world.sim.domains()).toEqual(["a.example"]);
  });

  test("with conflictWhileOpen a second write is 409 until the action ended", async () => {
    world.sim.set({ conflictWhileOpen: true });
    await world.post("/apps/app", { domains: ["a.example"] });
    expect(
      (await world.post("/apps/app", { domains: ["b.example"] })).status,
    ).toBe(409);
    expect(world.sim.domains()).toEqual(["a.example"]);
    world.advance(300);
    expect(
      (await world.post("/apps/app", { domains: ["b.example"] })).status,
    ).toBe(200);
  });
});

test("an app names its server, and the server its address and what else is documented", async () => {
  const app = body(await world.get("/apps/app")).data;
  const path = `/servers/${String(app["serverid"])}`;
  expect(body(await world.get(path)).data).toEqual({
    id: app["serverid"],
    name: "server",
    plan: "business",
    autoupdates: true,
    firewall: true,
    deny_unknown_domains: true,
    available_runtimes: expect.any(Array) as unknown,
    lastaddress: "127.0.0.1",
    lastconn: expect.any(Number) as unknown,
    datecreated: expect.any(Number) as unknown,
  });
  world.sim.setServer({ lastaddress: "192.0.2.9", denyUnknownDomains: false });
  expect(body(await world.get(path)).data).toMatchObject({
    lastaddress: "192.0.2.9",
    deny_unknown_domains: false,
  });
});

test("the list of apps has every app of the account, on whatever server, and nobody else's", async () => {
  world.sim.addAccount({ clientId: "other", apiKey: "other-key" });
  world.sim.addApp({ clientId: "other" });
  const serverId = world.sim.addServer();
  // The same domain may be on several apps.
  const domains = ["bridge.example", "b.example"];
  const second = world.sim.addApp({ name: "blog", serverId, domains });
  const { data } = (await world.get("/apps")).body as { data: unknown[] };
  expect(data).toEqual([
    expect.objectContaining({ id: "app", domains: ["bridge.example"] }),
    expect.objectContaining({
      id: second,
      name: "blog",
      serverid: serverId,
      domains,
    }),
  ]);
  expect(data[0]).not.toHaveProperty("autossl");
});

test("the journal has every call with its body and status, and never the key", async () => {
  await world.get("/apps/app");
  await world.post("/apps/app", { domains: "no" });
  const shared = {
    at: expect.any(Number) as number,
    account: "cid",
    faulted: null,
    path: "/apps/app",
  };
  expect(world.sim.journal()).toEqual([
    { n: 1, method: "GET", body: null, status: 200, ...shared },
    { n: 2, method: "POST", body: { domains: "no" }, status: 400, ...shared },
  ]);
  world.sim.clearJournal();
  expect(world.sim.journal()).toEqual([]);
});
