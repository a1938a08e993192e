import { Resolver } from "node:dns/promises";

import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
let resolver: Resolver;
beforeAll(async () => {
  world = await startWorld({ dns: true });
});
afterAll(() => world.sim.stop());
beforeEach(async () => {
  await world.sim.reset();
  resolver = new Resolver({ timeout: 100, tries: 1 });
  resolver.setServers([String(world.sim.dnsAddress)]);
});

test("an unknown name is NXDOMAIN, a known one without the type has no data", async () => {
  await expect(resolver.resolve4("nowhere.example")).rejects.toMatchObject({
    code: "ENOTFOUND",
  });
  world.sim.setDns("six.example", { aaaa: ["2001:db8::1"] });
  await expect(resolver.resolve4("six.example")).rejects.toMatchObject({
    code: "ENODATA",
  });
  expect(await resolver.resolve6("six.example")).toEqual(["2001:db8::1"]);
});

test("A records are found through CNAMEs, and wildcards answer for names without a record", async () => {
  world.sim.setDns("shop.example", { cname: "web.host.example" });
  world.sim.setDns("*.host.example", { a: ["192.0.2.1", "192.0.2.2"] });
  expect((await resolver.resolve4("SHOP.example")).sort()).toEqual([
    "192.0.2.1",
    "192.0.2.2",
  ]);
  expect(await resolver.resolveCname("shop.example")).toEqual([
    "web.host.example",
  ]);
  expect(
    world.sim.dnsQueries().map(({ name, type }) => `${name} ${type}`),
  ).toEqual(["shop.example A", "shop.example CNAME"]);
});

test("SERVFAIL and REFUSED are answered as such", async () => {
  world.sim.setDns("bad.example", { rcode: "SERVFAIL" });
  world.sim.setDns("no.example", { rcode: "REFUSED" });
  await expect(resolver.resolve4("bad.example")).rejects.toMatchObject({
    code: "ESERVFAIL",
  });
  await expect(resolver.resolve4("no.example")).rejects.toMatchObject({
    code: "EREFUSED",
  });
});

test("a loop is a CNAME that leads back to itself", async () => {
  world.sim.setDns("round.example", { loop: true });
  expect(await resolver.resolveCname("round.example")).toEqual([
    "loop.round.example",
  ]);
  expect(await resolver.resolveCname("loop.round.example")).toEqual([
    "round.example",
  ]);
  expect(await resolver.resolve4("round.example")).toEqual([]);
});

test("a silent name is never answered and a late one late", async () => {
  world.sim.setDns("silent.example", { a: ["192.0.2.1"], silent: true });
  world.sim.setDns("late.example", { a: ["192.0.2.1"], delayMs: 300 });
  await expect(resolver.resolve4("silent.example")).rejects.toMatchObject({
    code: "ETIMEOUT",
  });
  const patient = new Resolver({ timeout: 2000, tries: 1 });
  patient.setServers([String(world.sim.dnsAddress)]);
  expect(await patient.resolve4("late.example")).toEqual(["192.0.2.1"]);
});

test("an answer to another question is dropped by the resolver", async () => {
  world.sim.setDns("lied.example", { a: ["192.0.2.1"], lies: "question" });
  await expect(resolver.resolve4("lied.example")).rejects.toMatchObject({
    code: expect.stringMatching(/^E(TIMEOUT|BADRESP)$/) as string,
  });
});

test("an answer with another name's record is one that Node's resolver believes", async () => {
  world.sim.setDns("lied.example", { a: ["192.0.2.1"], lies: "answer" });
  expect(await resolver.resolve4("lied.example")).toEqual(["203.0.113.66"]);
});
