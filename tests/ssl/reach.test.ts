import { until } from "../stack/until";
import { register } from "./register";
import { CertificateWorld, secure, type Expected } from "./certificate-world";

const securing = (reason: string): Expected => ({ state: "securing", reason });
const warned = (reason: string): Expected => ({ state: "secure", reason });
const cloudflare = "104.16.1.1";
const server = "127.0.0.1";

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(6);
  world.simulator.setDns("*.example.com", { a: [server] });
  // UM has answered to a nonce once: from then on, other answers tell something.
  await world.map("www.first.example.com");
  await says("www.first.example.com", secure);
}, 120_000);
afterAll(() => world.stop());

/** Waits until the status says it of a name; gives the message. */
async function says(name: string, expected: Expected): Promise<string> {
  const said = (await world.become({ [name]: expected })).get(name);
  expect(said).toMatchObject(expected);
  return said?.message ?? "";
}

test("a name that an app before ours in the alphabet has too is not secure, and that app is named", async () => {
  const name = "www.taken.example.com";
  const other = world.simulator.addApp({ name: "alpha", domains: [name] });
  world.simulator.installCertificate({ names: [name], appId: other });
  await world.map(name);
  expect(await says(name, securing("taken-by-app"))).toContain("“alpha”");
  world.simulator.setDomains([], other);
  await says(name, secure);
}, 180_000);

test("a name for which another site answers is not secure", async () => {
  const name = "www.other-site.example.com";
  world.simulator.setHttp(name, { kind: "page", status: 200 });
  await world.map(name);
  await says(name, securing("another-site"));
  world.simulator.setHttp(name, null);
  await says(name, secure);
}, 180_000);

test("a name that is redirected to another site is not secure, and that site is named", async () => {
  const name = "www.redirected.example.com";
  world.simulator.setHttp(name, { kind: "redirect", to: "else.example.net" });
  await world.map(name);
  const said = await says(name, securing("redirects-elsewhere"));
  expect(said).toContain("else.example.net");
  world.simulator.setHttp(name, null);
  await says(name, secure);
}, 180_000);

test("a name that redirects for ever is not secure", async () => {
  const name = "www.loop.example.com";
  world.simulator.setHttp(name, { kind: "loop" });
  await world.map(name);
  await says(name, securing("redirect-loop"));
  world.simulator.setHttp(name, null);
  await says(name, secure);
}, 180_000);

test("an error page or a locked site is said with its status", async () => {
  const name = "www.locked.example.com";
  world.simulator.setHttp(name, { kind: "page", status: 401 });
  await world.map(name);
  expect(await says(name, warned("error-page"))).toContain("401");
  world.simulator.setHttp(name, null);
  await says(name, secure);
}, 180_000);

test("behind a proxy, a name is secure where it reaches the network, and told what to do where it does not", async () => {
  const name = "www.proxied.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [cloudflare] });
  simulator.setHttp(name, { kind: "cdn", status: 525 });
  simulator.setTls(name, { kind: "wildcard" });
  await world.map(name);
  const said = await says(name, securing("cdn-not-reaching"));
  expect(said).toContain("Cloudflare");
  expect(said).toContain("525");
  simulator.setHttp(name, { kind: "cdn" });
  await says(name, warned("dns-proxied"));
  simulator.setTls(name, null);
  simulator.setHttp(name, null);
  simulator.pointAtServer(name);
  await world.retry(name);
  await says(name, secure);
}, 180_000);

test("behind a proxy that redirects for ever with ForceSSL, that is said", async () => {
  const name = "www.flexible.example.com";
  const { simulator } = world;
  simulator.setDns(name, { a: [cloudflare] });
  simulator.setTls(name, { kind: "wildcard" });
  simulator.setHttp(name, { kind: "loop" });
  await world.map(name);
  await says(name, securing("redirect-loop"));
  simulator.setTls(name, null);
  simulator.setHttp(name, null);
  simulator.pointAtServer(name);
  await world.retry(name);
  await says(name, secure);
}, 180_000);

test("a live site whose DNS has moved away is critical at once", async () => {
  const name = "www.moved.example.com";
  await world.map(name);
  await says(name, secure);
  world.simulator.setDns(name, { a: ["203.0.113.7"] });
  world.simulator.setHttp(name, { kind: "page", status: 200 });
  await world.retry(name);
  await says(name, securing("dns-elsewhere"));
  expect((await world.name(name))?.severity).toBe("critical");
  world.simulator.setHttp(name, null);
  world.simulator.pointAtServer(name);
  await says(name, secure);
}, 180_000);

test("why ForceSSL is not on is in the status", async () => {
  const finding = async (reason: string) => {
    const { findings } = await world.status();
    return findings.some((one) => one.reason === reason);
  };
  const name = "www.unforced.example.com";
  world.simulator.setDns(name, { a: ["203.0.113.7"] });
  world.simulator.setHttp(name, { kind: "page", status: 200 });
  await world.map(name);
  await says(name, securing("dns-elsewhere"));
  await register(world.stack.sidecar, { offers: ["reach"], forceSsl: true });
  await until("why", () => finding("force-ssl-waiting"), 60);
  await register(world.stack.sidecar, { offers: ["reach"], forceSsl: false });
  world.simulator.setHttp(name, null);
  world.simulator.pointAtServer(name);
  await says(name, secure);
  await until(
    "nothing to say",
    async () => !(await finding("force-ssl-waiting")),
    60,
  );
}, 180_000);
