import { until } from "../stack/until";
import { CertificateWorld, secure, type Expected } from "./certificate-world";

const securing = (reason: string): Expected => ({ state: "securing", reason });
const failed = (reason: string): Expected => ({ state: "ssl-failed", reason });
const warned = (reason: string): Expected => ({ state: "secure", reason });
const server = "127.0.0.1";
const never = { autosslDelayMs: 1e9 };
const soon = { autosslDelayMs: 100 };

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(6, {
    SERVER_ADDRESSES: "127.0.0.1 127.0.0.3 2001:db8::10",
  });
  world.simulator.setDns("*.example.com", { a: [server] });
}, 120_000);
afterAll(() => world.stop());

/** Waits until the status says it of a name; gives the message. */
async function says(name: string, expected: Expected): Promise<string> {
  const said = (await world.become({ [name]: expected })).get(name);
  expect(said).toMatchObject(expected);
  return said?.message ?? "";
}

describe("a certificate that never comes has its cause looked for after the last try", () => {
  afterEach(() => {
    world.simulator.set(soon);
    world.simulator.clearHttp();
  });

  test("CAA records of the zone that leave Let's Encrypt out", async () => {
    const name = "www.forbidden-by-caa.com";
    const caa = [{ tag: "issue" as const, value: "digicert.com" }];
    world.simulator.setDns("forbidden-by-caa.com", { soa: true, caa });
    world.simulator.setDns(name, { a: [server] });
    await world.map(name);
    const said = await says(name, failed("caa-forbids"));
    expect(said).toContain("digicert.com");
    world.simulator.setDns("forbidden-by-caa.com", { soa: true });
    await world.retry(name);
    // Only the name with www is mapped, which is said of it.
    await says(name, warned("only-www-mapped"));
  }, 180_000);

  test("port 80 that is closed", async () => {
    const name = "www.port-80.example.com";
    world.simulator.setHttp(name, { kind: "port-80-closed" });
    await world.map(name);
    await says(name, failed("port-80-closed"));
    world.simulator.clearHttp();
    await world.retry(name);
    await says(name, secure);
  }, 180_000);

  test("/.well-known that is refused", async () => {
    const name = "www.well-known.example.com";
    world.simulator.setHttp(name, { kind: "well-known-blocked" });
    await world.map(name);
    expect(await says(name, failed("challenge-blocked"))).toContain("403");
    world.simulator.clearHttp();
    await world.retry(name);
    await says(name, secure);
  }, 180_000);

  test("nothing that can be seen: Let's Encrypt's limits are left", async () => {
    const name = "www.limited.example.com";
    world.simulator.set(never);
    await world.map(name);
    await says(name, failed("rate-limit-suspected"));
    world.simulator.set(soon);
    await says(name, secure);
  }, 180_000);
});

test("a second address, a floating one and an IPv6 address of the server are as good as its first", async () => {
  const { simulator } = world;
  simulator.setServer({
    addresses: ["127.0.0.3"],
    address6: "2001:db8::10",
  });
  simulator.setDns("www.second.example.com", { a: ["127.0.0.3"] });
  simulator.setDns("www.both.example.com", {
    a: [server],
    aaaa: ["2001:db8::10"],
  });
  await world.map("www.second.example.com", "www.both.example.com");
  await says("www.second.example.com", secure);
  await says("www.both.example.com", secure);
}, 180_000);

test("the server's new address is found out where names lead to it", async () => {
  const { simulator } = world;
  const name = "www.new-address.example.com";
  simulator.setServer({ lastaddress: "127.0.0.9", addresses: [server] });
  simulator.setDns(name, { a: ["127.0.0.9"] });
  await world.map(name);
  await says(name, securing("dns-elsewhere"));
  // It is not read again within a minute.
  await says(name, failed("dns-elsewhere"));
  await until(
    "the address to be read again",
    async () => {
      await world.retry(name);
      return (await world.name(name))?.state === "secure";
    },
    150,
  );
  simulator.setServer({ lastaddress: server });
}, 300_000);
