import { until } from "../stack/until";
import {
  CertificateWorld,
  CLOUDFLARE,
  ELSEWHERE,
  secure,
  securing,
  warned,
} from "./certificate-world";

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(60);
  world.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  // UM has answered to a nonce once: from then on, other answers tell something.
  await world.map("www.first.example.com");
  await world.says("www.first.example.com", secure);
}, 120_000);
afterAll(() => world.stop());

test("a name that was not checked yet is said to be, and nothing of DNS that nobody has checked", async () => {
  const name = "www.new.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [ELSEWHERE], delayMs: 1_200 });
  await world.map(name);
  const { severity } = await world.says(name, securing("not-checked-yet"));
  expect(severity).toBe("waiting");
  await world.says(name, securing("dns-elsewhere"));
  const told = () =>
    world.told
      .filter((change) => change.name === name && change.state === "securing")
      .map(({ reason }) => reason);
  await until("the second change", () => told().length >= 2, 30);
  expect(told()).toEqual(["not-checked-yet", "dns-elsewhere"]);
  simulator.pointAtServer(name);
  await world.says(name, secure);
}, 180_000);

test("a name that an app before ours in the alphabet has too is not secure, and that app is named", async () => {
  const name = "www.taken.example.com";
  const other = world.simulator.addApp({ name: "alpha", domains: [name] });
  world.simulator.installCertificate({ names: [name], appId: other });
  await world.map(name);
  const { message } = await world.says(name, securing("taken-by-app"));
  expect(message).toContain("“alpha”");
  world.simulator.setDomains([], other);
  await world.says(name, secure);
}, 180_000);

test("a name for which another site answers is not secure", async () => {
  const name = "www.other-site.example.com";
  world.simulator.setHttp(name, { kind: "page", status: 200 });
  await world.map(name);
  await world.says(name, securing("another-site"));
  world.simulator.setHttp(name, null);
  await world.says(name, secure);
}, 180_000);

test("a name that is redirected to another site is not secure, and that site is named", async () => {
  const name = "www.redirected.example.com";
  world.simulator.setHttp(name, { kind: "redirect", to: "else.example.net" });
  await world.map(name);
  const said = await world.says(name, securing("redirects-elsewhere"));
  expect(said.message).toContain("else.example.net");
  world.simulator.setHttp(name, null);
  await world.says(name, secure);
}, 180_000);

test("a name that redirects for ever is not secure", async () => {
  const name = "www.loop.example.com";
  world.simulator.setHttp(name, { kind: "loop" });
  await world.map(name);
  await world.says(name, securing("redirect-loop"));
  world.simulator.setHttp(name, null);
  await world.says(name, secure);
}, 180_000);

test.each([401, 403, 500])(
  "a site that is locked or broken is said with its status %i, and stays secure",
  async (status) => {
    const name = `www.answers-${String(status)}.example.com`;
    world.simulator.setHttp(name, { kind: "page", status });
    await world.map(name);
    const { message } = await world.says(name, warned("error-page"));
    expect(message).toContain(String(status));
    world.simulator.setHttp(name, null);
    await world.retry(name);
    await world.says(name, secure);
  },
  180_000,
);

test("addresses that are not ours are right where this network answers through them, and not where somebody else does", async () => {
  const name = "www.balanced.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [ELSEWHERE] });
  simulator.setTls(name, { kind: "wildcard" });
  await world.map(name);
  // The certificate is good, and leads a live site to another server.
  await world.says(name, securing("dns-elsewhere"));
  simulator.setHttp(name, { kind: "cdn" });
  await world.retry(name);
  await world.says(name, secure);
  simulator.setHttp(name, null);
  await world.retry(name);
  const { severity } = await world.says(name, securing("dns-elsewhere"));
  expect(severity).toBe("critical");
  simulator.setTls(name, null);
  simulator.pointAtServer(name);
  await world.says(name, secure);
}, 180_000);

test("behind a proxy, a name is secure where it reaches the network, and told what to do where it does not", async () => {
  const name = "www.proxied.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [CLOUDFLARE] });
  simulator.setHttp(name, { kind: "cdn", status: 525 });
  simulator.setTls(name, { kind: "wildcard" });
  await world.map(name);
  const said = await world.says(name, securing("cdn-not-reaching"));
  expect(said.message).toContain("Cloudflare");
  expect(said.message).toContain("525");
  expect(said.remedy).toContain("“DNS only”");
  expect(said.remedy).toContain("“Full (strict)”");
  simulator.setHttp(name, { kind: "cdn" });
  await world.says(name, warned("dns-proxied"));
  simulator.setTls(name, null);
  simulator.setHttp(name, null);
  simulator.pointAtServer(name);
  await world.retry(name);
  await world.says(name, secure);
}, 180_000);

test("behind Cloudflare's Flexible, which ForceSSL sends round in circles, that is said", async () => {
  const name = "www.flexible.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [CLOUDFLARE] });
  simulator.setTls(name, { kind: "wildcard" });
  simulator.setHttp(name, { kind: "cdn", flexible: true });
  await world.setForceSsl(true);
  await world.map(name);
  const { remedy } = await world.says(name, securing("redirect-loop"));
  expect(remedy).toContain("Full (strict)");
  simulator.setHttp(name, { kind: "cdn" });
  await world.retry(name);
  await world.says(name, warned("dns-proxied"));
  await world.setForceSsl(false);
}, 180_000);
