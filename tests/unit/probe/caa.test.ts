import { systemClock } from "../../../sidecar/clock";
import { createDnsProbe } from "../../../sidecar/probe/dns";
import {
  fromZoneFile,
  startDnsDouble,
  type DnsDouble,
  type Entry,
} from "./dns-double";

const REFUSED = 5;

let server: DnsDouble;
beforeAll(async () => {
  server = await startDnsDouble();
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(() => server.stop());

const probe = () =>
  createDnsProbe({ servers: [server.address], clock: systemClock });

const ns = (name: string, data: string): Entry => ({ name, type: "NS", data });
const a = (name: string): Entry => ({ name, type: "A", data: "203.0.113.1" });
const cname = (name: string, data: string): Entry => ({
  name,
  type: "CNAME",
  data,
});
const caa = (name: string, tag: string, value: string, flags = 0): Entry => ({
  name,
  type: "CAA",
  data: { flags, tag, value },
});

describe("CAA", () => {
  const name = "shop.example.com";
  const ask = (entries: readonly Entry[], failing = {}) => {
    server.answer = fromZoneFile([a(name), ...entries], failing);
    return probe().caa(name);
  };

  test("that nobody set forbids nothing, and is asked for up to the top-level domain", async () => {
    expect(await ask([])).toEqual({
      kind: "caa",
      forbids: false,
      at: null,
      values: [],
    });
    expect(server.asked).toEqual([
      "CAA shop.example.com",
      "CAA example.com",
      "CAA com",
    ]);
  });

  test("of the nearest ancestor counts, and no other", async () => {
    expect(
      await ask([
        caa("example.com", "issue", "digicert.com"),
        caa("com", "issue", "letsencrypt.org"),
      ]),
    ).toEqual({
      kind: "caa",
      forbids: true,
      at: "example.com",
      values: ['0 issue "digicert.com"'],
    });
    expect(
      await ask([
        caa(name, "issue", "letsencrypt.org"),
        caa("example.com", "issue", ";"),
      ]),
    ).toMatchObject({ forbids: false, at: name });
  });

  test("of what a CNAME leads to counts as the name's own", async () => {
    server.answer = fromZoneFile([
      cname("www.example.com", "host.example.net"),
      caa("host.example.net", "issue", "sectigo.com"),
    ]);
    expect(await probe().caa("www.example.com")).toMatchObject({
      forbids: true,
      at: "www.example.com",
    });
  });

  test.each<[string, [string, string, number?][], boolean]>([
    ["only other authorities", [["issue", "sectigo.com"]], true],
    ["nobody", [["issue", ";"]], true],
    [
      "Let's Encrypt among others",
      [
        ["issue", "sectigo.com"],
        ["ISSUE", " LetsEncrypt.org "],
      ],
      false,
    ],
    ["wildcards only", [["issuewild", ";"]], false],
    ["mail for reports only", [["iodef", "mailto:a@example.com"]], false],
    [
      "the challenge that ServerPilot uses",
      [["issue", "letsencrypt.org; validationmethods=dns-01,http-01"]],
      false,
    ],
    [
      "another challenge",
      [["issue", "letsencrypt.org; validationmethods=dns-01"]],
      true,
    ],
    [
      "the account of somebody",
      [["issue", "letsencrypt.org;accounturi=https://acme.example/1"]],
      true,
    ],
    ["something critical that is new", [["future", "x", 128]], true],
    ["something new", [["future", "x"]], false],
  ])("that names %s: %j, forbidden %s", async (_who, properties, forbids) => {
    const entries = properties.map(([tag, value, flags]) =>
      caa("example.com", tag, value, flags),
    );
    expect(await ask(entries)).toMatchObject({ kind: "caa", forbids });
  });

  test("that a name server refuses to be asked for is said with the name it is about", async () => {
    expect(
      await ask([ns("example.com", "ns1.old.example")], {
        "CAA example.com": REFUSED,
      }),
    ).toEqual({ kind: "unanswered", at: "example.com", detail: "REFUSED" });
  });
});
