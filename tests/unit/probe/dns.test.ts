import { createSocket } from "node:dgram";
import { once } from "node:events";

import { systemClock } from "../../../sidecar/clock";
import { createDnsProbe } from "../../../sidecar/probe/dns";
import type { DnsAnswer } from "../../../sidecar/reconcile/probes";
import type { DnsRecord } from "../../stack/serverpilot/dns-table";
import type { Simulator } from "../../stack/serverpilot/simulator";
import { startSimulator } from "../../stack/serverpilot/simulator";
import { createFakeClock } from "../fake-clock";

const name = "shop.example.com";
/** For servers that are meant not to answer; the others have the default of two seconds, for machines that are busy. */
const SHORT_MS = 300;

let world: Simulator;
let deaf: Awaited<ReturnType<typeof deafServer>>;
beforeAll(async () => {
  deaf = await deafServer();
  world = await startSimulator({
    clientId: "c",
    apiKey: "k",
    appId: "a",
    dns: true,
  });
});
afterEach(() => {
  world.clearDns();
});
afterAll(async () => {
  deaf.close();
  await world.stop();
});

const address = (): string => world.dnsAddress ?? "";
const probe = (servers = [address()], timeoutMs = 2_000) =>
  createDnsProbe({ servers, clock: systemClock, timeoutMs }).lookUp;
const queriesFor = (asked: string): number =>
  world.dnsQueries().filter((query) => query.name === asked).length;

/** A DNS server that hears and never answers. */
async function deafServer(): Promise<{
  address: string;
  heard: () => number;
  close: () => void;
}> {
  const socket = createSocket("udp4");
  let heard = 0;
  socket.on("message", () => (heard += 1));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    heard: () => heard,
    close: () => socket.close(),
  };
}

describe("what DNS says of a name", () => {
  it("gives IPv4 and IPv6 addresses with their TTL", async () => {
    world.setDns(name, {
      a: ["203.0.113.1", "203.0.113.2"],
      aaaa: ["2001:db8::1"],
    });
    expect(await probe()(name)).toEqual({
      ...{
        kind: "answer",
        addresses: ["203.0.113.1", "203.0.113.2"],
        ipv6: ["2001:db8::1"],
      },
      ...{ cname: null, ttl: 1 },
    });
  });

  it("follows CNAMEs", async () => {
    world.setDns(name, { cname: "host.example.net" });
    world.setDns("host.example.net", { a: ["203.0.113.1"] });
    expect(await probe()(name)).toMatchObject({
      kind: "answer",
      addresses: ["203.0.113.1"],
      ipv6: [],
    });
  });

  it("says where a CNAME into nothing leads", async () => {
    world.setDns(name, { cname: "gone.example.net" });
    expect(await probe()(name)).toEqual({
      kind: "missing",
      cname: "gone.example.net",
    });
  });

  it("says that there is nothing", async () => {
    expect(await probe()(name)).toEqual({ kind: "missing", cname: null });
    world.setDns(name, {});
    expect(await probe()(name)).toEqual({ kind: "missing", cname: null });
  });

  it.each([
    ["a loop of CNAMEs", { loop: true }, "CNAME loop"],
    ["SERVFAIL", { rcode: "SERVFAIL" }, "SERVFAIL"],
    ["REFUSED", { rcode: "REFUSED" }, "REFUSED"],
    ["silence", { silent: true }, "no answer in time"],
    [
      "an answer that comes late",
      { a: ["203.0.113.1"], delayMs: 1000 },
      "no answer in time",
    ],
    [
      "an answer to another question",
      { lies: "question" },
      "no answer in time",
    ],
  ] satisfies [string, DnsRecord, string][])(
    "takes %s for no answer",
    async (_title, record, detail) => {
      world.setDns(name, record);
      const late = detail === "no answer in time";
      const lookUp = probe(undefined, late ? SHORT_MS : undefined);
      expect(await lookUp(name)).toEqual({ kind: "unanswered", detail });
    },
  );

  it("says that no server listens", async () => {
    expect(await probe(["127.0.0.1:1"])(name)).toEqual({
      kind: "unanswered",
      detail: "connection refused",
    });
  });
});

describe("the memory of a DNS probe", () => {
  it("keeps an answer for its TTL, a minute at most, and forgets it when it is asked to", async () => {
    const clock = createFakeClock();
    const { lookUp } = createDnsProbe({ servers: [address()], clock });
    world.setDns(name, { a: ["203.0.113.1"] });
    const addresses = async (options?: { fresh: boolean }) => {
      const answer = await lookUp(name, options);
      return answer.kind === "answer" ? answer.addresses : answer.kind;
    };
    await addresses();
    world.setDns(name, { a: ["203.0.113.2"] });
    await clock.advance(999);
    expect(await addresses()).toEqual(["203.0.113.1"]);
    await clock.advance(1);
    expect(await addresses()).toEqual(["203.0.113.2"]);
    world.setDns(name, { a: ["203.0.113.3"] });
    expect(await addresses({ fresh: true })).toEqual(["203.0.113.3"]);
  });

  it("asks once for a name that many ask for at the same time", async () => {
    world.setDns("many.example.com", { a: ["203.0.113.1"] });
    const lookUp = probe();
    await Promise.all(
      Array.from({ length: 20 }, () => lookUp("many.example.com")),
    );
    expect(queriesFor("many.example.com")).toBe(2);
  });
});

describe("300 names and one dead resolver", () => {
  it("are all answered by the other one, and the dead one is soon left alone", async () => {
    world.setDns("*.example.com", { a: ["203.0.113.1"] });
    const { lookUp } = createDnsProbe({
      servers: [deaf.address, address()],
      clock: systemClock,
      timeoutMs: 1_000,
      concurrency: 20,
    });
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => lookUp(`n${n}.example.com`)),
    );
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(
      new Set(["answer"]),
    );
    expect(deaf.heard()).toBeLessThanOrEqual(80);
  });

  it("do not wait for names whose name servers are dead", async () => {
    world.setDns("*.example.com", { a: ["203.0.113.1"] });
    world.setDns("*.dead.example.com", { silent: true });
    const clock = createFakeClock();
    const timeoutMs = 60_000;
    const { lookUp } = createDnsProbe({
      servers: [address()],
      clock,
      timeoutMs,
    });
    const ask = (parent: string, count: number) =>
      Array.from({ length: count }, (_, n) => lookUp(`n${n}.${parent}`));
    const dead = ask("dead.example.com", 30);
    const good = await Promise.all(ask("example.com", 270));
    expect(new Set(good.map(({ kind }) => kind))).toEqual(new Set(["answer"]));

    const ended = Promise.all(dead);
    let answers: DnsAnswer[] | null = null;
    while (answers === null) {
      const hung = clock.whenScheduled(timeoutMs).then(() => null);
      answers = await Promise.race([ended, hung]);
      await clock.advance(timeoutMs);
    }
    expect(answers[29]).toEqual({
      kind: "unanswered",
      detail: "no answer in time",
    });
  });
});
