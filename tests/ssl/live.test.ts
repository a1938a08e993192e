import {
  CertificateWorld,
  ELSEWHERE,
  SERVER,
  secure,
  securing,
  type Expected,
} from "./certificate-world";

let world: CertificateWorld;

/** What happens to a site that was live, and what must be said of it. */
const lost: Record<
  string,
  { name: string; happens: (name: string) => void; expected: Expected }
> = {
  "its certificate has expired": {
    name: "www.expired.example.com",
    happens: (name) => {
      world.simulator.setTls(name, { kind: "expired" });
    },
    expected: securing("certificate-expired"),
  },
  "another certificate is served": {
    name: "www.replaced.example.com",
    happens: (name) => {
      world.simulator.setTls(name, { kind: "other-name" });
    },
    expected: securing("certificate-not-served"),
  },
  "a certificate is served that browsers refuse": {
    name: "www.untrusted.example.com",
    happens: (name) => {
      world.simulator.setTls(name, { kind: "self-signed" });
    },
    expected: securing("certificate-untrusted"),
  },
  "its DNS has moved away": {
    name: "www.moved.example.com",
    happens: (name) => {
      world.simulator.setDns(name, { a: [ELSEWHERE] });
    },
    expected: securing("dns-elsewhere"),
  },
  "its record was deleted": {
    name: "www.deleted.example.com",
    happens: (name) => {
      world.simulator.setDns(name, { rcode: "NXDOMAIN" });
    },
    expected: securing("dns-missing"),
  },
  "its domain has lapsed": {
    name: "www.shop.lapsed-later.com",
    happens: () => {
      world.simulator.setDns("lapsed-later.com", { registered: false });
    },
    expected: securing("dns-not-registered"),
  },
};

const cases = Object.values(lost);

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(60);
  const { simulator } = world;
  simulator.setDns("*.example.com", { a: [SERVER] });
  simulator.setDns("lapsed-later.com", { soa: true });
  simulator.setDns("www.shop.lapsed-later.com", { a: [SERVER] });
  await world.map(...cases.map(({ name }) => name));
  for (const { name } of cases) await world.says(name, secure);
  for (const { name, happens } of cases) happens(name);
  await world.retry(...cases.map(({ name }) => name));
}, 180_000);
afterAll(() => world.stop());

test.each(Object.entries(lost))(
  "a site that was live is critical at once: %s",
  async (_what, { name, expected }) => {
    const { severity, message } = await world.says(name, expected);
    expect(severity).toBe("critical");
    expect(message).not.toContain("DNS is right");
    expect((await world.status()).severities["critical"]).toBeGreaterThan(0);
  },
  100_000,
);

test("all of them are well again once the world is put right", async () => {
  const { simulator } = world;
  simulator.clearTls();
  simulator.setDns("lapsed-later.com", { soa: true });
  simulator.pointAtServer(...cases.map(({ name }) => name));
  for (const { name } of cases) await world.says(name, secure);
  expect((await world.status()).severities["critical"] ?? 0).toBe(0);
}, 180_000);
