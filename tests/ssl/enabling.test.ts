import type { FaultOptions } from "../stack/serverpilot/faults";
import { until } from "../stack/until";
import {
  CertificateWorld,
  SERVER,
  secure,
  securing,
} from "./certificate-world";

let world: CertificateWorld;

beforeAll(async () => {
  world = await CertificateWorld.start(6);
  world.simulator.setDns("*.example.com", { a: [SERVER] });
  await world.map("www.first.example.com");
  await world.says("www.first.example.com", secure);
}, 120_000);
afterAll(() => world.stop());
afterEach(() => {
  world.simulator.clearFaults();
});

const sslWrite = { method: "POST", path: "/ssl$", times: 0 } as const;

/** What ServerPilot does when AutoSSL is enabled, and what is then said of the name. */
const answers: [string, FaultOptions, string][] = [
  ["a conflict", { kind: "status", status: 409 }, "serverpilot-conflict"],
  [
    "an error of its own",
    { kind: "status", status: 503 },
    "serverpilot-unavailable",
  ],
  ["a page", { kind: "html" }, "serverpilot-unreadable"],
  ["no answer", { kind: "reset" }, "serverpilot-unavailable"],
];

test.each(answers)(
  "AutoSSL that is answered with %s is asked for once, and that is said",
  async (what, fault, reason) => {
    const name = `www.${what.replaceAll(" ", "-")}.example.com`;
    const before = world.sslWrites().length;
    world.simulator.addFault({ ...sslWrite, ...fault });
    await world.map(name);
    await world.says(name, securing(reason));
    // Until all tries are over.
    await until(
      "the last try",
      async () => (await world.name(name))?.state === "ssl-failed",
      60,
    );
    expect(world.sslWrites().length - before).toBe(1);
    world.simulator.clearFaults();
    await world.retry(name);
    await world.says(name, secure);
  },
  180_000,
);

test("covered names that come and go are no reason to enable AutoSSL again and again", async () => {
  const name = "www.flapping.example.com";
  const { simulator } = world;
  simulator.setTls(name, { kind: "other-name" });
  const before = world.sslWrites().length;
  await world.map(name);
  await until(
    "the certificate that is not served",
    async () => (await world.name(name))?.reason === "certificate-not-served",
    60,
  );
  for (let turn = 0; turn < 10; turn += 1) {
    simulator.set({ autosslField: turn % 2 === 0 ? "never" : "always" });
    const seen = simulator.journal().length;
    await until(
      "the app to be read twice",
      () =>
        simulator
          .journal()
          .slice(seen)
          .filter(
            ({ method, path }) =>
              method === "GET" && /^\/apps\/[^/]+$/.test(path),
          ).length >= 2,
      30,
    );
  }
  simulator.set({ autosslField: "always" });
  expect(world.sslWrites().length - before).toBeLessThanOrEqual(1);
  simulator.setTls(name, null);
  await world.retry(name);
  await world.says(name, secure);
}, 180_000);
