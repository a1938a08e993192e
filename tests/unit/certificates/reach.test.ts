import type { CertificateFacts } from "../../../sidecar/certificates/facts";
import { judge } from "../../../sidecar/certificates/judgement";
import type { AppOfAccount } from "../../../sidecar/reconcile/ports";
import {
  app,
  calm,
  certificate,
  enabled,
  facts,
  finding,
  both,
  judged,
  name,
  off,
  pointing,
  reaching,
  server,
} from "./facts";

const proxy = pointing(["104.16.1.1"]);
const away = pointing(["198.51.100.1"]);
const served = certificate();

const appNamed = (over: Partial<AppOfAccount>): AppOfAccount => ({
  id: "other",
  name: "alpha",
  serverId: "srv",
  domains: [name],
  ...over,
});

describe("a name with a valid certificate is called secure", () => {
  test.each<[string, Partial<CertificateFacts>]>([
    ["where it reaches this network", { ...reaching(finding.reached) }],
    ["where its addresses are ours and nothing can be asked", reaching(null)],
    [
      "where its addresses are ours and no answer comes",
      reaching(finding.away),
    ],
    [
      "where its addresses are ours and WordPress only does not know it yet",
      reaching(finding.unrouted),
    ],
    [
      "where its addresses are elsewhere, and lead here all the same",
      { dns: away, ...reaching(finding.reached) },
    ],
    [
      "where its addresses are ours and UM has never answered to a nonce: an older UM shows the site instead",
      { reachWorks: false, ...reaching(finding.page) },
    ],
  ])("%s", (_where, over) => {
    expect(judged(enabled, { served, ...over })).toMatchObject({
      secure: true,
      reason: null,
    });
  });

  test.each<[string, Partial<CertificateFacts>]>([
    ["it reaches this network", reaching(finding.reached)],
    [
      "that cannot be told, and UM's own check of DNS has passed",
      reaching(finding.challenge, { stage: "checking-ssl-cert" }),
    ],
    [
      "that cannot be told for want of nonces, and UM has it as done",
      reaching(null, { stage: "done" }),
    ],
    [
      "that cannot be told for a site that has no mapping",
      reaching(null, { stage: null }),
    ],
  ])("behind a proxy, where %s", (_where, over) => {
    expect(judged(enabled, { served, dns: proxy, ...over })).toMatchObject({
      secure: true,
      reason: "dns-proxied",
    });
  });

  test("where it answers with an error, which is said", () => {
    expect(judged(enabled, { served, ...reaching(finding.error) })).toEqual({
      secure: true,
      reason: "error-page",
      params: { name, status: 525 },
    });
  });
});

describe("a name with a valid certificate is not called secure", () => {
  test.each<[string, Partial<CertificateFacts>, string]>([
    [
      "while its addresses are elsewhere and another site answers",
      { dns: away, ...reaching(finding.page) },
      "dns-elsewhere",
    ],
    [
      "while its addresses are elsewhere and nothing can be asked, whatever UM says",
      { dns: away, ...reaching(null, { stage: "done" }) },
      "dns-elsewhere",
    ],
    [
      "while a registrar forwards visitors from elsewhere to the network",
      { dns: away, ...reaching(finding.unrouted) },
      "dns-elsewhere",
    ],
    [
      "while a proxy does not reach this network",
      {
        dns: proxy,
        ...reaching(finding.error, { atServer: both(finding.reached) }),
      },
      "cdn-not-reaching",
    ],
    [
      "while a proxy and the server redirect to each other",
      {
        dns: proxy,
        ...reaching(finding.loop, { atServer: both(finding.reached) }),
      },
      "redirect-loop",
    ],
    [
      "while it cannot be told behind a proxy, and UM's own check of DNS has not passed",
      { dns: proxy, ...reaching(finding.challenge) },
      "dns-proxied",
    ],
    [
      "while another app of the server gets its visitors",
      reaching(finding.page, { apps: [appNamed({})] }),
      "taken-by-app",
    ],
    [
      "while another app gets its visitors through a proxy",
      {
        dns: proxy,
        ...reaching(finding.page, {
          atServer: both(finding.page),
          apps: [appNamed({})],
        }),
      },
      "taken-by-app",
    ],
    [
      "while another site answers at our address",
      reaching(finding.page),
      "another-site",
    ],
    [
      "while our address redirects it to another site",
      reaching(finding.redirect),
      "redirects-elsewhere",
    ],
    ["while it redirects for ever", reaching(finding.loop), "redirect-loop"],
    [
      "while another certificate is served where it leads to",
      reaching({
        ...finding.reached,
        certificate: "ERR_TLS_CERT_ALTNAME_INVALID",
      }),
      "certificate-untrusted",
    ],
    ["while its DNS keeps changing", { isUnsteady: true }, "dns-alternates"],
  ])("%s", (_while, over, reason) => {
    expect(judged(enabled, { served, ...over })).toMatchObject({
      secure: false,
      reason,
    });
  });

  test("the app that takes it is named", () => {
    const over = reaching(finding.page, { apps: [appNamed({})] });
    expect(judged(enabled, { served, ...over }).params).toEqual({
      name,
      app: "alpha",
    });
  });

  test.each<[string, Partial<AppOfAccount>]>([
    ["comes later in the alphabet", { name: "zeta" }],
    ["is on another server", { serverId: "elsewhere" }],
    ["has other domains", { domains: ["other.example"] }],
    ["is our own", { id: "app" }],
  ])("an app that %s does not take it", (_what, over) => {
    const one = reaching(finding.page, { apps: [appNamed(over)] });
    expect(judged(enabled, { served, ...one }).reason).toBe("another-site");
  });
});

describe("a name without a certificate", () => {
  test("behind a proxy that does not reach the network is told to switch it off until it is live", () => {
    const over = { dns: proxy, ...reaching(finding.error) };
    expect(judged(off, over)).toMatchObject({
      reason: "cdn-not-reaching",
      params: { network: "Cloudflare", detail: "HTTP 525" },
    });
  });

  test("behind a proxy that reaches the network just waits", () => {
    expect(
      judged(off, { dns: proxy, ...reaching(finding.reached) }).reason,
    ).toBe("dns-proxied");
  });

  test("that leads here through foreign addresses is not told to change its DNS", () => {
    expect(
      judged(off, { dns: away, ...reaching(finding.reached) }).reason,
    ).toBe("certificate-pending");
  });
});

test("nothing is asked for a name that waits for its certificate with the right DNS", () => {
  expect(judge(facts(off, { gathered: {} }))).toMatchObject({
    reason: "certificate-pending",
  });
});

test("a name of which only the www is mapped is told so once it is secure", () => {
  const over = { served, bareZone: "example.com" };
  expect(judged(enabled, over)).toMatchObject({
    secure: true,
    reason: "only-www-mapped",
    params: { bare: "example.com" },
  });
});

describe("once all tries are over, the cause is looked for", () => {
  const forbids = {
    kind: "caa",
    forbids: true,
    at: "example.com",
    values: ['0 issue "digicert.com"'],
  } as const;
  const silentCaa = {
    kind: "unanswered",
    at: "example.com",
    detail: "REFUSED",
  } as const;
  const closed = {
    kind: "unreachable",
    why: "refused",
    address: server,
    detail: "ECONNREFUSED",
  } as const;
  const blocked = {
    kind: "blocked",
    address: server,
    certificate: null,
    status: 403,
  } as const;

  test.each<[string, CertificateFacts["gathered"], string]>([
    [
      "another app has the name",
      { apps: [appNamed({})], caa: forbids },
      "taken-by-app",
    ],
    [
      "CAA records forbid it, above all others",
      { caa: forbids, challenge: closed },
      "caa-forbids",
    ],
    ["nobody answers for CAA records", { caa: silentCaa }, "caa-unanswered"],
    ["port 80 is closed", { challenge: closed }, "port-80-closed"],
    ["/.well-known is refused", { challenge: blocked }, "challenge-blocked"],
    [
      "/.well-known is redirected to another site",
      { challenge: { ...finding.redirect } },
      "challenge-blocked",
    ],
    [
      "/.well-known is redirected for ever",
      { challenge: { ...finding.loop } },
      "challenge-blocked",
    ],
    [
      "nothing is wrong: Let's Encrypt's limits are left",
      {},
      "rate-limit-suspected",
    ],
    [
      "this machine has no way to the address, which says nothing",
      { challenge: { ...closed, why: "no-route" } },
      "rate-limit-suspected",
    ],
  ])("%s", (_why, gathered, reason) => {
    const over = { isFinal: true, gathered: { ...calm, ...gathered } };
    expect(judged(off, over).reason).toBe(reason);
  });

  test("more than 100 names explain it before Let's Encrypt's limits do", () => {
    const many = Array.from({ length: 101 }, (_, n) => `n${n}.example`);
    const over = { isFinal: true, app: { ...app(off), domains: many } };
    expect(judged(off, over).reason).toBe("over-certificate-names");
  });

  test("but not where DNS is wrong, or ServerPilot has the certificate", () => {
    const isFinal = true;
    expect(judged(off, { isFinal, dns: away }).reason).toBe("dns-elsewhere");
    expect(judged(enabled, { isFinal }).reason).toBe("certificate-not-served");
  });
});

test("what ServerPilot says of SSL and is not understood is no reason to conclude anything", () => {
  const unreadable = { ...app(off), sslUnreadable: true };
  expect(judged(off, { app: unreadable })).toMatchObject({
    secure: false,
    reason: "ssl-unreadable",
  });
  expect(judged(off, { app: unreadable, served })).toMatchObject({
    secure: true,
    reason: null,
  });
});
