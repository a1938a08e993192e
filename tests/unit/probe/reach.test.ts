import { createServer as createPlainServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { systemClock, type Clock } from "../../../sidecar/clock";
import { createReachProbe } from "../../../sidecar/probe/reach";
import type { Address, DnsAnswer } from "../../../sidecar/reconcile/probes";
import { createFakeClock } from "../fake-clock";
import {
  goodNonce,
  multisite,
  page,
  redirect,
  startWebDouble,
  type WebDouble,
} from "./web-double";

const name = "kedai.example";
const www = `www.${name}`;
const mapping = { id: 7, domain: name };
const server = "203.0.113.10";
const elsewhere = "198.51.100.5";

let web: WebDouble;
beforeAll(async () => {
  web = await startWebDouble();
});
afterEach(() => {
  web.clear();
});
afterAll(() => web.stop());

const at = (addresses: string[], ipv6: string[] = []): DnsAnswer => ({
  kind: "answer",
  addresses,
  ipv6,
  cname: null,
  ttl: 60,
});

interface World {
  dns?: Record<string, DnsAnswer>;
  clock?: Clock;
  http?: Address;
  https?: Address;
}

const probe = ({ dns = {}, clock = systemClock, http, https }: World) => {
  const places = {
    http: http ?? web.addresses.http,
    https: https ?? web.addresses.https,
  };
  return createReachProbe({
    lookUp: (host) => Promise.resolve(dns[host] ?? at([server])),
    clock,
    ca: web.ca,
    world: places,
    server: places,
  });
};

const request = {
  name,
  mapping,
  nonces: { [name]: goodNonce(name), [www]: goodNonce(www) },
  networkDomain: "network.example",
};
const reach = (world: World = {}, ours: string[] = [server]) =>
  probe(world).reach({ ...request, ours });

const met = { address: server, certificate: null };

describe("a name that reaches this network", () => {
  beforeEach(() => {
    web.signers.set(name, "authority").set(www, "authority");
    web.sites.set(name, multisite(mapping)).set(www, multisite(mapping));
  });

  test("is answered with its mapping, over HTTP and HTTPS", async () => {
    const reached = { kind: "reached", status: 200, ...met };
    expect(await reach()).toEqual({ http: reached, https: reached });
  });

  test("is recognised where WordPress writes the id as text, and the name in capitals", async () => {
    web.sites.set(name, multisite({ id: "7", domain: "Kedai.Example" }));
    expect(await reach()).toMatchObject({ http: { kind: "reached" } });
  });

  test("may send to its twin, which has a nonce of its own, and lose the query on the way", async () => {
    web.sites.set(
      name,
      redirect((url) => `${url.protocol}//${www}/`),
    );
    expect(await reach()).toMatchObject({
      http: { kind: "reached" },
      https: { kind: "reached" },
    });
  });

  test("may send from HTTP to HTTPS, which is asked once", async () => {
    const site = multisite(mapping);
    web.sites.set(name, (url, response, asked) =>
      url.protocol === "http:"
        ? redirect(`https://${name}${url.pathname}${url.search}#top`)(
            url,
            response,
            asked,
          )
        : site(url, response, asked),
    );
    const answer = await reach();
    expect(answer.http).toEqual(answer.https);
    expect(answer.http).toMatchObject({ kind: "reached" });
    expect(web.asked.map(({ protocol }) => protocol)).toEqual([
      "http:",
      "https:",
    ]);
  });

  test.each([
    ["that nobody knows signed", "stranger", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["that signs itself", "self", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["of another name", null, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)(
    "is reached with a certificate %s, and that is said",
    async (_which, signer, code) => {
      if (signer === null) web.signers.delete(name);
      else web.signers.set(name, signer);
      expect(await reach()).toMatchObject({
        http: { kind: "reached", certificate: null },
        https: { kind: "reached", certificate: code },
      });
    },
  );

  test("is asked without cookies and credentials, and so that no cache answers", async () => {
    web.sites.set(name, (url, response, asked) => {
      response.setHeader("set-cookie", "a=b");
      multisite(mapping)(url, response, asked);
    });
    await reach();
    await reach();
    expect(web.headers).toHaveLength(4);
    for (const headers of web.headers) {
      expect(headers).toMatchObject({ host: name, connection: "close" });
      expect(Object.keys(headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/cookie|auth/)]),
      );
    }
    expect(new Set(web.asked.map(({ search }) => search)).size).toBe(2);
  });

  test("is asked at one address of a proxy network, at each of the others", async () => {
    const count = async (dns: DnsAnswer) => {
      web.asked.length = 0;
      await reach({ dns: { [name]: dns } });
      return web.asked.length;
    };
    expect(
      await count(at(["104.16.1.1", "104.16.1.2"], ["2606:4700::1"])),
    ).toBe(2);
    expect(await count(at([server, elsewhere], ["2001:db8::1"]))).toBe(6);
  });
});

describe("several addresses of which one is not the server's", () => {
  test("are all asked, and the bad one is named", async () => {
    web.sites.set(name, multisite(mapping));
    const nowhere = { host: "127.0.0.1", port: 1 };
    const elsewhereDown = createReachProbe({
      lookUp: () => Promise.resolve(at([server, elsewhere])),
      clock: systemClock,
      server: web.addresses,
      world: { http: nowhere, https: nowhere },
    });
    const refused = {
      kind: "unreachable",
      why: "refused",
      address: elsewhere,
      detail: "ECONNREFUSED",
    };
    expect(await elsewhereDown.reach({ ...request, ours: [server] })).toEqual({
      http: refused,
      https: refused,
    });
    expect(web.asked).toHaveLength(2);
  });
});

describe("a name that somebody else answers for", () => {
  test.each([
    ["a page", page(200), { status: 200 }],
    ["a page that is not found", page(404), { status: 404 }],
    [
      "a WordPress that does not know it",
      multisite(mapping, () => "other salts"),
      {
        status: 302,
        unrouted: true,
        location: "http://network.example/wp-signup.php",
      },
    ],
    [
      "a WordPress of another network that does not know it",
      redirect(`https://other.example/wp-signup.php?new=${name}`, 302),
      { unrouted: true, location: "https://other.example/wp-signup.php" },
    ],
    [
      "the network's domain, by NOBLOGREDIRECT",
      redirect("https://www.network.example/?secret=1", 302),
      { unrouted: true, location: "https://www.network.example/" },
    ],
    [
      "a copy of this network",
      multisite({ id: 8, domain: name }),
      { otherMapping: { id: "8", domain: name } },
    ],
    [
      "a mapping of another name",
      multisite({ id: 7, domain: "toko.example" }),
      { otherMapping: { id: "7", domain: "toko.example" } },
    ],
    [
      "a redirect into nothing",
      redirect("http://[", 302),
      { status: 302, unrouted: false },
    ],
  ])("is not this network's: %s", async (_who, site, expected) => {
    web.sites.set(name, site);
    const { http } = await reach();
    expect(http).toMatchObject({ kind: "not-this-network", ...expected });
    expect(JSON.stringify(http)).not.toContain(goodNonce(name));
  });

  test.each([
    ["another host", "https://shops.example.net/kedai", "shops.example.net"],
    ["another port", `http://${name}:8080/`, `${name}:8080`],
    ["an address", "http://127.0.0.1/", "127.0.0.1"],
  ])(
    "is redirected elsewhere, to %s, and not followed",
    async (_to, to, host) => {
      web.sites.set(name, redirect(to));
      expect(await reach()).toMatchObject({
        http: { kind: "redirected-elsewhere", host, status: 301 },
      });
      expect(web.asked).toHaveLength(2);
    },
  );
});

describe("a redirect loop", () => {
  test("is one that leads back to what was asked before", async () => {
    web.sites.set(name, redirect(`http://${www}/`));
    web.sites.set(www, redirect(`http://${name}/`));
    expect(await reach()).toMatchObject({
      http: { kind: "redirect-loop", status: 301 },
    });
    expect(
      web.asked.map(({ protocol, host }) => `${protocol}//${host}`),
    ).toEqual([
      `http://${name}`,
      `http://${www}`,
      `https://${name}`,
      `http://${www}`,
      `http://${name}`,
    ]);
  });

  test("is Cloudflare's Flexible with ForceSSL: HTTPS leads to itself", async () => {
    web.sites.set(
      name,
      redirect((url) => `https://${name}${url.pathname}`),
    );
    expect(await reach()).toMatchObject({
      http: { kind: "redirect-loop" },
      https: { kind: "redirect-loop" },
    });
  });

  test("is one that never comes back and never ends", async () => {
    web.sites.set(
      name,
      redirect((url) => `${url.pathname}x`),
    );
    expect(await reach()).toMatchObject({ http: { kind: "redirect-loop" } });
    expect(web.asked).toHaveLength(12);
  });
});

describe("an error page", () => {
  test.each([500, 503, 403, 401, 429, 525, 526])(
    "has its status: %i",
    async (status) => {
      web.sites.set(name, page(status));
      expect(await reach()).toMatchObject({
        http: { kind: "error-page", status, challenge: false },
      });
    },
  );

  test("may be a proxy's question whether one is human", async () => {
    web.sites.set(name, page(403, { "cf-mitigated": "challenge" }));
    expect(await reach()).toMatchObject({
      http: { kind: "error-page", status: 403, challenge: true },
    });
  });

  test("that shows the mapping is one all the same", async () => {
    web.sites.set(name, (_url, response) =>
      response.writeHead(500).end(JSON.stringify(mapping)),
    );
    expect(await reach()).toMatchObject({ http: { kind: "error-page" } });
  });
});

describe("a body", () => {
  test("of endless length is cut off", async () => {
    let sent = 0;
    web.sites.set(name, (_url, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sent += 16_384;
        response.write("x".repeat(16_384), () => setImmediate(more));
      };
      more();
    });
    expect(await reach()).toMatchObject({
      http: { kind: "not-this-network", status: 200 },
    });
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  test("that breaks off is no mapping", async () => {
    web.sites.set(name, (_url, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"id":7,"domain":"kedai.exam', () => response.destroy());
    });
    expect(await reach()).toMatchObject({ http: { kind: "not-this-network" } });
  });
});

describe("a name that is not reached", () => {
  const nowhere = { host: "127.0.0.1", port: 1 };
  const unreachable = (why: string, address: string | null = server) => ({
    http: { kind: "unreachable", why, address },
  });

  test("has no address", async () => {
    const dns = { [name]: { kind: "missing" as const, cname: null } };
    expect(await reach({ dns })).toMatchObject(unreachable("no-address", null));
  });

  test("has name servers that do not answer", async () => {
    const dns = { [name]: { kind: "unanswered" as const, detail: "SERVFAIL" } };
    expect(await reach({ dns })).toEqual({
      http: { ...unreachable("dns", null).http, detail: "SERVFAIL" },
      https: { ...unreachable("dns", null).http, detail: "SERVFAIL" },
    });
  });

  test("is refused", async () => {
    expect(await reach({ http: nowhere })).toMatchObject({
      http: { ...unreachable("refused").http, detail: "ECONNREFUSED" },
      https: { kind: "not-this-network" },
    });
  });

  test("has no TLS on its port of HTTPS", async () => {
    expect(await reach({ https: web.addresses.http })).toMatchObject({
      https: { kind: "unreachable", why: "tls" },
    });
  });

  test.each([
    ["says something else", "SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
    ["hangs up", "", "closed"],
  ])("%s", async (_does, says, why) => {
    const other = createPlainServer((socket) => {
      socket.on("error", () => undefined).once("data", () => socket.end(says));
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    const http = {
      host: "127.0.0.1",
      port: (other.address() as AddressInfo).port,
    };
    expect(await reach({ http })).toMatchObject(unreachable(why));
    other.close();
  });

  test("does not answer within ten seconds", async () => {
    web.sites.set(name, () => undefined);
    const clock = createFakeClock();
    const answer = reach({ clock });
    await clock.whenScheduled(10_000);
    await clock.advance(10_000);
    await clock.whenScheduled(10_000);
    await clock.advance(10_000);
    const late = {
      ...unreachable("time-out").http,
      detail: "no answer within 10 seconds",
    };
    expect(await answer).toEqual({ http: late, https: late });
  });

  test("redirects for longer than twenty seconds", async () => {
    const clock = createFakeClock();
    web.sites.set(name, (url, response, asked) => {
      if (url.pathname === "/xx") return;
      void clock
        .advance(9_000)
        .then(() => redirect(`${url.pathname}x`)(url, response, asked));
    });
    const answer = reach({ clock, https: nowhere });
    await clock.whenScheduled(2_000);
    await clock.advance(2_000);
    expect(await answer).toMatchObject(unreachable("time-out"));
  });
});

describe("a name that leads into a private network", () => {
  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "::1",
    "::ffff:10.0.0.1",
    "fd00:ec2::254",
    "fe80::1",
    "64:ff9b::7f00:1",
  ])("is not followed to %s", async (address) => {
    const dns = { [name]: at([], [address]) };
    expect(await reach({ dns })).toMatchObject({
      http: { kind: "unreachable", why: "private-address", address },
      https: { kind: "unreachable", why: "private-address", address },
    });
    expect(
      await probe({ dns }).challenge(name, { ours: [server] }),
    ).toMatchObject({
      why: "private-address",
    });
    expect(web.connections).toBe(0);
  });

  test("is followed to the server's own address", async () => {
    web.sites.set(name, multisite(mapping));
    const dns = { [name]: at(["10.1.2.3"]) };
    expect(await reach({ dns }, ["::ffff:10.1.2.3"])).toMatchObject({
      http: { kind: "reached", address: "10.1.2.3" },
    });
  });

  test("is told though another of its addresses is good", async () => {
    web.sites.set(name, multisite(mapping));
    const dns = { [name]: at([server, "10.1.2.3"]) };
    expect(await reach({ dns })).toMatchObject({
      http: { why: "private-address", address: "10.1.2.3" },
    });
  });

  test("is not followed there by a redirect either", async () => {
    web.sites.set(name, redirect(`http://${www}/`));
    const dns = { [www]: at(["127.0.0.1"]) };
    expect(await reach({ dns })).toMatchObject({
      http: { why: "private-address", address: "127.0.0.1" },
    });
  });

  test("cannot change its address between two requests", async () => {
    web.sites.set(
      name,
      redirect((url) => `${url.pathname}x`),
    );
    const answers = [at([server])];
    const rebinding = createReachProbe({
      lookUp: () => Promise.resolve(answers.shift() ?? at(["127.0.0.1"])),
      clock: systemClock,
      world: web.addresses,
    });
    expect(await rebinding.reach({ ...request, ours: [server] })).toMatchObject(
      { http: { kind: "redirect-loop", address: server } },
    );
  });
});

describe("the server, asked for a name by its address", () => {
  const ask = () =>
    probe({ dns: { [name]: at([elsewhere]) } }).reachAtServer({
      ...request,
      server,
    });

  test("gives it to our app, whatever DNS says, and its certificate is told", async () => {
    web.signers.set(name, "self");
    web.sites.set(name, multisite(mapping));
    expect(await ask()).toEqual({
      http: { kind: "reached", status: 200, ...met },
      https: {
        kind: "reached",
        status: 200,
        address: server,
        certificate: "DEPTH_ZERO_SELF_SIGNED_CERT",
      },
    });
  });

  test("gives it to another app", async () => {
    web.sites.set(name, page(200));
    expect(await ask()).toMatchObject({
      http: { kind: "not-this-network", unrouted: false },
    });
  });

  test("is asked on for the twin, too", async () => {
    web.sites.set(name, redirect(`http://${www}/`));
    web.sites.set(www, multisite(mapping));
    expect(await ask()).toMatchObject({
      http: { kind: "reached", address: server },
    });
  });

  test("is not asked for what is no host name", async () => {
    const { reachAtServer } = probe({});
    const answer = await reachAtServer({
      ...request,
      name: "203.0.113.1",
      server,
    });
    expect(answer.https).toMatchObject({ why: "no-address" });
    expect(web.connections).toBe(0);
  });
});

describe("an authority's challenge", () => {
  const challenge = (dns = at([server])) =>
    probe({ dns: { [name]: dns } }).challenge(name, { ours: [server] });

  test("comes through where an address of ours answers, though it finds nothing", async () => {
    web.sites.set(name, page(404));
    expect(await challenge()).toEqual({
      kind: "reachable",
      status: 404,
      ...met,
    });
    expect(web.asked[0]?.href).toMatch(
      /^http:\/\/kedai\.example\/\.well-known\/acme-challenge\/[\w-]{20,}$/,
    );
  });

  test("comes through over a redirect to HTTPS, whatever the certificate", async () => {
    web.sites.set(name, (url, response, asked) =>
      url.protocol === "http:"
        ? redirect(`https://${name}${url.pathname}`)(url, response, asked)
        : page(404)(url, response, asked),
    );
    expect(await challenge()).toMatchObject({
      kind: "reachable",
      certificate: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test("is answered elsewhere where one of the addresses is not ours", async () => {
    web.sites.set(name, page(404));
    expect(await challenge(at([server, elsewhere]))).toMatchObject({
      kind: "answered-elsewhere",
      address: elsewhere,
    });
  });

  test.each([401, 403, 503])("is blocked by status %i", async (status) => {
    web.sites.set(name, page(status));
    expect(await challenge()).toMatchObject({ kind: "blocked", status });
  });

  test("is redirected elsewhere", async () => {
    web.sites.set(name, redirect("https://login.example/"));
    expect(await challenge()).toMatchObject({
      kind: "redirected-elsewhere",
      host: "login.example",
    });
  });

  test("goes round in circles", async () => {
    web.sites.set(
      name,
      redirect((url) => url.href),
    );
    expect(await challenge()).toMatchObject({ kind: "redirect-loop" });
  });

  test("is refused where port 80 is closed", async () => {
    const { challenge: ask } = probe({ http: { host: "127.0.0.1", port: 1 } });
    expect(await ask(name, { ours: [server] })).toMatchObject({
      kind: "unreachable",
      why: "refused",
    });
  });
});
