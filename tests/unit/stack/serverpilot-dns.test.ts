import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";

import { decode, encode } from "dns-packet";

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

/** The code of an answer, and the records of its authority section. */
async function ask(name: string, type: "A" | "AAAA"): Promise<unknown> {
  const [host = "", port] = String(world.sim.dnsAddress).split(":");
  const socket = createSocket("udp4");
  const questions = [{ type, name }];
  socket.send(encode({ type: "query", id: 7, questions }), Number(port), host);
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  const { authorities = [], flags = 0 } = decode(message);
  return {
    rcode: flags & 15,
    zones: authorities.map((record) => [record.type, record.name]),
  };
}

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

test("a name above one with records is there without data, not NXDOMAIN", async () => {
  world.sim.setDns("www.shop.example", { a: ["192.0.2.1"] });
  for (const name of ["shop.example", "example"])
    await expect(resolver.resolve4(name)).rejects.toMatchObject({
      code: "ENODATA",
    });
  await expect(resolver.resolve4("a.shop.example")).rejects.toMatchObject({
    code: "ENOTFOUND",
  });
});

test("a zone has SOA and NS records, and what is below it has not", async () => {
  const ns = ["ns1.provider.example", "ns2.provider.example"];
  world.sim.setDns("shop.example", { soa: true, ns, a: ["192.0.2.1"] });
  world.sim.setDns("www.shop.example", { a: ["192.0.2.1"] });
  expect(await resolver.resolveSoa("shop.example")).toMatchObject({
    nsname: "ns1.provider.example",
    hostmaster: "hostmaster.shop.example",
  });
  expect((await resolver.resolveNs("shop.example")).sort()).toEqual(ns);
  expect(await resolver.resolve4("shop.example")).toEqual(["192.0.2.1"]);
  for (const asked of [
    resolver.resolveSoa("www.shop.example"),
    resolver.resolveNs("www.shop.example"),
  ])
    await expect(asked).rejects.toMatchObject({ code: "ENODATA" });
});

test("an answer without data, or of no such name, has the SOA record of the zone around it", async () => {
  world.sim.setDns("shop.example", { soa: true });
  world.sim.setDns("www.shop.example", { a: ["192.0.2.1"] });
  const zones = [["SOA", "shop.example"]];
  expect(await ask("www.shop.example", "AAAA")).toEqual({ rcode: 0, zones });
  expect(await ask("no.shop.example", "A")).toEqual({ rcode: 3, zones });
  expect(await ask("www.shop.example", "A")).toEqual({ rcode: 0, zones: [] });
  expect(await ask("elsewhere.example", "A")).toEqual({ rcode: 3, zones: [] });
  world.sim.setDns("bad.shop.example", { rcode: "SERVFAIL" });
  expect(await ask("bad.shop.example", "A")).toEqual({ rcode: 2, zones: [] });
});

test("a name that nobody has registered is NXDOMAIN with all below it, whatever their records", async () => {
  world.sim.setDns("www.lapsed.example", { a: ["192.0.2.1"] });
  world.sim.setDns("lapsed.example", { soa: true, a: ["192.0.2.1"] });
  expect(await resolver.resolve4("www.lapsed.example")).toHaveLength(1);
  world.sim.setDns("example", { soa: true });
  world.sim.setDns("lapsed.example", { soa: true, registered: false });
  expect(await ask("www.lapsed.example", "A")).toEqual({
    rcode: 3,
    zones: [["SOA", "example"]],
  });
  for (const asked of [
    resolver.resolve4("www.lapsed.example"),
    resolver.resolve4("lapsed.example"),
    resolver.resolveSoa("lapsed.example"),
  ])
    await expect(asked).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("CAA records are answered at their name only, so that who asks must go up", async () => {
  const caa = [
    { tag: "issue" as const, value: "ca.example" },
    { tag: "issuewild" as const, value: ";", critical: true },
  ];
  world.sim.setDns("shop.example", { caa });
  world.sim.setDns("www.shop.example", { a: ["192.0.2.1"] });
  await expect(resolver.resolveCaa("www.shop.example")).rejects.toMatchObject({
    code: "ENODATA",
  });
  expect(await resolver.resolveCaa("shop.example")).toMatchObject([
    { critical: 0, issue: "ca.example" },
    { critical: 128, issuewild: ";" },
  ]);
});

test("records that take turns change with every question of a type", async () => {
  world.sim.setDns("turns.example", {
    turns: [
      { a: ["192.0.2.1"], aaaa: ["2001:db8::1"] },
      { cname: "other.example" },
    ],
  });
  world.sim.setDns("other.example", { a: ["192.0.2.2"] });
  const seen: string[][] = [];
  for (let n = 0; n < 4; n += 1)
    seen.push(await resolver.resolve4("turns.example"));
  expect(seen.flat()).toEqual([
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.1",
    "192.0.2.2",
  ]);
  expect(await resolver.resolve6("turns.example")).toEqual(["2001:db8::1"]);
});
