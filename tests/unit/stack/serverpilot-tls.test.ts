import { readFileSync } from "node:fs";
import { connect } from "node:tls";

import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
let ca: string;
beforeAll(async () => {
  world = await startWorld({
    tls: true,
    domains: ["a.example", "www.b.example"],
  });
  ca = readFileSync(String(world.sim.caFile), "utf8");
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

interface Seen {
  /** Null when the handshake was verified; else the error's code. */
  problem: string | null;
  endsAt: number;
  page: string;
}

/** What a client that trusts the CA sees when it connects for `servername`. */
function look(servername: string, timeoutMs = 2000): Promise<Seen> {
  const [host = "", port] = String(world.sim.tlsAddress).split(":");
  return new Promise((resolve) => {
    const seen: Seen = { problem: "SILENT", endsAt: 0, page: "" };
    const socket = connect({
      host,
      port: Number(port),
      servername,
      ca,
      timeout: timeoutMs,
    });
    socket.on("secureConnect", () => {
      seen.problem = null;
      seen.endsAt = Date.parse(socket.getPeerCertificate().valid_to);
      socket.write(
        `GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`,
      );
    });
    socket.on("data", (chunk: Buffer) => (seen.page += chunk.toString()));
    socket.on(
      "error",
      (error: NodeJS.ErrnoException) => (seen.problem = String(error.code)),
    );
    socket.on("timeout", () => socket.destroy());
    socket.on("close", () => {
      resolve(seen);
    });
  });
}

const DAY = 86_400_000;

test("without a certificate the default one is self-signed", async () => {
  expect((await look("a.example")).problem).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(world.sim.tlsHandshakes()).toMatchObject([{ name: "a.example" }]);
});

test("a served certificate verifies for its names and answers a page", async () => {
  world.sim.installCertificate();
  const seen = await look("a.example");
  expect(seen.problem).toBeNull();
  expect(seen.page).toMatch(/^HTTP\/1.1 200 OK/);
  expect(seen.endsAt).toBeGreaterThan(Date.now() + 89 * DAY);
  expect((await look("stranger.example")).problem).toBe(
    "DEPTH_ZERO_SELF_SIGNED_CERT",
  );
});

test("an app's certificate is presented for all its names, and to www of a bare one", async () => {
  world.sim.installCertificate({ names: ["a.example"] });
  expect((await look("www.b.example")).problem).toBe(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
  expect((await look("www.a.example")).problem).toBe(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
});

test("an AutoSSL certificate is served after its action, and the API shows the same one", async () => {
  world.sim.pointAtServer("a.example");
  world.advance(1000);
  await world.post("/apps/app/ssl", { auto: true });
  expect((await look("a.example")).problem).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  world.advance(300);
  expect((await look("a.example")).problem).toBeNull();
  const { ssl } = (
    (await world.get("/apps/app")).body as {
      data: { ssl: Record<string, string> };
    }
  ).data;
  expect(ssl["cert"]).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(ssl["cacerts"]).toBe(ca);
});

test("a certificate that is split serves each name the one that has it, and one that is not covers only some", async () => {
  world.sim.set({ maxCertificateNames: 1, overfull: "split" });
  world.sim.pointAtServer("a.example", "www.b.example");
  world.advance(1000);
  await world.post("/apps/app/ssl", { auto: true });
  world.advance(300);
  expect((await look("a.example")).problem).toBeNull();
  expect((await look("www.b.example")).problem).toBeNull();
  world.sim.set({ overfull: "partial" });
  world.sim.setDomains(["c.example", "a.example", "www.b.example"]);
  world.advance(1000);
  await world.post("/apps/app/ssl", { auto: true });
  world.advance(300);
  expect((await look("a.example")).problem).toBeNull();
  expect((await look("www.b.example")).problem).toBe(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
});

test("a custom certificate with a wildcard and an address verifies for the names of an app's wildcard", async () => {
  world.sim.setDomains(["*.a.example", "127.0.0.1"]);
  world.sim.installCertificate();
  expect((await look("shop.a.example")).problem).toBeNull();
  expect((await look("b.example")).problem).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});

test.each([
  ["other-name", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["expired", "CERT_HAS_EXPIRED"],
  ["ip-only", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["refuse", "ECONNRESET"],
] as const)(
  "the fault %s is seen as %s, and goes away",
  async (kind, problem) => {
    world.sim.installCertificate();
    world.sim.setTls("a.example", { kind });
    expect((await look("a.example")).problem).toBe(problem);
    world.sim.setTls("a.example", null);
    expect((await look("a.example")).problem).toBeNull();
  },
);

test("a wildcard certificate verifies for a name one level below", async () => {
  world.sim.setTls("shop.a.example", { kind: "wildcard" });
  expect((await look("shop.a.example")).problem).toBeNull();
});

test("an expiring certificate verifies and ends in so many days", async () => {
  world.sim.setTls("a.example", { kind: "expiring", days: 5 });
  const { problem, endsAt } = await look("a.example");
  expect(problem).toBeNull();
  expect(Math.round((endsAt - Date.now()) / DAY)).toBe(5);
});

test("a silent name accepts and says nothing, while others answer", async () => {
  world.sim.installCertificate();
  world.sim.setTls("a.example", { kind: "silent" });
  const [silent, other] = await Promise.all([
    look("a.example", 200),
    look("www.b.example"),
  ]);
  expect(silent.problem).toBe("SILENT");
  expect(other.problem).toBeNull();
});

test("the port can be closed and opened again", async () => {
  world.sim.installCertificate();
  await world.sim.setTlsListening(false);
  expect((await look("a.example")).problem).toBe("ECONNREFUSED");
  await world.sim.setTlsListening(true);
  expect((await look("a.example")).problem).toBeNull();
});
