import { systemClock } from "../../../sidecar/clock";
import { createReachProbe } from "../../../sidecar/probe/reach";
import { type DnsAnswer } from "../../../sidecar/reconcile/probes";
import { goodNonce, multisite, page, redirect } from "./web-double";
import {
  at,
  elsewhere,
  mapping,
  met,
  name,
  reach,
  request,
  server,
  web,
  www,
} from "./reach-world";

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
