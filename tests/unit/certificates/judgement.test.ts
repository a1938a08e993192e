import type { CertificateFacts } from "../../../sidecar/certificates/facts";
import {
  DAY,
  type Ssl,
  available,
  certificate,
  custom,
  enabled,
  enabledForOthers,
  hundredAndOne,
  judged,
  now,
  off,
  pointing,
  refused,
  silent,
} from "./facts";

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
      "a valid certificate is not secure while DNS points elsewhere",
      enabled,
      { served: certificate(), dns: pointing(["198.51.100.1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "a valid certificate is not secure while one of the addresses is elsewhere",
      enabled,
      {
        served: certificate(),
        dns: pointing(["203.0.113.10", "198.51.100.1"]),
      },
      false,
      "dns-partly-elsewhere",
    ],
    [
      "a valid certificate is not secure while the IPv6 address is elsewhere",
      enabled,
      {
        served: certificate(),
        dns: pointing(["203.0.113.10"], ["2001:db8::7"]),
      },
      false,
      "dns-ipv6-elsewhere",
    ],
    [
      "a valid certificate is not secure while DNS has no address",
      enabled,
      { served: certificate(), dns: { kind: "missing", cname: null } },
      false,
      "dns-missing",
    ],
    [
      "a valid custom certificate is not secure while DNS points elsewhere",
      custom,
      { served: certificate(), dns: pointing(["198.51.100.1"]) },
      false,
      "dns-elsewhere",
    ],
    [
      "a name that moved away is no longer secure",
      enabled,
      {
        served: certificate(),
        dns: pointing(["198.51.100.1"]),
        wasSecure: true,
      },
      false,
      "dns-elsewhere",
    ],
    [
      "a new name with a valid certificate waits for DNS to answer",
      enabled,
      { served: certificate(), dns: { kind: "unanswered", detail: "x" } },
      false,
      "dns-unanswered",
    ],
    [
      "a secure name stays secure though DNS does not answer",
      enabled,
      {
        served: certificate(),
        dns: { kind: "unanswered", detail: "x" },
        wasSecure: true,
      },
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
      "a proxy before a name that has no mapping is said, and it is secure",
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
    expect(judged(ssl, over)).toMatchObject({ secure, reason });
  });

  it("names the day on which a certificate ends", () => {
    const served = certificate({ endsAt: Date.UTC(2026, 0, 20) });
    expect(judged(enabled, { served }).params).toMatchObject({
      date: "2026-01-20",
    });
  });
});
