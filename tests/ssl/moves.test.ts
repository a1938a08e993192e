import { until } from "../stack/until";
import {
  CertificateWorld,
  SERVER,
  secure,
  securing,
} from "./certificate-world";

const name = "www.shop.example.com";
let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.startWithNetwork(60);
  world.simulator.setDns("*.example.com", { a: [SERVER] });
  await world.map(name);
  await world.says(name, secure);
}, 120_000);
afterAll(() => world.stop());

/** Does something to the app while no sidecar runs. */
async function meanwhile(happens: () => void): Promise<void> {
  await world.stack.sidecar.stop();
  happens();
  await world.stack.sidecar.start();
}

const isServed = (appId?: string) =>
  until(
    `a certificate for ${name}`,
    () => world.simulator.app(appId).served?.includes(name) === true,
    60,
  );

/** What WordPress was told of the name since a moment. */
const toldSince = (from: number): string[] =>
  world.told
    .slice(from)
    .filter((change) => change.name === name)
    .map(({ state }) => state);

test("a name that somebody takes off the app in the panel is put there again, checked, and served at once", async () => {
  const { simulator } = world;
  const from = world.told.length;
  simulator.setDomains(simulator.domains().filter((one) => one !== name));
  simulator.set({ autosslDelayMs: 2_000 });
  await until(
    "the name on the app",
    () => simulator.domains().includes(name),
    60,
  );
  await until(
    "that it is not secure",
    () => toldSince(from).includes("securing"),
    60,
  );
  await isServed();
  await world.says(name, secure);
  await until(
    "WordPress to be told",
    () => toldSince(from).at(-1) === "secure",
  );
  simulator.set({ autosslDelayMs: 100 });
}, 180_000);

test("the same while no sidecar runs", async () => {
  const { simulator } = world;
  const from = world.told.length;
  await meanwhile(() => {
    simulator.setDomains(simulator.domains().filter((one) => one !== name));
    simulator.removeCertificate();
  });
  await until(
    "that it is not secure",
    () => toldSince(from).includes("securing"),
    60,
  );
  await isServed();
  await world.says(name, secure);
}, 180_000);

test("AutoSSL that somebody turned off is on again at once, with a restart in between", async () => {
  await meanwhile(() => {
    world.simulator.removeCertificate();
  });
  await until("AutoSSL", () => world.simulator.app().ssl?.auto === true, 30);
  await world.says(name, secure);
}, 180_000);

test("an app on another server is checked there, with a restart in between", async () => {
  const { simulator } = world;
  const there = "127.0.0.9";
  const moved = simulator.addServer({ lastaddress: there });
  const first = simulator.app().serverId;
  await meanwhile(() => {
    simulator.moveApp(moved);
    simulator.removeCertificate();
  });
  // Its DNS leads to the server that the app was on.
  const { severity, message } = await world.says(
    name,
    securing("dns-elsewhere"),
  );
  expect(severity).toBe("critical");
  expect(message).toContain(`should point at ${there}`);
  simulator.setDns("*.example.com", { a: [there] });
  await world.says(name, secure);
  await meanwhile(() => {
    simulator.moveApp(first);
    simulator.setDns("*.example.com", { a: [SERVER] });
  });
  await world.says(name, secure);
}, 240_000);

test("an app with another id has the names and their certificate at once, with a restart in between", async () => {
  const { simulator, stack } = world;
  const before = stack.app.appId;
  const next = simulator.addApp({
    name: "next",
    domains: ["bridge.localhost"],
  });
  simulator.setBackend(simulator.app(before).backend, next);
  await meanwhile(() => {
    simulator.setDomains([], before);
    stack.sidecar.setEnv({ WU_SERVER_PILOT_APP_ID: next });
  });
  await until("the name", () => simulator.domains(next).includes(name), 60);
  await isServed(next);
  await world.says(name, secure);
}, 180_000);
