import {
  dnsFingerprint,
  meansChange,
} from "../../../sidecar/reconcile/dns-finding";
import type { AppState } from "../../../sidecar/reconcile/ports";
import type {
  DnsAnswer,
  ServedCertificate,
} from "../../../sidecar/reconcile/probes";
import {
  enablingHelps,
  judge,
  type CertificateFacts,
} from "../../../sidecar/reconcile/ssl";

const now = Date.UTC(2026, 0, 15, 12);
const DAY = 86_400_000;
const name = "shop.example.com";
const server = "203.0.113.10";

const pointing = (addresses: string[], ipv6: string[] = []): DnsAnswer => ({
  ...{ kind: "answer", addresses, ipv6, cname: null, ttl: 300 },
});
const certificate = (
  over: Partial<ServedCertificate> = {},
): ServedCertificate => ({
  ...{
    kind: "certificate",
    matchesName: true,
    untrusted: null,
    endsAt: now + 80 * DAY,
    issuer: "R11",
  },
  ...over,
});
const other = certificate({ matchesName: false });
const silent = {
  kind: "failure",
  address: "203.0.113.10:443",
  detail: "ECONNREFUSED",
} as const;

const off = { ssl: null, autossl: { available: false, domains: [] } };
const available = { ssl: null, autossl: { available: true, domains: [name] } };
const enabled = {
  ssl: { auto: true, force: false, custom: false },
  autossl: { available: true, domains: [name] },
};
const enabledForOthers = {
  ...enabled,
  autossl: { available: true, domains: ["other.example"] },
};
const custom = {
  ssl: { auto: false, force: false, custom: true },
  autossl: { available: false, domains: [] },
};

type Ssl = Pick<AppState, "ssl" | "autossl">;
const facts = (
  ssl: Ssl,
  over: Partial<CertificateFacts> = {},
): CertificateFacts => ({
  name,
  app: {
    id: "app",
    name: "app",
    serverId: "srv",
    runtime: "php8.3",
    domains: [name],
    ...ssl,
  },
  expectedAddress: server,
  dns: pointing([server]),
  served: other,
  enableFailure: null,
  now,
  ...over,
});

const hundredAndOne = (ssl: Ssl) => {
  const { app } = facts(ssl);
  return {
    app: {
      ...app,
      domains: Array.from({ length: 101 }, (_, n) => `n${n}.example`),
    },
  };
};

const refused = {
  reason: "autossl-refused",
  params: { message: "not now" },
} as const;

describe("what is said of a name's certificate", () => {
  const cases: [
    string,
    Ssl,
    Partial<CertificateFacts>,
    boolean,
    string | null,
  ][] = [
    [
      "a valid certificate is secure",
      enabled,
      { served: certificate() },
      true,
      null,
    ],
    [
      "a valid certificate is secure wherever DNS points",
      enabled,
      { served: certificate(), dns: pointing(["198.51.100.1"]) },
      true,
      null,
    ],
    [
      "a valid certificate is secure though DNS does not answer",
      enabled,
      { served: certificate(), dns: { kind: "unanswered", detail: "x" } },
      true,
      null,
    ],
    [
      "a valid certificate is secure though ServerPilot says nothing of AutoSSL",
      { ssl: null, autossl: null },
      { served: certificate() },
      true,
      null,
    ],
    [
      "a certificate that ends in exactly 14 days is a warning",
      enabled,
      { served: certificate({ endsAt: now + 14 * DAY }) },
      true,
      "certificate-expiring",
    ],
    [
      "a certificate that ends in a moment more than 14 days is none",
      enabled,
      { served: certificate({ endsAt: now + 14 * DAY + 1 }) },
      true,
      null,
    ],
    [
      "a custom certificate for the name is secure and said",
      custom,
      { served: certificate() },
      true,
      "custom-certificate",
    ],
    [
      "a proxy before a secure name is a warning",
      enabled,
      { served: certificate(), dns: pointing(["104.16.1.1"]) },
      true,
      "dns-proxied",
    ],
    [
      "a custom certificate for another name needs a person",
      custom,
      {},
      false,
      "custom-certificate",
    ],
    [
      "a name without a record is missing",
      off,
      { dns: { kind: "missing", cname: null } },
      false,
      "dns-missing",
    ],
    [
      "a CNAME into nothing points elsewhere",
      off,
      { dns: { kind: "missing", cname: "gone.example" } },
      false,
      "dns-elsewhere",
    ],
    [
      "an address that is not the server's is elsewhere",
      off,
      { dns: pointing(["198.51.100.1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "one foreign address beside the server's is elsewhere",
      off,
      { dns: pointing([server, "198.51.100.1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "a private address is elsewhere",
      off,
      { dns: pointing(["10.0.0.1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "only IPv6 is elsewhere",
      off,
      { dns: pointing([], ["2001:db8::1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "a foreign IPv6 address is named apart",
      off,
      { dns: pointing([server], ["2001:db8::1"]) },
      false,
      "dns-ipv6-elsewhere",
    ],
    [
      "an IPv6 server is known in any spelling",
      off,
      { expectedAddress: "2001:db8:0::1", dns: pointing([], ["2001:DB8::1"]) },
      false,
      "certificate-pending",
    ],
    [
      "a resolver that does not answer is said",
      off,
      { dns: { kind: "unanswered", detail: "SERVFAIL" } },
      false,
      "dns-unanswered",
    ],
    [
      "a proxy before a name without certificate is said",
      off,
      { dns: pointing(["104.16.1.1"], ["2606:4700::1"]) },
      false,
      "dns-proxied",
    ],
    [
      "where the server's address is not known, no address is wrong",
      off,
      { expectedAddress: null, dns: pointing(["198.51.100.1"]) },
      false,
      "certificate-pending",
    ],
    [
      "DNS is right and AutoSSL is not there yet",
      off,
      {},
      false,
      "certificate-pending",
    ],
    [
      "DNS is right and ServerPilot says nothing of SSL",
      { ssl: null, autossl: null },
      {},
      false,
      "certificate-pending",
    ],
    [
      "a port that is closed before the first certificate is no fault",
      off,
      { served: silent },
      false,
      "certificate-pending",
    ],
    [
      "AutoSSL without the name lacks it",
      enabledForOthers,
      {},
      false,
      "certificate-lacks-name",
    ],
    [
      "a self-signed default certificate lacks the name",
      enabledForOthers,
      {
        served: certificate({
          matchesName: false,
          untrusted: "DEPTH_ZERO_SELF_SIGNED_CERT",
        }),
      },
      false,
      "certificate-lacks-name",
    ],
    [
      "more than 100 names explain a missing certificate",
      off,
      hundredAndOne(off),
      false,
      "over-certificate-names",
    ],
    [
      "more than 100 names explain a missing name",
      enabledForOthers,
      hundredAndOne(enabledForOthers),
      false,
      "over-certificate-names",
    ],
    [
      "an available certificate that is not served is said",
      available,
      {},
      false,
      "certificate-not-served",
    ],
    [
      "a grown certificate that is not served is said",
      enabled,
      {},
      false,
      "certificate-not-served",
    ],
    [
      "a covered name is not blamed on DNS",
      enabled,
      { dns: pointing(["198.51.100.1"]) },
      false,
      "certificate-not-served",
    ],
    [
      "ServerPilot's refusal is passed on",
      available,
      { enableFailure: refused },
      false,
      "autossl-refused",
    ],
    [
      "an old refusal is no matter for a name that is not covered",
      enabledForOthers,
      { enableFailure: refused },
      false,
      "certificate-lacks-name",
    ],
    [
      "a server that does not answer is unreachable",
      enabled,
      { served: silent },
      false,
      "server-unreachable",
    ],
    [
      "a certificate that ended is expired",
      enabled,
      { served: certificate({ endsAt: now, untrusted: "CERT_HAS_EXPIRED" }) },
      false,
      "certificate-expired",
    ],
    [
      "a certificate that ended because DNS moved away is blamed on DNS",
      enabled,
      {
        served: certificate({ endsAt: now - DAY }),
        dns: pointing(["198.51.100.1"]),
      },
      false,
      "dns-elsewhere",
    ],
    [
      "a certificate that nobody trusts is untrusted",
      enabled,
      { served: certificate({ untrusted: "SELF_SIGNED_CERT_IN_CHAIN" }) },
      false,
      "certificate-untrusted",
    ],
  ];

  test.each(cases)("%s", (_title, ssl, over, secure, reason) => {
    expect(judge(facts(ssl, over))).toMatchObject({ secure, reason });
  });

  it("says where a name points and where it should", () => {
    const dns = pointing(["198.51.100.2", "198.51.100.1"]);
    expect(judge(facts(off, { dns })).params).toEqual({
      name,
      found: "198.51.100.1, 198.51.100.2",
      expected: server,
    });
  });

  it("names the day on which a certificate ends", () => {
    const served = certificate({ endsAt: Date.UTC(2026, 0, 20) });
    expect(judge(facts(enabled, { served })).params).toMatchObject({
      date: "2026-01-20",
    });
  });
});

describe("whether enabling AutoSSL helps", () => {
  test.each<[string, boolean, Ssl, Partial<CertificateFacts>]>([
    ["available and off", true, available, {}],
    [
      "available and off, the port still closed",
      true,
      available,
      { served: silent },
    ],
    ["covers more than is served", true, enabled, {}],
    [
      "covers a name whose certificate ended",
      true,
      enabled,
      { served: certificate({ endsAt: now - 1 }) },
    ],
    ["served already", false, available, { served: certificate() }],
    ["does not cover the name", false, enabledForOthers, {}],
    ["the server does not answer", false, enabled, { served: silent }],
    ["not available", false, off, {}],
    [
      "a custom certificate is installed",
      false,
      { ...custom, autossl: { available: true, domains: [name] } },
      {},
    ],
    [
      "ServerPilot says nothing of AutoSSL",
      false,
      { ssl: null, autossl: null },
      {},
    ],
  ])("%s: %s", (_title, helps, ssl, over) => {
    expect(enablingHelps(facts(ssl, over))).toBe(helps);
  });
});

describe("what a look remembers of DNS", () => {
  const print = (dns: DnsAnswer): string =>
    dnsFingerprint(name, dns, server) ?? "";

  it("is the same whatever the order of the answer", () => {
    expect(print(pointing(["198.51.100.2", "198.51.100.1"]))).toBe(
      print(pointing(["198.51.100.1", "198.51.100.2"])),
    );
  });

  it("is nothing where nobody answered", () => {
    expect(
      dnsFingerprint(name, { kind: "unanswered", detail: "SERVFAIL" }, server),
    ).toBeNull();
  });

  it("changes its meaning when a name comes to the server, not when it moves between foreign addresses", () => {
    const one = print(pointing(["198.51.100.1"]));
    const two = print(pointing(["198.51.100.2"]));
    expect(two).not.toBe(one);
    expect(meansChange(one, two)).toBe(false);
    expect(meansChange(two, print(pointing([server])))).toBe(true);
    expect(meansChange(null, two)).toBe(true);
  });
});
