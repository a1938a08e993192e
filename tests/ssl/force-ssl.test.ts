import { until } from "../stack/until";
import {
  CertificateWorld,
  CLOUDFLARE,
  ELSEWHERE,
  SERVER,
  secure,
  securing,
  warned,
} from "./certificate-world";
import { register } from "./register";

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(60);
  world.simulator.setDns("*.example.com", { a: [SERVER] });
  await world.map("www.first.example.com");
  await world.says("www.first.example.com", secure);
}, 120_000);
afterAll(() => world.stop());
// ForceSSL is not tried again within an hour: each test begins without it, and as if the hour had passed.
beforeEach(() => ask({ forceSsl: false }));

/** What WordPress asks for. */
async function ask(settings: object): Promise<void> {
  await world.setForceSsl(false);
  await world.forgetForced();
  await register(world.stack.sidecar, { offers: ["reach"], ...settings });
}

const isForced = (): boolean => world.simulator.app().ssl?.force === true;

const saysWhy = (reason: string): Promise<unknown> =>
  until(
    reason,
    async () =>
      (await world.status()).findings.find((one) => one.reason === reason) ??
      null,
    30,
  );

const saysNothing = (): Promise<unknown> =>
  until(
    "nothing to be said of ForceSSL",
    async () =>
      (await world.findings()).every((one) => !one?.startsWith("force-ssl")),
    30,
  );

const turnsOn = async (): Promise<void> => {
  await until("ForceSSL", isForced, 60);
  await saysNothing();
};

test("it waits, and says so, until every name has its certificate", async () => {
  const name = "www.last.example.com";
  world.simulator.setDns(name, { a: [ELSEWHERE] });
  await world.map(name);
  await world.says(name, securing("dns-elsewhere"));
  await ask({ forceSsl: true });
  expect(await saysWhy("force-ssl-waiting")).toMatchObject({
    message: expect.stringContaining(name) as string,
  });
  expect(isForced()).toBe(false);
  world.simulator.pointAtServer(name);
  await turnsOn();
}, 180_000);

test("it is not turned on while something foreign without a certificate is on the app, and that is named", async () => {
  const { simulator } = world;
  const own = simulator.domains();
  const foreign = "forgotten.example.org";
  simulator.setDomains([...own, foreign]);
  await ask({ forceSsl: true });
  expect(await saysWhy("force-ssl-foreign")).toMatchObject({
    message: expect.stringContaining(foreign) as string,
  });
  expect(isForced()).toBe(false);
  simulator.setDomains(own);
  await turnsOn();
}, 180_000);

test("it is not turned on while a name is behind a proxy, unless that was asked for", async () => {
  const name = "www.proxied.example.com";
  const { simulator } = world;
  await world.map(name);
  await world.says(name, secure);
  simulator.setDns(name, { a: [CLOUDFLARE] });
  simulator.setHttp(name, { kind: "cdn" });
  await world.retry(name);
  await world.says(name, warned("dns-proxied"));
  await ask({ forceSsl: true });
  expect(await saysWhy("force-ssl-proxied")).toMatchObject({
    message: expect.stringContaining(name) as string,
    remedy: expect.stringContaining("'proxied'") as string,
  });
  expect(isForced()).toBe(false);
  await ask({ forceSsl: true, forceSslProxied: true });
  await turnsOn();
  simulator.setHttp(name, null);
  simulator.pointAtServer(name);
  await world.retry(name);
  await world.says(name, secure);
}, 180_000);

test("it is not turned on without AutoSSL", async () => {
  const { simulator } = world;
  simulator.installCertificate();
  await world.says("www.first.example.com", warned("custom-certificate"));
  await ask({ forceSsl: true });
  await saysWhy("force-ssl-without-autossl");
  expect(isForced()).toBe(false);
  // Nobody asks for it any more: then there is nothing to say.
  await ask({ forceSsl: false });
  await saysNothing();
  await ask({ forceSsl: true });
  await saysWhy("force-ssl-without-autossl");
  simulator.removeCertificate();
  await turnsOn();
}, 180_000);
