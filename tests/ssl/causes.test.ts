import type { DnsRecord } from "../stack/serverpilot/dns-table";
import { until } from "../stack/until";
import {
  CertificateWorld,
  ELSEWHERE,
  failed,
  SERVER,
  secure,
} from "./certificate-world";

const never = { autosslDelayMs: 1e9 };
const soon = { autosslDelayMs: 100 };

/** CAA records that keep Let's Encrypt from issuing for a name: of which name they are, and what is shown of them. */
const forbidding: [
  string,
  {
    name: string;
    records: Record<string, DnsRecord>;
    at: string;
    shown: string;
  },
][] = [
  [
    "of the name itself",
    {
      name: "www.own-caa.example.com",
      records: {
        "www.own-caa.example.com": {
          a: [SERVER],
          caa: [{ tag: "issue", value: ";" }],
        },
      },
      at: "www.own-caa.example.com",
      shown: '0 issue ";"',
    },
  ],
  [
    "of the domain above it",
    {
      name: "www.shop.caa-above.com",
      records: {
        "www.shop.caa-above.com": { a: [SERVER] },
        "caa-above.com": {
          soa: true,
          caa: [{ tag: "issue", value: "digicert.com" }],
        },
      },
      at: "caa-above.com",
      shown: '0 issue "digicert.com"',
    },
  ],
  [
    "of what its CNAME leads to",
    {
      name: "www.caa-alias.example.com",
      records: {
        "www.caa-alias.example.com": { cname: "target.example.net" },
        "target.example.net": {
          a: [SERVER],
          caa: [{ tag: "issue", value: "sectigo.com" }],
        },
      },
      at: "www.caa-alias.example.com",
      shown: '0 issue "sectigo.com"',
    },
  ],
  [
    "that are critical and not understood",
    {
      name: "www.caa-critical.example.com",
      records: {
        "www.caa-critical.example.com": {
          a: [SERVER],
          caa: [
            { tag: "issue", value: "letsencrypt.org" },
            { tag: "tbs", value: "unknown", critical: true },
          ],
        },
      },
      at: "www.caa-critical.example.com",
      shown: '128 tbs "unknown"',
    },
  ],
];

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(6, {
    SERVER_ADDRESSES: "127.0.0.3,127.0.0.1,2001:db8::10",
  });
  world.simulator.setDns("*.example.com", { a: [SERVER] });
}, 120_000);
afterAll(() => world.stop());

describe("a certificate that never comes has its cause looked for after the last try", () => {
  afterEach(() => {
    world.simulator.set(soon);
    world.simulator.clearHttp();
  });

  test.each(forbidding)(
    "CAA records %s",
    async (_whose, { name, records, at, shown }) => {
      const { simulator } = world;
      for (const [one, record] of Object.entries(records))
        simulator.setDns(one, record);
      await world.map(name);
      const said = await world.says(name, failed("caa-forbids"));
      expect(said.message).toContain(`The CAA records of ${at} (`);
      expect(said.message).toContain(shown);
      expect(said.remedy).toContain('0 issue "letsencrypt.org"');
      expect(said.actor).toBe("customer");
      for (const one of Object.keys(records)) simulator.setDns(one, null);
      simulator.pointAtServer(name);
      await world.retry(name);
      await until(
        "the certificate",
        async () => (await world.name(name))?.state === "secure",
        60,
      );
    },
    180_000,
  );

  test("name servers that do not answer for CAA records", async () => {
    const name = "www.caa-refused.example.com";
    const { simulator } = world;
    simulator.setDns(name, { a: [SERVER] });
    simulator.setName(name, { certificate: "never" });
    simulator.setDns("caa-refused.example.com", { rcode: "SERVFAIL" });
    await world.map(name);
    const said = await world.says(name, failed("caa-unanswered"));
    expect(said.message).toContain("caa-refused.example.com");
    simulator.setDns("caa-refused.example.com", null);
    simulator.setName(name, null);
    await world.retry(name);
    await world.says(name, secure);
  }, 180_000);

  test("port 80 that is closed", async () => {
    const name = "www.port-80.example.com";
    await world.simulator.setHttpListening(false);
    await world.map(name);
    const said = await world.says(name, failed("port-80-closed"));
    expect(said.message).toContain(`${SERVER} on port 80 (ECONNREFUSED)`);
    expect(said.actor).toBe("operator");
    await world.simulator.setHttpListening(true);
    await world.retry(name);
    await world.says(name, secure);
  }, 180_000);

  test("port 80 that hangs up for one name", async () => {
    const name = "www.port-80-of-one.example.com";
    world.simulator.setHttp(name, { kind: "port-80-closed" });
    await world.map(name);
    await world.says(name, failed("port-80-closed"));
    world.simulator.clearHttp();
    await world.retry(name);
    await world.says(name, secure);
  }, 180_000);

  test("the surest cause first: CAA records before a closed port", async () => {
    const name = "www.both-causes.example.com";
    const { simulator } = world;
    simulator.setDns(name, {
      a: [SERVER],
      caa: [{ tag: "issue", value: ";" }],
    });
    simulator.setHttp(name, { kind: "port-80-closed" });
    await world.map(name);
    await world.says(name, failed("caa-forbids"));
    simulator.pointAtServer(name);
    await world.retry(name);
    await world.says(name, failed("port-80-closed"));
    simulator.clearHttp();
    await world.retry(name);
    await world.says(name, secure);
  }, 180_000);

  test("/.well-known that is refused", async () => {
    const name = "www.well-known.example.com";
    world.simulator.setHttp(name, { kind: "well-known-blocked" });
    await world.map(name);
    const { message } = await world.says(name, failed("challenge-blocked"));
    expect(message).toContain("403");
    world.simulator.clearHttp();
    await world.retry(name);
    await world.says(name, secure);
  }, 180_000);

  test("nothing that can be seen: Let's Encrypt's limits are left", async () => {
    const name = "www.limited.example.com";
    world.simulator.set(never);
    await world.map(name);
    await world.says(name, failed("rate-limit-suspected"));
    world.simulator.set(soon);
    await world.says(name, secure);
  }, 180_000);
});

test("customers are told the first of the addresses that the operator has named", async () => {
  const name = "www.told.example.com";
  world.simulator.setDns(name, { a: [ELSEWHERE] });
  await world.map(name);
  await until(
    "the record to set",
    async () =>
      (await world.name(name))?.message.includes("point at 127.0.0.3") === true,
    60,
  );
  world.simulator.pointAtServer(name);
  await world.says(name, secure);
}, 180_000);

test("a second address, a floating one and an IPv6 address of the server are as good as its first", async () => {
  const { simulator } = world;
  simulator.setServer({
    addresses: ["127.0.0.3"],
    address6: "2001:db8::10",
  });
  simulator.setDns("www.second.example.com", { a: ["127.0.0.3"] });
  simulator.setDns("www.both.example.com", {
    a: [SERVER],
    aaaa: ["2001:db8::10"],
  });
  await world.map("www.second.example.com", "www.both.example.com");
  await world.says("www.second.example.com", secure);
  await world.says("www.both.example.com", secure);
}, 180_000);

test("the server's new address is found out where names lead to it", async () => {
  const { simulator } = world;
  const name = "www.new-address.example.com";
  simulator.setServer({ lastaddress: "127.0.0.9", addresses: [SERVER] });
  simulator.setDns(name, { a: ["127.0.0.9"] });
  await world.map(name);
  await until(
    "the sidecar to know the name",
    async () => (await world.name(name)) !== undefined,
    60,
  );
  // It is not read again within a minute.
  await until(
    "the address to be read again",
    async () => {
      await world.retry(name);
      return (await world.name(name))?.state === "secure";
    },
    150,
  );
  simulator.setServer({ lastaddress: SERVER });
}, 300_000);
