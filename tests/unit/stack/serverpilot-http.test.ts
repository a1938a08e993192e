import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";

import type { HttpFaultOptions } from "../../stack/serverpilot/http-faults";
import { startWorld } from "./serverpilot-world";
import type { TestWorld } from "./serverpilot-world";

let world: TestWorld;
let ca: string;
beforeAll(async () => {
  world = await startWorld({ http: true, domains: ["a.example"] });
  ca = readFileSync(String(world.sim.caFile), "utf8");
});
afterAll(() => world.sim.stop());
beforeEach(() => world.sim.reset());

interface Asked {
  scheme?: "http" | "https";
  path?: string;
  /** Asks the address of all that is not the server. */
  outside?: boolean;
  body?: string;
}

interface Seen {
  /** Null where nothing was answered; then `error` says why. */
  status: number | null;
  location: string | undefined;
  server: string | string[] | undefined;
  text: string;
  error: string | null;
}

/** What somebody sees who asks for a name, without following redirects. */
async function ask(name: string, asked: Asked = {}): Promise<Seen> {
  const { scheme = "http", path = "/", outside = false, body } = asked;
  const { httpAddress, httpsAddress, outsideHost } = world.sim;
  const address = scheme === "http" ? httpAddress : httpsAddress;
  const [host, port] = String(address).split(":");
  const options = {
    host: outside ? outsideHost : host,
    port,
    path,
    method: body === undefined ? "GET" : "POST",
    headers: { host: name },
    timeout: 200,
  };
  const sent =
    scheme === "http"
      ? httpRequest(options)
      : httpsRequest({ ...options, servername: name, ca, agent: false });
  sent.on("timeout", () => sent.destroy(new Error("SILENT")));
  sent.end(body);
  try {
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of answer) text += String(chunk);
    const { location, server } = answer.headers;
    const status = answer.statusCode ?? null;
    return { status, location, server, text, error: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      status: null,
      location: undefined,
      server: undefined,
      text: "",
      error: code ?? message,
    };
  }
}

const appOf = (seen: Seen): string | undefined =>
  /<title>App (.+)<\/title>/.exec(seen.text)?.[1];

test("it is off unless it is asked for", async () => {
  const without = await startWorld();
  expect(without.sim).toMatchObject({ httpAddress: null, httpsAddress: null });
  await without.sim.stop();
});

describe("which app answers", () => {
  test("the one that has the name, over HTTP and over HTTPS with its certificate", async () => {
    world.sim.installCertificate();
    expect(appOf(await ask("a.example"))).toBe("network");
    expect(appOf(await ask("A.example:80"))).toBe("network");
    expect(appOf(await ask("a.example", { scheme: "https" }))).toBe("network");
    expect(world.sim.httpRequests()).toMatchObject([
      { scheme: "http", place: "server", host: "a.example", appId: "app" },
      { scheme: "http", host: "a.example", path: "/", status: 200 },
      { scheme: "https", host: "a.example", faulted: null, status: 200 },
    ]);
  });

  test("of several with the name the one whose name is alphabetically first", async () => {
    world.sim.addApp({ name: "zoo", domains: ["a.example"] });
    expect(appOf(await ask("a.example"))).toBe("network");
    const blog = world.sim.addApp({ name: "blog", domains: ["a.example"] });
    expect(appOf(await ask("a.example"))).toBe("blog");
    world.sim.setDomains([], blog);
    expect(appOf(await ask("a.example"))).toBe("network");
  });

  test("an exact name wins over the www. of a name, and that over another app's wildcard", async () => {
    world.sim.addApp({ name: "all", domains: ["*.a.example"] });
    expect(appOf(await ask("shop.a.example"))).toBe("all");
    expect(appOf(await ask("www.a.example"))).toBe("network");
    world.sim.addApp({ name: "www", domains: ["www.a.example"] });
    expect(appOf(await ask("www.a.example"))).toBe("www");
  });

  test("the certificate is the answering app's, too: another app's makes a name look secure", async () => {
    world.sim.installCertificate();
    const appId = world.sim.addApp({ name: "blog", domains: ["a.example"] });
    const seen = await ask("a.example", { scheme: "https" });
    expect(seen.error).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    world.sim.installCertificate({ appId });
    expect(appOf(await ask("a.example", { scheme: "https" }))).toBe("blog");
  });

  test("nobody for a name on no app, else the alphabetically first app with names", async () => {
    expect((await ask("no.example")).error).toBe("ECONNRESET");
    world.sim.setServer({ denyUnknownDomains: false });
    world.sim.addApp({ name: "another", domains: ["b.example"] });
    world.sim.addApp({ name: "aaa", domains: [] });
    expect(appOf(await ask("no.example"))).toBe("another");
  });
});

describe("a backend", () => {
  let backend: Server;
  const received: string[] = [];
  beforeAll(async () => {
    backend = createServer((req, res) => {
      let body = "";
      req.on("data", (chunk: Buffer) => (body += chunk.toString()));
      req.on("end", () => {
        const { host, "x-forwarded-proto": proto } = req.headers;
        received.push(
          `${String(req.method)} ${String(proto)}://${String(host)}${String(req.url)} ${body}`,
        );
        res.writeHead(418, { location: "/elsewhere" }).end("from WordPress");
      });
    }).listen(0, "127.0.0.1");
    await once(backend, "listening");
  });
  afterAll(() => backend.close());

  test("is asked under the name and gives the answer, and without it the answer is 502", async () => {
    world.sim.installCertificate();
    const { port } = backend.address() as AddressInfo;
    world.sim.setBackend(`http://127.0.0.1:${port}`);
    const path = "/x?async_check_dns_nonce=1";
    const seen = await ask("a.example", { scheme: "https", path, body: "hi" });
    expect(seen).toMatchObject({
      status: 418,
      location: "/elsewhere",
      text: "from WordPress",
    });
    expect(received).toEqual([`POST https://a.example${path} hi`]);
    world.sim.setBackend("http://127.0.0.1:9");
    expect((await ask("a.example")).status).toBe(502);
  });
});

test("ForceSSL leads from HTTP to HTTPS, but not a certificate authority", async () => {
  world.sim.installCertificate();
  await world.post("/apps/app/ssl", { force: true });
  world.advance(300);
  expect(await ask("a.example", { path: "/x?y=1" })).toMatchObject({
    status: 301,
    location: "https://a.example/x?y=1",
  });
  const challenge = "/.well-known/acme-challenge/t";
  expect((await ask("a.example", { path: challenge })).status).toBe(200);
  const secure = await ask("a.example", { scheme: "https" });
  expect(secure.status).toBe(200);
});

describe("faults of a name", () => {
  test.each<[string, HttpFaultOptions, Partial<Seen>]>([
    [
      "a redirect loop",
      { kind: "loop" },
      { status: 301, location: "https://a.example/x?y=1" },
    ],
    [
      "a redirect to another host",
      { kind: "redirect", to: "other.example", status: 302 },
      { status: 302, location: "https://other.example/x?y=1" },
    ],
    ["an error page", { kind: "page", status: 503 }, { status: 503 }],
    ["a locked site", { kind: "page", status: 401 }, { status: 401 }],
    ["silence", { kind: "hang" }, { status: null, error: "SILENT" }],
    [
      "a CDN's refusal",
      { kind: "cdn", status: 525 },
      { status: 525, server: "simulated-cdn" },
    ],
    [
      "a CDN that passes on",
      { kind: "cdn" },
      { status: 200, server: "simulated-cdn" },
    ],
  ])(
    "%s, over HTTP and HTTPS, and not for others",
    async (_what, fault, seen) => {
      world.sim.setDomains(["a.example", "b.example"]);
      world.sim.installCertificate();
      world.sim.setHttp("a.example", fault);
      const path = "/x?y=1";
      expect(await ask("a.example", { path })).toMatchObject(seen);
      expect(await ask("a.example", { path, scheme: "https" })).toMatchObject(
        seen,
      );
      expect((await ask("b.example")).status).toBe(200);
      world.sim.setHttp("a.example", null);
      expect(appOf(await ask("a.example"))).toBe("network");
    },
  );

  test("a blocked /.well-known lets everything else pass", async () => {
    world.sim.setHttp("*", { kind: "well-known-blocked" });
    const path = "/.well-known/acme-challenge/x";
    expect((await ask("a.example", { path })).status).toBe(403);
    expect((await ask("a.example")).status).toBe(200);
  });

  test("port 80 can be closed for one name, or for all", async () => {
    world.sim.installCertificate();
    world.sim.setHttp("a.example", { kind: "port-80-closed" });
    expect((await ask("a.example")).error).toBe("ECONNRESET");
    expect((await ask("a.example", { scheme: "https" })).status).toBe(200);
    world.sim.clearHttp();
    await world.sim.setHttpListening(false);
    expect((await ask("a.example")).error).toBe("ECONNREFUSED");
    expect((await ask("a.example", { scheme: "https" })).status).toBe(200);
    await world.sim.setHttpListening(true);
    expect((await ask("a.example")).status).toBe(200);
    await world.sim.setTlsListening(false);
    expect((await ask("a.example", { scheme: "https" })).error).toBe(
      "ECONNREFUSED",
    );
  });
});

describe("what is not the server", () => {
  test("answers every name with another site and a good certificate", async () => {
    expect(world.sim.outsideHost).toBe("127.0.0.2");
    for (const scheme of ["http", "https"] as const) {
      const seen = await ask("a.example", { scheme, outside: true });
      expect(seen.text).toContain("Another site");
    }
    expect(world.sim.httpRequests()).toMatchObject([
      { place: "outside", appId: null },
      { place: "outside", appId: null },
    ]);
  });

  test("can be a CDN, which has a certificate of its own and passes on, while the server shows none", async () => {
    world.sim.setHttp("a.example", { kind: "cdn", at: "outside" });
    const outside = await ask("a.example", { scheme: "https", outside: true });
    expect(appOf(outside)).toBe("network");
    expect(outside.server).toBe("simulated-cdn");
    const direct = await ask("a.example", { scheme: "https" });
    expect(direct.error).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("a CDN that asks over HTTP makes a loop where ForceSSL is on", async () => {
    world.sim.installCertificate();
    await world.post("/apps/app/ssl", { force: true });
    const asked: Asked = { scheme: "https", outside: true };
    const cdn = { kind: "cdn", at: "outside" } as const;
    world.sim.setHttp("a.example", { ...cdn, flexible: true });
    expect(await ask("a.example", asked)).toMatchObject({
      status: 301,
      location: "https://a.example/",
    });
    world.sim.setHttp("a.example", cdn);
    expect((await ask("a.example", asked)).status).toBe(200);
  });
});

test("a fault of the certificate is seen over HTTPS as well", async () => {
  world.sim.installCertificate();
  world.sim.setTls("a.example", { kind: "expired" });
  const seen = await ask("a.example", { scheme: "https" });
  expect(seen.error).toBe("CERT_HAS_EXPIRED");
});
