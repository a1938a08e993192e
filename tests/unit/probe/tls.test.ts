import { readFileSync } from "node:fs";

import { systemClock } from "../../../sidecar/clock";
import { createTlsProbe } from "../../../sidecar/probe/tls";
import type { Address } from "../../../sidecar/reconcile/probes";
import type { Simulator } from "../../stack/serverpilot/simulator";
import { startSimulator } from "../../stack/serverpilot/simulator";
import { createFakeClock } from "../fake-clock";

const name = "shop.example.com";
const DAY = 86_400_000;

let world: Simulator;
let ca: string;
beforeAll(async () => {
  world = await startSimulator({
    clientId: "c",
    apiKey: "k",
    appId: "a",
    tls: true,
  });
  ca = readFileSync(world.caFile ?? "", "utf8");
});
afterEach(() => {
  world.clearTls();
});
afterAll(() => world.stop());

const address = (): Address => {
  const [host = "", port] = (world.tlsAddress ?? "").split(":");
  return { host, port: Number(port) };
};
const shake = (asked = name, trusted: string | undefined = ca) =>
  createTlsProbe({ clock: systemClock, ca: trusted })(address(), asked);

describe("the certificate that a server shows for a name", () => {
  it("is told with its end and its issuer when all is well", async () => {
    world.setTls(name, { kind: "expiring", days: 30 });
    const served = await shake();
    expect(served).toMatchObject({
      ...{
        kind: "certificate",
        matchesName: true,
        untrusted: null,
        issuer: "Simulated authority",
      },
    });
    const endsAt = served.kind === "certificate" ? (served.endsAt ?? 0) : 0;
    expect(Math.round((endsAt - Date.now()) / DAY)).toBe(30);
  });

  it("covers a name by its wildcard, one label deep", async () => {
    world.setTls(name, { kind: "wildcard" });
    expect(await shake()).toMatchObject({ matchesName: true, untrusted: null });
  });

  it.each([
    ["another name", "other-name", { matchesName: false, untrusted: null }],
    ["an IP address only", "ip-only", { matchesName: false, untrusted: null }],
    [
      "the name, signed by itself",
      "self-signed",
      { matchesName: true, untrusted: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    ],
    [
      "the name, signed by nobody we know",
      "untrusted",
      { matchesName: true, untrusted: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    ],
    [
      "the name, ended",
      "expired",
      { matchesName: true, untrusted: "CERT_HAS_EXPIRED" },
    ],
  ] as const)("may be for %s", async (_title, kind, expected) => {
    world.setTls(name, { kind });
    expect(await shake()).toMatchObject({ kind: "certificate", ...expected });
  });

  it("is not trusted where the CA is not known", async () => {
    world.setTls(name, { kind: "expiring" });
    const probe = createTlsProbe({ clock: systemClock });
    expect(await probe(address(), name)).toMatchObject({
      matchesName: true,
      untrusted: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  it("is the default one for a name that the server does not know", async () => {
    expect(await shake("unknown.example.com")).toMatchObject({
      kind: "certificate",
      matchesName: false,
    });
  });
});

describe("a server that shows none", () => {
  it("is given five seconds when it accepts and says nothing", async () => {
    world.setTls(name, { kind: "silent" });
    const clock = createFakeClock();
    const result = createTlsProbe({ clock, ca })(address(), name);
    await clock.whenScheduled(5_000);
    await clock.advance(5_000);
    expect(await result).toMatchObject({
      kind: "failure",
      detail: "no answer within 5 seconds",
    });
  });

  it("is a failure when it hangs up", async () => {
    world.setTls(name, { kind: "refuse" });
    expect(await shake()).toMatchObject({ kind: "failure" });
  });

  it("is a failure with its address when nothing listens there", async () => {
    const probe = createTlsProbe({ clock: systemClock });
    expect(await probe({ host: "127.0.0.1", port: 1 }, name)).toEqual({
      ...{ kind: "failure", address: "127.0.0.1:1", detail: "ECONNREFUSED" },
    });
  });

  it("is not even asked for an IP address, which has no place in SNI", async () => {
    const before = world.tlsHandshakes().length;
    expect(await shake("203.0.113.1")).toMatchObject({
      kind: "failure",
      detail: "not a host name",
    });
    expect(world.tlsHandshakes()).toHaveLength(before);
  });

  it("does not hold up the names of another server", async () => {
    world.setTls(name, { kind: "silent" });
    const clock = createFakeClock();
    const probe = createTlsProbe({ clock, ca, concurrency: 1 });
    const hung = probe(address(), name);
    expect(await probe({ host: "127.0.0.1", port: 1 }, name)).toMatchObject({
      detail: "ECONNREFUSED",
    });
    await clock.advance(5_000);
    expect(await hung).toMatchObject({ kind: "failure" });
  });
});
