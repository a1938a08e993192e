import {
  isOurs,
  isPublic,
  ownAddresses,
  proxyNetworkOf,
} from "../../../sidecar/certificates/addresses";
import type { DnsAnswer } from "../../../sidecar/reconcile/probes";

const resolved = (addresses: string[], ipv6: string[] = []): DnsAnswer => ({
  kind: "answer",
  addresses,
  ipv6,
  cname: null,
  ttl: 60,
});

describe("the addresses that are ours", () => {
  const known = {
    server: ["203.0.113.10"],
    configured: [],
    networkDomain: null,
  };

  test("are the server's, those that the operator names and those of the network's domain, each once", () => {
    expect(
      ownAddresses({
        server: ["203.0.113.10"],
        configured: ["203.0.113.20", "2001:DB8:0::10"],
        networkDomain: resolved(
          ["203.0.113.10", "203.0.113.30"],
          ["2001:db8::10", "2001:db8::30"],
        ),
      }),
    ).toEqual([
      "203.0.113.10",
      "203.0.113.20",
      "2001:db8::10",
      "203.0.113.30",
      "2001:db8::30",
    ]);
  });

  test("do not include those of a proxy before the network's domain: everybody is behind it", () => {
    const networkDomain = resolved(["104.16.1.1"], ["2606:4700::1"]);
    expect(ownAddresses({ ...known, networkDomain })).toEqual(["203.0.113.10"]);
  });

  test("do not include private ones that the network's domain has inside, but those that the operator names", () => {
    const networkDomain = resolved(["10.0.0.5"], ["fd00::5"]);
    expect(
      ownAddresses({ ...known, configured: ["10.0.0.6"], networkDomain }),
    ).toEqual(["203.0.113.10", "10.0.0.6"]);
  });

  test.each<[string, DnsAnswer]>([
    ["is missing", { kind: "missing", cname: null }],
    ["does not answer", { kind: "unanswered", detail: "SERVFAIL" }],
  ])("are the others while the network's domain %s", (_what, networkDomain) => {
    expect(ownAddresses({ ...known, networkDomain })).toEqual(["203.0.113.10"]);
  });

  test("leave out what is no address", () => {
    expect(ownAddresses({ ...known, server: ["", "host.example"] })).toEqual(
      [],
    );
  });
});

describe("an address", () => {
  test.each([
    ["2001:db8::1", "2001:DB8:0:0::0001", true],
    ["203.0.113.10", "::ffff:203.0.113.10", true],
    ["203.0.113.10", "203.0.113.1", false],
    ["", "", false],
  ])("%s is ours where %s is: %s", (address, own, expected) => {
    expect(isOurs(address, [own])).toBe(expected);
  });

  test.each([
    ["104.16.1.1", "Cloudflare"],
    ["::ffff:104.16.1.1", "Cloudflare"],
    ["2a04:4e42::1", "Fastly"],
    ["192.88.134.9", "Sucuri"],
    ["203.0.113.10", null],
    ["host.example", null],
  ])("%s belongs to the proxy network %s", (address, network) => {
    expect(proxyNetworkOf(address)).toBe(network);
  });

  test.each([
    "203.0.113.10",
    "8.8.8.8",
    "172.32.0.1",
    "2001:db8::1",
    "2606:4700::1",
  ])("%s is of the public internet", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test.each([
    "10.0.0.1",
    "127.8.8.8",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.192",
    "198.18.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "224.0.0.1",
    "168.63.129.16",
    "::",
    "::7f00:1",
    "::ffff:7f00:1",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1%eth0",
    "fec0::1",
    "fd12::1",
    "ff02::1",
    "host.example",
    "",
  ])("%s is not", (address) => {
    expect(isPublic(address)).toBe(false);
  });
});
