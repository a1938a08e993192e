import {
  dnsFingerprint,
  meansChange,
} from "../../../sidecar/certificates/dns-findings";
import type { CertificateFacts } from "../../../sidecar/certificates/facts";
import type { DnsAnswer } from "../../../sidecar/reconcile/probes";
import { type Ssl, judged, name, off, place, pointing, server } from "./facts";

describe("what is said of where a name points", () => {
  const cases: [
    string,
    Ssl,
    Partial<CertificateFacts>,
    boolean,
    string | null,
  ][] = [
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
      "dns-partly-elsewhere",
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
      {
        place: { ...place, ours: ["2001:db8:0::1"] },
        dns: pointing([], ["2001:DB8::1"]),
      },
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
      {
        place: { server: null, ours: [], ipv4: null, ipv6: null },
        dns: pointing(["198.51.100.1"]),
      },
      false,
      "certificate-pending",
    ],
  ];

  test.each(cases)("%s", (_title, ssl, over, secure, reason) => {
    expect(judged(ssl, over)).toMatchObject({ secure, reason });
  });

  it("says where a name points and where it should", () => {
    const dns = pointing(["198.51.100.2", "198.51.100.1"]);
    expect(judged(off, { dns }).params).toEqual({
      name,
      host: "shop",
      found: "198.51.100.1, 198.51.100.2",
      expected: server,
    });
  });
});

describe("what a check remembers of DNS", () => {
  const print = (dns: DnsAnswer): string => dnsFingerprint(dns, [server]) ?? "";

  it("is the same whatever the order of the answer", () => {
    expect(print(pointing(["198.51.100.2", "198.51.100.1"]))).toBe(
      print(pointing(["198.51.100.1", "198.51.100.2"])),
    );
  });

  it("is nothing where nobody answered", () => {
    expect(
      dnsFingerprint({ kind: "unanswered", detail: "SERVFAIL" }, [server]),
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
