import type { DnsRecord } from "../stack/serverpilot/dns-table";
import type { TlsFault } from "../stack/serverpilot/tls-faults";
import { until } from "../stack/until";
import {
  CertificateWorld,
  CLOUDFLARE,
  ELSEWHERE,
  SERVER,
  secure,
  securing,
  warned,
  type Expected,
} from "./certificate-world";

/** How one name's world is wrong, and what must be said of it. */
interface Wrong {
  /** Where it is not made of the title. */
  name?: string;
  /** UM's stage of the mapping, where it matters. */
  stage?: string;
  /** Of another name, such as the zone. */
  also?: Record<string, DnsRecord>;
  /** Null = nothing about the name; where it is left out, DNS is right. */
  dns?: DnsRecord | null;
  tls?: TlsFault["kind"];
  expected: Expected;
  /** Part of the message. */
  words: string;
}

const wrongs: Record<string, Wrong> = {
  "DNS has no address": {
    dns: null,
    expected: securing("dns-missing"),
    words: "The DNS has no address for",
  },
  "DNS points elsewhere": {
    dns: { a: [ELSEWHERE] },
    expected: securing("dns-elsewhere"),
    words: `points at ${ELSEWHERE}, but should point at ${SERVER}`,
  },
  "a CNAME leads into nothing": {
    dns: { cname: "gone.example.net" },
    expected: securing("dns-elsewhere"),
    words: "gone.example.net",
  },
  "one of several addresses is elsewhere": {
    dns: { a: [SERVER, ELSEWHERE] },
    expected: securing("dns-partly-elsewhere"),
    words: ELSEWHERE,
  },
  "four of five addresses are elsewhere": {
    dns: {
      a: [SERVER, ...[1, 2, 3].map((n) => `203.0.113.${String(n)}`)],
      aaaa: ["2001:db8::1"],
    },
    expected: securing("dns-partly-elsewhere"),
    words: "2001:db8::1, 203.0.113.1, 203.0.113.2, 203.0.113.3",
  },
  "there is an IPv6 address only, and it is elsewhere": {
    dns: { aaaa: ["2001:db8::1"] },
    expected: securing("dns-elsewhere"),
    words: `points at 2001:db8::1, but should point at ${SERVER}`,
  },
  "DNS alternates": {
    dns: { turns: [{ a: [SERVER] }, { a: [ELSEWHERE] }] },
    expected: securing("dns-alternates"),
    words: "keeps changing",
  },
  "the domain is not registered": {
    name: "shop.lapsed-domain.com",
    dns: null,
    also: { "lapsed-domain.com": { registered: false } },
    expected: securing("dns-not-registered"),
    words: "lapsed-domain.com does not exist",
  },
  "the zone itself has a CNAME that leads elsewhere": {
    name: "alias-at-the-top.com",
    dns: { cname: "shops.example.net" },
    also: { "shops.example.net": { a: [ELSEWHERE] } },
    expected: securing("dns-apex-cname"),
    words: "CNAME record to shops.example.net",
  },
  "the IPv6 address is elsewhere": {
    dns: { a: [SERVER], aaaa: ["2001:db8::1"] },
    expected: securing("dns-ipv6-elsewhere"),
    words: "2001:db8::1",
  },
  "DNS points at a proxy": {
    dns: { a: [CLOUDFLARE] },
    expected: securing("dns-proxied"),
    words: "Cloudflare",
  },
  "DNS points at a proxy, the certificate is good, and UM's check has passed": {
    dns: { a: [CLOUDFLARE] },
    tls: "wildcard",
    name: "www.proxied-and-passed.example.com",
    stage: "checking-ssl-cert",
    expected: warned("dns-proxied"),
    words: "Cloudflare",
  },
  "DNS points at a proxy, the certificate is good, and UM's check has not passed":
    {
      dns: { a: [CLOUDFLARE] },
      tls: "wildcard",
      name: "www.proxied-and-not-passed.example.com",
      expected: securing("dns-proxied"),
      words: "Cloudflare",
    },
  "CNAMEs go round in a circle": {
    dns: { loop: true },
    expected: securing("dns-unanswered"),
    words: "CNAME loop",
  },
  "the name server is silent": {
    dns: { silent: true },
    expected: securing("dns-unanswered"),
    words: "no answer in time",
  },
  "the name server answers too late": {
    dns: { a: [ELSEWHERE], delayMs: 5_000 },
    expected: securing("dns-unanswered"),
    words: "no answer in time",
  },
  "the name server answers another question": {
    dns: { lies: "question" },
    expected: securing("dns-unanswered"),
    words: "no answer in time",
  },
  "the name server gives another name's address": {
    dns: { lies: "answer" },
    expected: securing("dns-elsewhere"),
    words: "points at",
  },
  "another name's certificate is served": {
    tls: "other-name",
    expected: securing("certificate-not-served"),
    words: "still serves another one",
  },
  "the certificate is for an IP address only": {
    tls: "ip-only",
    expected: securing("certificate-not-served"),
    words: "still serves another one",
  },
  "the certificate is self-signed": {
    tls: "self-signed",
    expected: securing("certificate-untrusted"),
    words: "SELF_SIGNED",
  },
  "the certificate's authority is unknown": {
    tls: "untrusted",
    expected: securing("certificate-untrusted"),
    words: "UNABLE_TO",
  },
  "the certificate has ended": {
    tls: "expired",
    expected: securing("certificate-expired"),
    words: "ended on",
  },
  "the certificate ends within a fortnight": {
    tls: "expiring",
    expected: warned("certificate-expiring"),
    words: "ends on",
  },
  "the server accepts and says nothing": {
    tls: "silent",
    expected: securing("server-unreachable"),
    words: "no answer within 5 seconds",
  },
  "the server hangs up": {
    tls: "refuse",
    expected: securing("server-unreachable"),
    words: "does not answer at 127.0.0.1",
  },
};

const titles = Object.keys(wrongs);
const nameOf = (title: string): string =>
  wrongs[title]?.name ??
  `www.${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.example.com`;
const good = "www.good.example.com";
/** Right from the beginning, only that the name server takes its time. */
const late = "www.late.example.com";

let world: CertificateWorld;
type Seen = Awaited<ReturnType<CertificateWorld["become"]>>;

const expectations = (
  of: (title: string) => Expected,
): Record<string, Expected> =>
  Object.fromEntries(titles.map((title) => [nameOf(title), of(title)]));

beforeAll(async () => {
  world = await CertificateWorld.start(60);
  world.simulator.pointAtServer(good);
  await world.map(good);
  await world.become({ [good]: secure });
}, 180_000);
afterAll(() => world.stop());

describe("while the world is wrong, the status says", () => {
  let seen: Seen;
  beforeAll(async () => {
    const { simulator } = world;
    simulator.setDns(late, { a: [SERVER], delayMs: 800 });
    for (const [title, { dns, tls, also = {} }] of Object.entries(wrongs)) {
      for (const [name, record] of Object.entries(also))
        simulator.setDns(name, record);
      simulator.setDns(
        nameOf(title),
        dns === undefined ? { a: [SERVER] } : dns,
      );
      if (tls) simulator.setTls(nameOf(title), { kind: tls });
    }
    await world.map(late, ...titles.map(nameOf));
    for (const [title, { stage }] of Object.entries(wrongs))
      if (stage !== undefined) await world.setStage(nameOf(title), stage);
    const expected = expectations((title) => wrongs[title]?.expected ?? secure);
    seen = await world.become({ ...expected, [good]: secure, [late]: secure });
  }, 180_000);

  test.each(Object.entries(wrongs))("%s", (title, { expected, words }) => {
    const said = seen.get(nameOf(title));
    expect(said).toMatchObject(expected);
    expect(said?.message).toContain(words);
  });

  test("nothing of a name that is right, nor of one whose name server is only slow", () => {
    expect(seen.get(good)).toMatchObject(secure);
    expect(seen.get(late)).toMatchObject(secure);
  });
});

describe("once the world is mended, by itself and in the same process, it is forgotten that", () => {
  let seen: Seen;
  beforeAll(async () => {
    world.simulator.clearTls();
    for (const { also = {} } of Object.values(wrongs))
      for (const name of Object.keys(also)) world.simulator.setDns(name, null);
    world.simulator.pointAtServer(...titles.map(nameOf));
    // By itself it would take ten minutes without a change.
    await world.retry(nameOf("DNS alternates"));
    seen = await world.become(expectations(() => secure));
  }, 180_000);

  test.each(titles)("%s", (title) => {
    expect(seen.get(nameOf(title))).toMatchObject(secure);
  });

  test("and it is still the same process", () => {
    expect(world.sameProcess).toBe(true);
  });
});

/** A name's zone, and the record in it as its owner has to enter it. */
const zones: [
  string,
  { zone: string; ns: string[]; host: string; provider: string },
][] = [
  [
    "www.shop.kedai.com.my",
    {
      zone: "kedai.com.my",
      ns: ["ns1.exabytes.com.my", "ns2.exabytes.com.my"],
      host: "www.shop",
      provider: "Exabytes",
    },
  ],
  [
    "www.delegated.parent-zone.net",
    {
      zone: "delegated.parent-zone.net",
      ns: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
      host: "www",
      provider: "Cloudflare",
    },
  ],
];

test.each(zones)(
  "the record of %s is said relative to its zone, with who runs that",
  async (name, { zone, ns, host, provider }) => {
    const { simulator } = world;
    simulator.setDns(zone, { soa: true, ns });
    await world.map(name);
    const { dns, remedy } = await world.says(name, securing("dns-missing"));
    expect(remedy).toContain(`the name ${host} and the address ${SERVER}`);
    expect(dns).toMatchObject({ zone, provider, registered: true });
    expect(dns?.records).toEqual([
      { type: "A", host, expected: SERVER, found: [], ok: false },
    ]);
    simulator.pointAtServer(name);
    await until(
      "the record",
      async () => (await world.name(name))?.dns?.records[0]?.ok === true,
      60,
    );
  },
  180_000,
);

test("where only the name with www is mapped, that is said until the one without is mapped too", async () => {
  const { simulator } = world;
  simulator.setDns("only-www.net", { soa: true, a: [SERVER] });
  simulator.pointAtServer("www.only-www.net");
  await world.map("www.only-www.net");
  const { message, severity } = await world.says(
    "www.only-www.net",
    warned("only-www-mapped"),
  );
  expect(message).toContain("only-www.net without www is not");
  expect(severity).toBe("ok");
  await world.map("only-www.net");
  await world.says("only-www.net", secure);
  await world.retry("www.only-www.net");
  await world.says("www.only-www.net", secure);
}, 180_000);
