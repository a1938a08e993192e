import {
  dnsFinding,
  whereOf,
  type RecordFacts,
} from "../../../sidecar/certificates/dns-findings";
import {
  dnsView,
  type DnsViewFacts,
} from "../../../sidecar/certificates/dns-view";
import type { DnsAnswer } from "../../../sidecar/reconcile/probes";
import { now, place, pointing, server } from "./facts";
import { zoneOf } from "./world-probes";

const apex = "example.com";
const www = "www.example.com";
const wrong = "198.51.100.1";
const records: RecordFacts = {
  zone: zoneOf(apex, { provider: "Cloudflare" }),
  alias: { kind: "alias", target: null },
};
const aliased = (target: string): RecordFacts => ({
  ...records,
  alias: { kind: "alias", target },
});
const missing: DnsAnswer = { kind: "missing", cname: null };

const view = (name: string, dns: DnsAnswer, over: Partial<DnsViewFacts> = {}) =>
  dnsView({
    ...records,
    name,
    dns,
    place,
    caa: null,
    reaches: null,
    before: null,
    now,
    ...over,
  });

describe("the records that a name needs", () => {
  test("are said relative to the zone, with its provider", () => {
    expect(view(www, missing)).toEqual({
      zone: apex,
      registered: true,
      provider: "Cloudflare",
      checkedAt: now,
      records: [
        { type: "A", host: "www", expected: server, found: [], ok: false },
      ],
    });
  });

  const rows: [string, ReturnType<typeof view>, object[]][] = [
    [
      "a record that is right stays",
      view(apex, pointing([server])),
      [{ type: "A", host: "@", expected: server, found: [server], ok: true }],
    ],
    [
      "an address that is wrong is replaced",
      view(apex, pointing([wrong])),
      [{ type: "A", host: "@", expected: server, found: [wrong], ok: false }],
    ],
    [
      "of several, the wrong one is deleted",
      view(apex, pointing([server, wrong])),
      [
        { type: "A", host: "@", expected: server, found: [server], ok: true },
        { type: "A", host: "@", expected: null, found: [wrong], ok: false },
      ],
    ],
    [
      "an AAAA record that leads elsewhere is deleted",
      view(apex, pointing([server], ["2001:db8::7"])),
      [
        { type: "A", host: "@", expected: server, found: [server], ok: true },
        {
          type: "AAAA",
          host: "@",
          expected: null,
          found: ["2001:db8::7"],
          ok: false,
        },
      ],
    ],
    [
      "an AAAA record is changed where the server has one",
      view(apex, pointing([server], ["2001:db8::7"]), {
        place: { ...place, ipv6: "2001:db8::10" },
      }),
      [
        { type: "A", host: "@", expected: server, found: [server], ok: true },
        {
          type: "AAAA",
          host: "@",
          expected: "2001:db8::10",
          found: ["2001:db8::7"],
          ok: false,
        },
      ],
    ],
    [
      "a CNAME that leads here may stay",
      view(www, pointing([server]), aliased("network.example")),
      [
        {
          type: "CNAME",
          host: "www",
          expected: "network.example",
          found: ["network.example"],
          ok: true,
        },
      ],
    ],
    [
      "a CNAME that leads elsewhere goes, and an A record comes",
      view(apex, pointing([wrong]), aliased("shops.example.net")),
      [
        {
          type: "CNAME",
          host: "@",
          expected: null,
          found: ["shops.example.net"],
          ok: false,
        },
        { type: "A", host: "@", expected: server, found: [], ok: false },
      ],
    ],
    [
      "a proxy's address is right as long as it reaches the network",
      view(apex, pointing(["104.16.1.1"]), { reaches: true }),
      [
        {
          type: "A",
          host: "@",
          expected: "104.16.1.1",
          found: ["104.16.1.1"],
          ok: true,
        },
      ],
    ],
    [
      "a proxy's address is wrong where it does not",
      view(apex, pointing(["104.16.1.1"]), { reaches: false }),
      [
        {
          type: "A",
          host: "@",
          expected: server,
          found: ["104.16.1.1"],
          ok: false,
        },
      ],
    ],
    [
      "CAA records that forbid Let's Encrypt get one that allows it",
      view(www, pointing([server]), {
        caa: { kind: "caa", forbids: true, at: apex, values: ['0 issue ";"'] },
      }),
      [
        { type: "A", host: "www", expected: server, found: [server], ok: true },
        {
          type: "CAA",
          host: "@",
          expected: '0 issue "letsencrypt.org"',
          found: ['0 issue ";"'],
          ok: false,
        },
      ],
    ],
  ];
  test.each(rows)("%s", (_what, { records: shown }, expected) => {
    expect(shown).toEqual(expected);
  });

  test("stay as they were while the DNS servers do not answer", () => {
    const before = view(apex, pointing([wrong]));
    const after = view(
      apex,
      { kind: "unanswered", detail: "x" },
      {
        before,
        zone: { kind: "unanswered", detail: "x" },
        now: now + 1,
      },
    );
    expect(after).toEqual({ ...before, checkedAt: now + 1 });
  });
});

describe("what is said of a name's records", () => {
  const said = (name: string, dns: DnsAnswer, known: RecordFacts) =>
    dnsFinding(name, whereOf(dns, place.ours), place, known);

  test("a domain that is not registered, or has lapsed, is told from one without records", () => {
    const zone = zoneOf(apex, { registered: false });
    expect(said(www, missing, { ...records, zone })).toEqual({
      reason: "dns-not-registered",
      params: { name: www, zone: apex },
    });
    expect(said(www, missing, records)).toMatchObject({
      reason: "dns-missing",
      params: { host: "www", expected: server },
    });
  });

  test("a CNAME at the zone itself is told from one below it", () => {
    const known = aliased("shops.example.net");
    expect(said(apex, pointing([wrong]), known)).toEqual({
      reason: "dns-apex-cname",
      params: {
        name: apex,
        host: "@",
        found: "shops.example.net",
        expected: server,
      },
    });
    expect(said(www, pointing([wrong]), known)?.reason).toBe("dns-elsewhere");
  });

  test("of several addresses only the wrong ones are named", () => {
    expect(said(apex, pointing([server, wrong]), records)).toMatchObject({
      reason: "dns-partly-elsewhere",
      params: { found: wrong, expected: server },
    });
    expect(
      said(apex, pointing([server], ["2001:db8::7"]), records),
    ).toMatchObject({
      reason: "dns-ipv6-elsewhere",
      params: { found: "2001:db8::7" },
    });
  });

  test("a second address and an IPv6 address that are ours are right", () => {
    const ours = [server, "203.0.113.20", "2001:db8::10"];
    expect(whereOf(pointing(["203.0.113.20"], ["2001:db8::10"]), ours)).toEqual(
      {
        kind: "here",
      },
    );
  });
});
