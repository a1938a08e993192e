import {
  CertificateWorld,
  secure,
  securing,
  type Expected,
} from "./certificate-world";

const first = "www.first.example.com";
const sslWrite = { method: "POST", path: "/ssl$" } as const;

let world: CertificateWorld;

// The tests build on each other: what was made secure in one stays so in the next.
beforeAll(async () => {
  world = await CertificateWorld.start(30);
  world.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  world.simulator.setDns("*.example.org", { a: ["127.0.0.1"] });
}, 120_000);
afterEach(() => {
  expect(world.sameProcess).toBe(true);
});
afterAll(() => world.stop());

/** Waits until the status says it of a name; gives the message. */
async function says(name: string, expected: Expected): Promise<string> {
  const said = (await world.become({ [name]: expected })).get(name);
  expect(said).toMatchObject(expected);
  return said?.message ?? "";
}

const writesOfSsl = (): string[] =>
  world.simulator
    .journal()
    .filter(({ method, path }) => method !== "GET" && path.endsWith("/ssl"))
    .map(({ method, body }) => `${method} ${JSON.stringify(body)}`);

test("certificate-pending while ServerPilot has issued none, whether it speaks of AutoSSL or not", async () => {
  const { simulator } = world;
  simulator.set({ autosslDelayMs: 1e9, autosslField: "never" });
  await world.map(first);
  await says(first, securing("certificate-pending"));
  simulator.set({ autosslField: "always" });
  await world.map("www.second.example.com");
  await says("www.second.example.com", securing("certificate-pending"));
  expect(writesOfSsl()).toEqual([]);

  simulator.set({ autosslDelayMs: 100 });
  await says(first, secure);
  await says("www.second.example.com", secure);
}, 180_000);

test("certificate-lacks-name while the certificate that is on does not cover it", async () => {
  const name = "www.lacking.example.com";
  world.simulator.set({ autosslDelayMs: 1e9 });
  await world.map(name);
  await says(name, securing("certificate-lacks-name"));
  world.simulator.set({ autosslDelayMs: 100 });
  await says(name, secure);
}, 180_000);

test("autossl-refused with ServerPilot's words, for the new name only", async () => {
  const name = "www.refused.example.com";
  const message = "AutoSSL is not part of this plan.";
  const fault = { kind: "status", status: 400, message, times: 0 } as const;
  world.simulator.addFault({ ...fault, ...sslWrite });
  await world.map(name);
  expect(await says(name, securing("autossl-refused"))).toContain(message);
  expect(await world.name(first)).toMatchObject(secure);
  world.simulator.clearFaults();
  // By itself it would be tried again after an hour; a person need not wait.
  await world.retry(name);
  await says(name, secure);
}, 180_000);

test("a conflict is said, and a person's request tries again at once", async () => {
  const name = "www.conflict.example.com";
  const fault = { kind: "status", status: 409, times: 0 } as const;
  world.simulator.addFault({ ...fault, ...sslWrite });
  await world.map(name);
  await says(name, securing("serverpilot-conflict"));
  world.simulator.clearFaults();
  await world.retry(name);
  await says(name, secure);
}, 180_000);

test("action-failed when ServerPilot could not do it", async () => {
  const name = "www.failed.example.com";
  world.simulator.addFault({ kind: "action-error", times: 0, ...sslWrite });
  await world.map(name);
  await says(name, securing("action-failed"));
  world.simulator.clearFaults();
  await world.retry(name);
  await says(name, secure);
}, 180_000);

test("server-unreachable while nothing listens; what was secure is not taken back for that", async () => {
  const name = "www.unreachable.example.com";
  await world.simulator.setTlsListening(false);
  await world.map(name);
  expect(await says(name, securing("server-unreachable"))).toContain(
    world.simulator.tlsAddress,
  );
  expect(await world.name(first)).toMatchObject(secure);
  await world.simulator.setTlsListening(true);
  await says(name, secure);
}, 180_000);

test("custom-certificate, which is never touched, and AutoSSL again as soon as it is gone", async () => {
  const { simulator } = world;
  const uncovered = "www.second.example.com";
  const before = writesOfSsl().length;
  simulator.installCertificate({ names: [first] });
  await says(first, { state: "secure", reason: "custom-certificate" });
  await says(uncovered, securing("custom-certificate"));
  expect(writesOfSsl().length).toBe(before);

  simulator.removeCertificate();
  await says(first, secure);
  await says(uncovered, secure);
  expect(writesOfSsl().slice(before)).toEqual(['POST {"auto":true}']);
}, 180_000);

test.each(["autossl-true", "ssl-without-auto"] as const)(
  "ssl-unreadable while ServerPilot speaks of SSL in another shape (%s), and nothing is enabled by it",
  async (kind) => {
    const name = `www.${kind}.example.com`;
    const before = writesOfSsl().length;
    world.simulator.addFault({ kind, times: 0 });
    await world.map(name);
    await says(name, securing("ssl-unreadable"));
    expect(await world.name(first)).toMatchObject(secure);
    expect(writesOfSsl().length).toBe(before);
    world.simulator.clearFaults();
    await says(name, secure);
  },
  180_000,
);

test("over-certificate-names while the app has more names than a certificate can", async () => {
  const { simulator } = world;
  const own = simulator.domains();
  const foreign = Array.from({ length: 100 }, (_, n) => `n${n}.example.org`);
  simulator.setDomains([...own, ...foreign]);
  const name = "www.one-too-many.example.com";
  await world.map(name);
  expect(await says(name, securing("over-certificate-names"))).toContain(
    `${own.length + 101} names`,
  );
  simulator.setDomains([...own, name]);
  await says(name, secure);
}, 180_000);

test("more than 100 names are no trouble where ServerPilot splits the certificate", async () => {
  const { simulator } = world;
  const own = simulator.domains();
  const foreign = Array.from({ length: 100 }, (_, n) => `s${n}.example.org`);
  simulator.set({ overfull: "split" });
  simulator.setDomains([...own, ...foreign]);
  const name = "www.on-a-second-certificate.example.com";
  await world.map(name);
  await says(name, secure);
}, 180_000);
