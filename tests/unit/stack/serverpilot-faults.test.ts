import axios from "axios";
import request from "supertest";

import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ domains: ["bridge.example"] });
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

const write = (timeout = 2000) =>
  axios.post(
    `${world.sim.url}/apps/app`,
    { domains: ["a.example"] },
    { timeout, auth: { username: "cid", password: "key" } },
  );

test("a status strikes the n-th matching call, as many times as asked", async () => {
  world.sim.addFault({
    kind: "status",
    status: 429,
    retryAfter: 7,
    method: "GET",
    path: "^/apps/",
    nth: 2,
    times: 2,
  });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    await world.get("/servers/x");
    const answer = await world.get("/apps/app");
    statuses.push(answer.status);
    expect(answer.headers["retry-after"]).toBe(
      answer.status === 429 ? "7" : undefined,
    );
  }
  expect(statuses).toEqual([200, 429, 429, 200]);
  expect(world.sim.faults()).toEqual([]);
});

test("times 0 strikes until the fault is taken away", async () => {
  const id = world.sim.addFault({ kind: "status", times: 0 });
  for (let n = 0; n < 3; n += 1)
    expect((await world.get("/apps/app")).status).toBe(500);
  world.sim.removeFault(id);
  expect((await world.get("/apps/app")).status).toBe(200);
});

test("html and malformed answer what is not the JSON that was expected", async () => {
  world.sim.addFault({ kind: "html" });
  world.sim.addFault({ kind: "malformed", nth: 2 });
  expect((await world.get("/apps/app")).text).toContain("<html>");
  const malformed = await axios.get<string>(`${world.sim.url}/apps/app`, {
    responseType: "text",
    transformResponse: (text: string) => text,
  });
  expect(() => JSON.parse(malformed.data) as unknown).toThrow(SyntaxError);
});

test("a reset does nothing", async () => {
  world.sim.addFault({ kind: "reset" });
  await expect(write()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(world.sim.domains()).toEqual(["bridge.example"]);
  expect(world.sim.journal()).toMatchObject([
    { status: null, faulted: "reset" },
  ]);
});

test("applied-not-answered does the write and resets", async () => {
  world.sim.addFault({ kind: "applied-not-answered" });
  await expect(write()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(world.sim.domains()).toEqual(["a.example"]);
});

test("never leaves the caller waiting and does nothing", async () => {
  world.sim.addFault({ kind: "never" });
  await expect(write(100)).rejects.toMatchObject({ code: "ECONNABORTED" });
  expect(world.sim.domains()).toEqual(["bridge.example"]);
});

test("slow does the write and answers late", async () => {
  world.sim.addFault({ kind: "slow", ms: 1500 });
  await expect(write(100)).rejects.toMatchObject({ code: "ECONNABORTED" });
  expect(world.sim.domains()).toEqual(["a.example"]);
});

test("an action can end in error, or never", async () => {
  world.sim.addFault({ kind: "action-error" });
  world.sim.addFault({ kind: "action-never-ends", nth: 2 });
  const ids = [];
  for (const name of ["a.example", "b.example"]) {
    const answer = await world.post("/apps/app", { domains: [name] });
    ids.push((answer.body as { actionid: string }).actionid);
  }
  world.advance(1_000_000);
  const [first, second] = await Promise.all(
    ids.map((id) => world.get(`/actions/${id}`)),
  );
  expect(first?.body).toMatchObject({ data: { status: "error" } });
  expect(second?.body).toMatchObject({ data: { status: "open" } });
});

test("an AutoSSL action that ends in error leaves SSL off", async () => {
  world.sim.pointAtServer("bridge.example");
  world.advance(1000);
  world.sim.addFault({ kind: "action-error", path: "/ssl$" });
  await world.post("/apps/app/ssl", { auto: true });
  expect(world.sim.app().ssl).not.toBeNull();
  world.advance(300);
  expect(world.sim.app()).toMatchObject({ ssl: null, served: null });
});

test("with latency, two who read and write the list at once lose a name, as on the real API", async () => {
  world.sim.set({ latencyMs: 40 });
  const add = async (name: string) => {
    const read = await world.get("/apps/app");
    const { domains } = (read.body as { data: { domains: string[] } }).data;
    await world.post("/apps/app", { domains: [...domains, name] });
  };
  await Promise.all([add("a.example"), add("b.example")]);
  expect(world.sim.domains()).toHaveLength(2);
});

describe("the control interface", () => {
  const control = () => request(world.sim.controlUrl);

  test("does over HTTP what the methods do", async () => {
    const at = control();
    await at.patch("/settings").send({ actionMs: 5 }).expect(200);
    await at
      .put("/apps/app/domains")
      .send({ domains: ["c.example"] })
      .expect(200);
    await at
      .put("/dns")
      .send({ "c.example": { a: ["127.0.0.1"] }, "d.example": { loop: true } })
      .expect(200);
    await at
      .put("/apps/app/certificate")
      .send({ names: ["x.example"] })
      .expect(200);
    await at
      .put("/tls/c.example")
      .send({ kind: "expiring", days: 3 })
      .expect(200);
    await at.post("/faults").send({ kind: "reset", path: "ssl" }).expect(200);
    const state = await at.get("/state").expect(200);
    expect(state.body).toMatchObject({
      settings: { actionMs: 5, latencyMs: 0 },
      apps: [{ id: "app", domains: ["c.example"], served: ["x.example"] }],
      dns: { "c.example": { a: ["127.0.0.1"] } },
      tls: { "c.example": { kind: "expiring", days: 3 } },
      faults: [{ kind: "reset", path: "ssl", nth: 1, times: 1 }],
    });
    expect(state.text).not.toContain(world.sim.privateKeyCanary);

    await at.put("/accounts/cid/refusal").send({ status: 402 }).expect(200);
    expect((await world.get("/apps/app")).status).toBe(402);
    const journal = await at.get("/journal").expect(200);
    expect(journal.body).toMatchObject({
      requests: [{ n: 1, path: "/apps/app", status: 402 }],
    });

    await at.post("/reset").expect(200);
    expect(world.sim.app()).toMatchObject({
      domains: ["bridge.example"],
      ssl: null,
    });
    expect(world.sim.faults()).toEqual([]);
    expect(world.sim.dnsRecords()).toEqual({});
    expect((await world.get("/apps/app")).status).toBe(200);
  });

  test("has rules of names, faults of HTTP, backends and changes of a server", async () => {
    const at = control();
    await at
      .put("/names")
      .send({
        "bad.example": { refused: 409, words: "not {name}" },
        "/^worse/": { refused: true },
        "old.example": null,
      })
      .expect(200);
    await at.put("/http/c.example").send({ kind: "loop" }).expect(200);
    await at.put("/http/d.example").send({ kind: "hang" }).expect(200);
    await at.delete("/http/d.example").expect(200);
    await at.put("/http").send({ listening: false }).expect(200);
    await at
      .put("/apps/app/backend")
      .send({ origin: "http://127.0.0.1:8080" })
      .expect(200);
    const { serverId } = world.sim.app();
    await at
      .patch(`/servers/${serverId}`)
      .send({ lastaddress: "192.0.2.9", denyUnknownDomains: false })
      .expect(200);
    const state = await at.get("/state").expect(200);
    expect(state.body).toMatchObject({
      apps: [{ backend: "http://127.0.0.1:8080" }],
      names: {
        "bad.example": { refused: 409, words: "not {name}" },
        "/^worse/": { refused: true },
      },
      http: { "c.example": { kind: "loop", flexible: false } },
    });
    const server = await world.get(`/servers/${serverId}`);
    expect(server.body).toMatchObject({
      data: { lastaddress: "192.0.2.9", deny_unknown_domains: false },
    });
    const write = () => world.post("/apps/app", { domains: ["bad.example"] });
    expect((await write()).body).toEqual({
      error: { message: "not bad.example" },
    });
    expect((await at.get("/journal").expect(200)).body).toHaveProperty("http");
    await at.delete("/names").expect(200);
    expect((await write()).status).toBe(200);

    await at
      .put("/names")
      .send({ x: { refused: true } })
      .expect(200);
    await at.post("/reset").expect(200);
    expect(world.sim.names()).toEqual({});
    expect(world.sim.httpFaults()).toEqual({});
    expect(world.sim.app().backend).toBeNull();
  });

  test("adds accounts, servers and apps", async () => {
    const at = control();
    await at
      .post("/accounts")
      .send({ clientId: "two", apiKey: "secret" })
      .expect(200);
    const server = await at
      .post("/servers")
      .send({ clientId: "two", lastaddress: "192.0.2.1" })
      .expect(200);
    const { id: serverId } = server.body as { id: string };
    await at
      .post("/apps")
      .send({ id: "second", clientId: "two", serverId })
      .expect(200);
    const answer = await request(world.sim.url)
      .get("/apps/second")
      .auth("two", "secret");
    expect(answer.body).toMatchObject({
      data: { id: "second", domains: [], serverid: serverId },
    });
  });

  test.each<[string, string, object]>([
    ["an unknown kind of fault", "/faults", { kind: "explode" }],
    ["a bad pattern", "/faults", { kind: "reset", path: "(" }],
    ["an account without a key", "/accounts", { clientId: "x" }],
    ["a server that is not there", "/apps", { serverId: "nowhere" }],
  ])("%s is refused with 400", async (_what, path, sent) => {
    await control().post(path).send(sent).expect(400);
  });

  test.each<[string, string, object]>([
    ["a bad pattern of names", "/names", { "/(/": { refused: true } }],
    ["an unknown rule of a name", "/names", { "a.example": { refuse: 1 } }],
    ["an unknown fault of HTTP", "/http/a.example", { kind: "explode" }],
    ["a backend that is no address", "/apps/app/backend", { origin: "x" }],
    ["an unknown app's backend", "/apps/x/backend", { origin: null }],
  ])("%s is refused with 400", async (_what, path, sent) => {
    await control().put(path).send(sent).expect(400);
  });
});
