import { systemClock } from "../../../sidecar/clock";
import { createDnsProbe } from "../../../sidecar/probe/dns";
import { dnsProviderOf } from "../../../sidecar/probe/zone";
import { until } from "../../stack/until";
import { createFakeClock } from "../fake-clock";
import {
  answerTo,
  AUTHORITATIVE,
  fromZoneFile,
  startDnsDouble,
  TRUNCATED,
  type DnsDouble,
  type Entry,
} from "./dns-double";

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

let server: DnsDouble;
beforeAll(async () => {
  server = await startDnsDouble();
});
beforeEach(() => {
  server.asked.length = 0;
  server.overUdp = (query) => [server.answer(query)];
});
afterAll(() => server.stop());

const probe = () =>
  createDnsProbe({ servers: [server.address], clock: systemClock });

const ns = (name: string, data: string): Entry => ({ name, type: "NS", data });
const a = (name: string): Entry => ({ name, type: "A", data: "203.0.113.1" });
const cname = (name: string, data: string): Entry => ({
  name,
  type: "CNAME",
  data,
});

describe("an answer", () => {
  const name = "shop.example.com";
  const addresses = Array.from({ length: 60 }, (_, n) => `203.0.113.${n}`);
  const record = (data: string) => ({
    type: "A" as const,
    name,
    ttl: 60,
    data,
  });

  test("that does not fit into a packet is asked for over TCP", async () => {
    server.answer = (query) =>
      answerTo(
        query,
        query.questions?.[0]?.type === "A" ? addresses.map(record) : [],
      );
    server.overUdp = (query) => [
      answerTo(query, [], { flags: AUTHORITATIVE | TRUNCATED }),
    ];
    expect(await probe().lookUp(name)).toMatchObject({ addresses });
  });

  test("that is none to the question is passed over, the real one counts", async () => {
    const forged = [record("198.51.100.66")];
    server.overUdp = (query) => [
      answerTo(query, forged, { id: ((query.id ?? 0) + 1) % 0x10000 }),
      answerTo(query, forged, {
        questions: [{ type: "A", name: "other.example" }],
      }),
      answerTo(query, []),
    ];
    expect(await probe().lookUp(name)).toMatchObject({ kind: "missing" });
  });
});

describe("a DNS server", () => {
  const name = "shop.example.com";

  test("that is the only one is asked again after it failed", async () => {
    const answers = [SERVFAIL, SERVFAIL, SERVFAIL];
    const good = fromZoneFile([a(name)]);
    server.answer = (query) => {
      const code = answers.shift();
      return code === undefined
        ? good(query)
        : answerTo(query, [], { flags: AUTHORITATIVE | code });
    };
    expect(await probe().lookUp(name)).toMatchObject({ kind: "answer" });
  });

  // Far less than what Node's resolver would wait for by itself.
  const QUICKLY_MS = 15_000;

  test.each<[string, string[], RegExp]>([
    ["that says nothing", [], /^no answer in time$/],
    // Its answer may still be on its way when the time is up.
    ["that fails one question of two", ["A"], /^SERVFAIL$|^no answer in time$/],
  ])(
    "%s has its time and no more",
    async (_which, answered, detail) => {
      server.answer = (query) =>
        answerTo(query, [], { flags: AUTHORITATIVE | SERVFAIL });
      server.overUdp = (query) =>
        answered.includes(query.questions?.[0]?.type ?? "")
          ? [server.answer(query)]
          : [];
      const clock = createFakeClock();
      const timeoutMs = 90_000;
      const { lookUp } = createDnsProbe({
        servers: [server.address],
        clock,
        timeoutMs,
      });
      const answer = lookUp(name);
      for (const turn of [1, 2]) {
        await clock.whenScheduled(timeoutMs);
        await until("the questions", () => server.asked.length >= 2 * turn);
        await clock.advance(timeoutMs);
      }
      expect(await answer).toEqual({
        kind: "unanswered",
        detail: expect.stringMatching(detail) as string,
      });
    },
    QUICKLY_MS,
  );
});

describe("the alias of a name", () => {
  test("is where its own CNAME leads, whatever is behind that", async () => {
    server.answer = fromZoneFile([
      cname("www.example.com", "Old.host.example"),
      cname("old.host.example", "older.example"),
      a("example.com"),
    ]);
    const { alias } = probe();
    expect(await alias("www.example.com")).toEqual({
      kind: "alias",
      target: "old.host.example",
    });
    expect(await alias("example.com")).toEqual({ kind: "alias", target: null });
  });
});

describe("the zone of a name", () => {
  const world = [
    ns("example.com.my", "NS2.exabytes.my"),
    ns("example.com.my", "ns1.exabytes.my"),
    a("shop.example.com.my"),
    cname("www.example.com.my", "example.com.my"),
    ns("sub.example.com.my", "ada.ns.cloudflare.com"),
    a("a.sub.example.com.my"),
    ns("com.my", "a.nic.my"),
  ];
  const zoneOf = (name: string, entries: readonly Entry[] = world) => {
    server.answer = fromZoneFile(entries);
    return probe().zone(name);
  };

  test.each([
    ["shop.example.com.my", "example.com.my", "Exabytes"],
    ["example.com.my", "example.com.my", "Exabytes"],
    ["gone.deep.example.com.my", "example.com.my", "Exabytes"],
    ["a.sub.example.com.my", "sub.example.com.my", "Cloudflare"],
  ])("of %s is %s, run by %s", async (name, zone, provider) => {
    expect(await zoneOf(name)).toMatchObject({
      kind: "zone",
      registered: true,
      zone,
      provider,
    });
  });

  test("is not that of its alias", async () => {
    expect(await zoneOf("www.example.com.my")).toEqual({
      kind: "zone",
      zone: "example.com.my",
      registered: true,
      nameServers: ["ns1.exabytes.my", "ns2.exabytes.my"],
      provider: "Exabytes",
    });
  });

  test("is said not to be registered where the domain itself does not exist, and nothing above it is asked for", async () => {
    expect(await zoneOf("www.lapsed.com.my")).toEqual({
      kind: "zone",
      zone: "lapsed.com.my",
      registered: false,
      nameServers: [],
      provider: null,
    });
    expect(server.asked).toEqual(["NS www.lapsed.com.my", "NS lapsed.com.my"]);
  });

  test("is registered where the domain exists without name servers that show", async () => {
    expect(await zoneOf("www.example.org", [a("example.org")])).toMatchObject({
      zone: "example.org",
      registered: true,
      nameServers: [],
    });
  });

  test("is registered where a name in it exists, though an old name server denies the domain itself", async () => {
    server.answer = fromZoneFile([a("shop.example.org")], {
      "NS example.org": NXDOMAIN,
    });
    expect(await probe().zone("shop.example.org")).toMatchObject({
      zone: "example.org",
      registered: true,
    });
  });

  test("is not known while no server answers, nor for what is a public suffix itself", async () => {
    server.answer = fromZoneFile(world, { "NS example.com.my": REFUSED });
    expect(await probe().zone("shop.example.com.my")).toEqual({
      kind: "unanswered",
      detail: "REFUSED",
    });
    expect(await probe().zone("com.my")).toEqual({
      kind: "unanswered",
      detail: "not below a public suffix",
    });
  });

  test("is remembered for a minute", async () => {
    server.answer = fromZoneFile(world);
    const clock = createFakeClock();
    const { zone } = createDnsProbe({ servers: [server.address], clock });
    await zone("example.com.my");
    const once = server.asked.length;
    await zone("example.com.my");
    expect(server.asked).toHaveLength(once);
    await clock.advance(60_000);
    await zone("example.com.my");
    expect(server.asked).toHaveLength(2 * once);
  });
});

describe("the provider of name servers", () => {
  test.each([
    [["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"], "Cloudflare"],
    [["ns01.domaincontrol.com"], "GoDaddy"],
    [["dns1.registrar-servers.com"], "Namecheap"],
    [["ns-1.awsdns-00.co.uk", "ns-9.awsdns-63.net"], "AWS Route 53"],
    [["ns1.dns-parking.com"], "Hostinger"],
    [["hydrogen.ns.hetzner.com", "ns1.first-ns.de"], "Hetzner"],
    [["ns1.example.net"], null],
    [["ada.ns.cloudflare.com", "ns1.example.net"], null],
    [["ns.evil-cloudflare.com"], null],
    [[], null],
  ])("of %j is %s", (nameServers, provider) => {
    expect(dnsProviderOf(nameServers)).toBe(provider);
  });
});
