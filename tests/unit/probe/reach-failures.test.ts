import { createServer as createPlainServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { systemClock } from "../../../sidecar/clock";
import { createReachProbe } from "../../../sidecar/probe/reach";
import { createFakeClock } from "../fake-clock";
import { multisite, page, redirect } from "./web-double";
import {
  at,
  elsewhere,
  mapping,
  met,
  name,
  probe,
  reach,
  request,
  server,
  web,
  www,
} from "./reach-world";

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
