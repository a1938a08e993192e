import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ domains: ["a.example", "b.example"] });
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

type Data = Record<string, unknown>;
const details = async (): Promise<Data> =>
  ((await world.get("/apps/app")).body as { data: Data }).data;
const enable = async () => {
  const answer = await world.post("/apps/app/ssl", { auto: true });
  return {
    status: answer.status,
    body: answer.body as { actionid?: string; data: Data },
  };
};

test("AutoSSL is available only after the delay and only for names that point at the server", async () => {
  world.sim.pointAtServer("a.example");
  world.sim.setDns("b.example", { a: ["192.0.2.7"] });
  world.advance(999);
  expect((await details())["autossl"]).toEqual({ available: false });
  expect((await enable()).status).toBe(400);
  world.advance(1);
  expect((await details())["autossl"]).toEqual({
    available: true,
    domains: ["a.example"],
  });
});

test("the certificate grows with DNS, and keeps a name whose DNS went away", () => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  world.sim.setDns("b.example", { cname: "web.example" });
  world.sim.pointAtServer("web.example");
  world.sim.setDns("a.example", null);
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example", "b.example"]);
  world.sim.setDomains(["b.example"]);
  expect(world.sim.app().covered).toEqual(["b.example"]);
});

test.each([
  ["an AAAA record elsewhere", { a: ["127.0.0.1"], aaaa: ["2001:db8::1"] }],
  ["SERVFAIL", { a: ["127.0.0.1"], rcode: "SERVFAIL" as const }],
  ["silence", { a: ["127.0.0.1"], silent: true }],
  ["a CNAME loop", { loop: true }],
])("a name with %s is not covered", (_what, record) => {
  world.sim.pointAtServer("a.example");
  world.sim.setDns("b.example", record);
  world.advance(5000);
  expect(world.sim.app().covered).toEqual(["a.example"]);
});

test("a full certificate takes no more names", () => {
  world.sim.set({ maxCertificateNames: 1 });
  world.sim.pointAtServer("b.example");
  world.advance(1000);
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["b.example"]);
});

test("more names than one certificate holds are all covered where it is split", () => {
  world.sim.set({ maxCertificateNames: 1, overfull: "split" });
  world.sim.pointAtServer("a.example", "b.example");
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example", "b.example"]);
});

test("wildcards, addresses and names that are said never to be in a certificate are not covered", () => {
  world.sim.setDomains(["*.a.example", "127.0.0.1", "a.example", "b.example"]);
  world.sim.setName("b.example", { certificate: "never" });
  world.sim.pointAtServer("*");
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example"]);
});

test("a name that points at a further address of the server is covered", () => {
  world.sim.setServer({ addresses: ["192.0.2.50", "2001:db8::50"] });
  world.sim.setDns("a.example", { a: ["192.0.2.50"], aaaa: ["2001:db8::50"] });
  world.sim.setDns("b.example", { a: ["192.0.2.51"] });
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example"]);
});

test("a CAA record of the name or above that does not name Let's Encrypt keeps it out, until it goes", () => {
  world.sim.setDomains(["a.example", "shop.b.example", "c.example"]);
  world.sim.pointAtServer("a.example", "shop.b.example", "c.example");
  const other = [{ tag: "issue" as const, value: "ca.example; policy=ev" }];
  const both = [...other, { tag: "issue" as const, value: "letsencrypt.org" }];
  world.sim.setDns("example", { caa: both });
  world.sim.setDns("b.example", { caa: other });
  world.sim.setDns("c.example", {
    a: ["127.0.0.1"],
    caa: [{ tag: "iodef", value: "mailto:a@c.example" }],
  });
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example", "c.example"]);
  world.sim.setDns("b.example", null);
  expect(world.sim.app().covered).toContain("shop.b.example");
});

test("records that take turns must all point at the server", () => {
  const here = { a: ["127.0.0.1"] };
  world.sim.setDns("a.example", { turns: [here, { a: ["192.0.2.1"] }] });
  world.sim.setDns("b.example", { turns: [here, here] });
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["b.example"]);
});

test.each([
  ["port 80 closed", { kind: "port-80-closed" as const }],
  ["/.well-known blocked", { kind: "well-known-blocked" as const }],
  ["no answer", { kind: "hang" as const }],
])("a name with %s is not covered until that ends", (_what, fault) => {
  world.sim.pointAtServer("a.example", "b.example");
  world.sim.setHttp("b.example", fault);
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example"]);
  world.sim.setHttp("b.example", null);
  expect(world.sim.app().covered).toEqual(["a.example", "b.example"]);
});

test("without port 80 nothing new is covered, and what is covered stays", async () => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  await world.sim.setHttpListening(false);
  world.sim.pointAtServer("b.example");
  world.advance(1000);
  expect(world.sim.app().covered).toEqual(["a.example"]);
});

test("enabling again can issue anew, five times a week for the same names and then not", async () => {
  const HOUR = 3_600_000;
  world.sim.set({ autoAgain: "issue" });
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  for (let n = 0; n < 5; n += 1) {
    expect((await enable()).body.actionid).toBeDefined();
    world.advance(HOUR);
    expect(world.sim.app().served).toEqual(["a.example"]);
  }
  const refused = await enable();
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain("too many certificates");

  // Another set of names has a count of its own.
  world.sim.pointAtServer("b.example");
  world.advance(1000);
  expect((await enable()).status).toBe(200);
  world.sim.setDomains(["a.example"]);
  expect((await enable()).status).toBe(400);
  world.advance(7 * 24 * HOUR);
  expect((await enable()).status).toBe(200);
});

test("enabling serves the certificate when its action succeeds; again it does nothing until it grew", async () => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  const first = await enable();
  expect(first.body.actionid).toBeDefined();
  expect(first.body.data).toMatchObject({ auto: true, force: false });
  expect(world.sim.app().served).toBeNull();
  world.advance(300);
  expect(world.sim.app().served).toEqual(["a.example"]);
  expect((await enable()).body).not.toHaveProperty("actionid");

  world.sim.pointAtServer("b.example");
  world.advance(1000);
  expect(world.sim.app()).toMatchObject({
    covered: ["a.example", "b.example"],
    served: ["a.example"],
  });
  expect((await enable()).body.actionid).toBeDefined();
  world.advance(300);
  expect(world.sim.app().served).toEqual(["a.example", "b.example"]);
});

test("with autoDeploy a grown certificate is served without another call", async () => {
  world.sim.set({ autoDeploy: true });
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  await enable();
  world.sim.pointAtServer("b.example");
  world.advance(1000);
  expect(world.sim.app().served).toEqual(["a.example", "b.example"]);
});

test.each<[string, object]>([
  ["auto as a string", { auto: "true" }],
  ["auto as a number", { auto: 1 }],
  ["auto: false", { auto: false }],
  ["both at once", { auto: true, force: true }],
  ["force while SSL is off", { force: true }],
  ["neither", {}],
])("%s is refused with 400", async (_what, sent) => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  expect((await world.post("/apps/app/ssl", sent)).status).toBe(400);
  expect(world.sim.app().ssl).toBeNull();
});

test("a custom certificate is served, and AutoSSL refused until it is deleted", async () => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  world.sim.installCertificate();
  expect((await details())["ssl"]).toMatchObject({ auto: false });
  expect((await enable()).status).toBe(400);
  expect(world.sim.app().served).toEqual(["a.example", "b.example"]);
  await world.remove("/apps/app/ssl");
  expect(world.sim.app()).toMatchObject({ ssl: null, served: null });
  expect((await enable()).status).toBe(200);
});

test("ForceSSL goes on once SSL is on, and is lost with it", async () => {
  world.sim.installCertificate();
  expect((await world.post("/apps/app/ssl", { force: "yes" })).status).toBe(
    400,
  );
  expect((await world.post("/apps/app/ssl", { force: true })).status).toBe(200);
  expect(world.sim.app().ssl).toEqual({ auto: false, force: true });
  await world.remove("/apps/app/ssl");
  world.sim.installCertificate();
  expect(world.sim.app().ssl).toEqual({ auto: false, force: false });
});

test("every ssl answer carries the private key", async () => {
  world.sim.installCertificate();
  const forced = (await world.post("/apps/app/ssl", { force: true })).body as {
    data: Data;
  };
  const written = (await world.post("/apps/app", { domains: ["c.example"] }))
    .body as { data: { ssl: Data } };
  const read = (await details())["ssl"] as Data;
  for (const ssl of [forced.data, written.data.ssl, read]) {
    expect(ssl["key"]).toContain(world.sim.privateKeyCanary);
    expect(ssl["key"]).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  }
});

test("autossl can be left out of the details", async () => {
  world.sim.set({ autosslField: "when-available" });
  expect(await details()).not.toHaveProperty("autossl");
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  expect(await details()).toHaveProperty("autossl");
  world.sim.set({ autosslField: "never" });
  expect(await details()).not.toHaveProperty("autossl");
});
