import { ADDRESS, CustomerList, type Known } from "./customer-list";

/** What a customer, who is no administrator, sees and does in UM's list of domains, on a real WordPress. */
let list: CustomerList;

jest.setTimeout(60_000);

beforeAll(async () => {
  list = await CustomerList.start();
}, 180_000);
afterAll(() => list.stop());
beforeEach(() => list.clear());

const zoneWith = (...records: object[]) => ({
  zone: "example.com",
  registered: true,
  provider: "Example DNS",
  checkedAt: 1,
  records,
});

/** A record of the zone's own name, as the sidecar keeps it. */
const record = (
  type: string,
  expected: string | null,
  found: readonly string[],
  ok = false,
) => ({ type, host: "@", expected, found, ok });

describe("a row says in plain words", () => {
  test.each<[string, Known, RegExp]>([
    [
      "that DNS is missing, with the record",
      {
        state: "securing",
        reason: "dns-missing",
        dns: zoneWith(record("A", ADDRESS, [])),
      },
      /^Waiting for your DNS\. At your DNS provider \(Example DNS\), add: A · @ · 203\.0\.113\.10\. Usually works within an hour, can take 72\. We keep checking\. Add A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Found: nothing Change only these records\. Keep your nameservers and e-mail \(MX\) records\./,
    ],
    [
      "that it points elsewhere, found beside expected",
      {
        state: "ssl-failed",
        reason: "dns-elsewhere",
        dns: zoneWith(record("A", ADDRESS, ["198.51.100.7"])),
      },
      /^Points somewhere else\. example\.com goes to 198\.51\.100\.7\. Change that A record to 203\.0\.113\.10\. Delete other A records for @\. Change A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Found: 198\.51\.100\.7/,
    ],
    [
      "that a CNAME cannot be there",
      {
        state: "securing",
        reason: "dns-apex-cname",
        dns: zoneWith(
          record("CNAME", null, ["shops.example.net"]),
          record("A", ADDRESS, []),
        ),
      },
      /^Use an A record here\. example\.com itself cannot have a CNAME\..*Delete CNAME @ shops\.example\.net Add A @ 203\.0\.113\.10/,
    ],
    [
      "that an alias of a subdomain has to go",
      {
        state: "securing",
        reason: "dns-elsewhere",
        dns: zoneWith(
          record("CNAME", null, ["shops.example.net"]),
          record("A", ADDRESS, []),
        ),
      },
      /^Points somewhere else\. example\.com goes to shops\.example\.net\. Delete that CNAME record\. At your DNS provider \(Example DNS\), add: A · @ · 203\.0\.113\.10\. Delete CNAME/,
    ],
    [
      "that a wrong record beside the right one has to go",
      {
        state: "securing",
        reason: "dns-partly-elsewhere",
        dns: zoneWith(
          record("A", ADDRESS, [ADDRESS], true),
          record("A", null, ["198.51.100.7"]),
        ),
      },
      /^Points somewhere else\. example\.com goes to 198\.51\.100\.7\. Delete that record; the other one is right\. ✓ Right A/,
    ],
    [
      "that a proxy that may work is waited for",
      { state: "securing", reason: "dns-proxied" },
      /^Your DNS is right\. Securing your domain\./,
    ],
    [
      "that one record has to go",
      {
        state: "securing",
        reason: "dns-ipv6-elsewhere",
        dns: zoneWith(
          record("A", ADDRESS, [ADDRESS], true),
          record("AAAA", null, ["2001:db8::7"]),
        ),
      },
      /^One record to delete\. The AAAA record 2001:db8::7 sends some visitors elsewhere and blocks the certificate\. ✓ Right A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Delete AAAA @ 2001:db8::7/,
    ],
    [
      "that a proxy does not reach the site",
      { state: "securing", reason: "cdn-not-reaching" },
      /^Set the record to "DNS only" until this says Live, then turn the proxy on with "Full \(strict\)"\.$/,
    ],
    [
      "that CAA forbids it",
      {
        state: "ssl-failed",
        reason: "caa-forbids",
        dns: zoneWith(
          record("CAA", '0 issue "letsencrypt.org"', [
            '0 issue "other.example"',
          ]),
        ),
      },
      /^Certificate blocked by your DNS\. Add: CAA · @ · 0 issue "letsencrypt\.org"\. We then try again by ourselves\. Add CAA @ 0 issue "letsencrypt\.org"/,
    ],
    [
      "that it is not registered",
      { state: "securing", reason: "dns-not-registered" },
      /^This domain is not registered, or has expired\./,
    ],
    [
      "that the certificate is on its way, and where the site is meanwhile",
      { state: "securing", reason: "certificate-pending" },
      /^Your DNS is right\. Securing your domain\. Usually 5 to 15 minutes\. Your site stays at bridge\.localhost\S* meanwhile\.$/,
    ],
    [
      "that others work on what its owner cannot mend, and nothing of their remedies",
      { state: "blocked", reason: "over-capacity" },
      /^We are working on this\. Nothing for you to do\.$/,
    ],
    [
      "that a trouble of ServerPilot is not theirs",
      { state: "ssl-failed", reason: "autossl-exhausted" },
      /^We are working on this\. Nothing for you to do\.$/,
    ],
    [
      "since when it is live",
      { state: "secure", liveSince: Date.UTC(2026, 2, 5) },
      /^Live and secure since March 5, 2026\. You can make it your main address with "Make Primary"\. Visit$/,
    ],
  ])("%s", async (_what, known, text) => {
    await list.map("example.com");
    await list.know("example.com", known);
    list.sidecar.calls();
    expect(await list.told()).toMatch(text);
    expect(list.sidecar.calls()).toEqual([]);
  });

  // The sidecar may know a reason before it has looked up the records, or an older one has not kept them.
  test.each<[string, RegExp]>([
    [
      "dns-elsewhere",
      /^Points somewhere else\. Change that A record to 203\.0\.113\.10\. Delete other A records for @\.$/,
    ],
    [
      "dns-partly-elsewhere",
      /^Points somewhere else\. Change that A record to 203\.0\.113\.10\. Delete other A records for @\.$/,
    ],
    [
      "dns-ipv6-elsewhere",
      /^One record to delete\. The AAAA record @ sends some visitors elsewhere and blocks the certificate\.$/,
    ],
    [
      "caa-forbids",
      /^Certificate blocked by your DNS\. Add: CAA · @ · 0 issue "letsencrypt\.org"\. We then try again by ourselves\.$/,
    ],
    [
      "dns-apex-cname",
      /^Use an A record here\. example\.com itself cannot have a CNAME\. Delete that CNAME record\. At your DNS provider, add: A · @ · 203\.0\.113\.10\.$/,
    ],
  ])("something whole where no record is known: %s", async (reason, text) => {
    await list.map("example.com");
    for (const dns of [null, zoneWith()]) {
      await list.know("example.com", {
        state: "securing",
        reason,
        dns: dns === null ? null : { ...dns, provider: null },
      });
      expect(await list.told()).toMatch(text);
    }
  });

  test.each<[string, RegExp]>([
    [
      "dns-missing",
      /^Waiting for your DNS\. Usually works within an hour, can take 72\. We keep checking\.$/,
    ],
    ["dns-elsewhere", /^Points somewhere else\. We keep checking\.$/],
    ["not-checked-yet", /^Setting up your domain\. We keep checking\.$/],
  ])(
    "no half a record where the network's address is not known: %s",
    async (reason, text) => {
      await list.map("example.com");
      await list.know("example.com", { state: "securing", reason });
      await list.withAddress("", async () => {
        expect(await list.told()).toMatch(text);
      });
    },
  );

  test("an AAAA record where the network's address is an IPv6 one", async () => {
    await list.map("example.com");
    await list.know("example.com", {
      state: "securing",
      reason: "dns-elsewhere",
    });
    await list.withAddress("2001:db8::10", async () => {
      expect(await list.told()).toMatch(
        /Change that AAAA record to 2001:db8::10\. Delete other AAAA records for @\./,
      );
    });
  });

  test("which record a name needs that was added a moment ago", async () => {
    await list.map("shop.example.com");
    expect(await list.told()).toMatch(
      /^Checking your domain\. If its DNS is not set yet, add at your DNS provider: Add A shop 203\.0\.113\.10/,
    );
  });

  test("nothing of records to people who cannot set them: the network's own names", async () => {
    await list.map("shop.bridge.localhost");
    await list.know("shop.bridge.localhost", {
      state: "securing",
      reason: "dns-missing",
    });
    expect(await list.told()).toBe(
      "We are working on this. Nothing for you to do.",
    );
  });

  test("nothing at all to another customer, who finds UM's list on a page", async () => {
    await list.map("example.com");
    await list.know("example.com", { state: "secure" });
    const html = await list.page(list.cookies.other);
    expect(html).toContain("example.com");
    expect(html).not.toMatch(
      /domain-bridge-domain|domain_bridge_(check|status)/,
    );
  });

  test("nothing where UM passes something that is no model of a domain", async () => {
    expect(
      await list.stack.wordpress.php(`return array(
        apply_filters( 'wu_domain_mapping_row_info', array( 'secure' => 1 ), new stdClass() ),
        apply_filters( 'wu_domain_mapping_row_info', null, false ),
        apply_filters( 'wu_domain_mapping_row_actions', array( 'make_primary' => 1 ), null ),
        apply_filters( 'wu_get_domain_mapping_instructions', null, null, null ) );`),
    ).toEqual([{ secure: 1 }, null, { make_primary: 1 }, null]);
  });

  test("Make Primary only once it is live: before that the site would leave an address that works", async () => {
    const offers = async () =>
      !(await list.page()).includes("domain-bridge-later");
    await list.map("example.com");
    await list.know("example.com", {
      state: "securing",
      reason: "dns-missing",
    });
    expect(await offers()).toBe(false);
    await list.know("example.com", { state: "secure" });
    expect(await offers()).toBe(true);
  });

  test("and markup in a record stays text", async () => {
    await list.map("example.com");
    await list.know("example.com", {
      state: "securing",
      reason: "dns-elsewhere",
      dns: zoneWith({
        type: "A",
        host: "<script>alert(1)</script>",
        expected: "<b>",
        found: ['"><img src=x>'],
        ok: false,
      }),
    });
    const html = await list.page();
    expect(html).not.toMatch(/<script>alert|<b>|<img src=x/);
  });

  test("a missing www name is a hint at the domain itself, once that is live", async () => {
    await list.map("example.com", ", 'primary_domain' => true");
    await list.know("www.example.com", {
      state: "securing",
      reason: "dns-missing",
    });
    await list.know("example.com", {
      state: "securing",
      reason: "dns-missing",
    });
    expect(await list.told()).not.toContain("www");
    await list.know("example.com", { state: "secure", dns: zoneWith() });
    expect(await list.told()).toBe(
      "Live and secure. Visit For www.example.com to work too, add: CNAME · www · example.com.",
    );
  });

  test("the last thing known where the sidecar is away, and nothing where its table is not there", async () => {
    await list.map("example.com");
    await list.know("example.com", { state: "secure" });
    list.sidecar.answer = "silence";
    expect(await list.told()).toContain("Live and secure");
    await list.sql("RENAME TABLE wp_domain_bridge_names TO away");
    expect(await list.told()).toContain("Checking your domain");
    await list.sql("RENAME TABLE away TO wp_domain_bridge_names");
  });
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await list.stack.wordpress.debugLog()).toBe("");
});
