import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrations, tablesFor } from "../../sidecar/mysql/schema";
import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** What a customer, who is no administrator, sees and does in UM's list of domains, on a real WordPress. */
let stack: Stack;
const sidecar = new RecordingSidecar(sidecarSecret);
const cookies = { owner: "", other: "" };

const ADDRESS = "203.0.113.10";

const sql = (statement: string, values: readonly unknown[] = []) =>
  stack.mariadb.run(statement, values, stack.database);

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar);
  for (const step of migrations)
    for (const statement of step(tablesFor("wp_"))) await sql(statement);
  await stack.wordpress.php(`
    update_network_option( null, 'um_double_customers', array( 1 => wpmu_create_user( 'owner', 'password', 'owner@example.com' ) ) );
    wpmu_create_user( 'other', 'password', 'other@example.com' );
    update_network_option( null, 'domain_bridge_address', '${ADDRESS}' );`);
  await writeFile(
    join(stack.wordpress.root, "wp-content/mu-plugins/nonce.php"),
    "<?php add_action( 'init', function () { if ( isset( $_GET['nonce_of'] ) ) { die( wp_create_nonce( $_GET['nonce_of'] ) ); } } );",
  );
  cookies.owner = await stack.wordpress.login("owner");
  cookies.other = await stack.wordpress.login("other");
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

beforeEach(async () => {
  await stack.wordpress.php(
    "global $wpdb; $wpdb->query( \"DELETE FROM {$wpdb->base_prefix}wu_domain_mappings\" ); delete_site_transient( 'domain_bridge_checks_' . get_user_by( 'login', 'owner' )->ID ); wp_cache_flush();",
  );
  await sql("DELETE FROM wp_domain_bridge_names");
  sidecar.answer = "friendly";
  sidecar.calls();
});

const map = (domain: string, more = "") =>
  stack.wordpress.php(
    `return wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1${more} ) )->get_id();`,
  ) as Promise<number>;

interface Known {
  state: string;
  reason?: string;
  dns?: object | null;
  liveSince?: number;
}

/** Writes what the sidecar knows of a name. */
function know(
  name: string,
  { state, reason, dns = null, liveSince }: Known,
): Promise<number> {
  return sql(
    `REPLACE INTO wp_domain_bridge_names (name, kind, owned, state, reason, params, changed_at, dns, live_since)
     VALUES (?, 'mapping', 1, ?, ?, '{}', 1, ?, ?)`,
    [
      name,
      state,
      reason ?? null,
      dns === null ? null : JSON.stringify(dns),
      liveSince ?? null,
    ],
  );
}

const zoneWith = (...records: object[]) => ({
  zone: "example.com",
  registered: true,
  provider: "Example DNS",
  checkedAt: 1,
  records,
});

const page = async (cookie = cookies.owner) =>
  (await stack.wordpress.request("/?um_double_account=1", { cookie })).body;

/** The text of the row as a person reads it. */
const told = async (): Promise<string> => {
  const row = /<span class="domain-bridge-domain.*?<\/span>\s*<\/div>/s.exec(
    await page(),
  );
  return (row?.[0] ?? "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&#039;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, " ")
    .trim();
};

describe("a row says in plain words", () => {
  test.each<[string, Known, RegExp]>([
    [
      "that DNS is missing, with the record",
      {
        state: "securing",
        reason: "dns-missing",
        dns: zoneWith({
          type: "A",
          host: "@",
          expected: ADDRESS,
          found: [],
          ok: false,
        }),
      },
      /^Waiting for your DNS\. At your DNS provider \(Example DNS\), add the record below\. Usually works within an hour, can take 72\. We keep checking\. Add A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Found: nothing Change only these records\. Keep your nameservers and e-mail \(MX\) records\./,
    ],
    [
      "that it points elsewhere, found beside expected",
      {
        state: "ssl-failed",
        reason: "dns-elsewhere",
        dns: zoneWith({
          type: "A",
          host: "@",
          expected: ADDRESS,
          found: ["198.51.100.7"],
          ok: false,
        }),
      },
      /^Points somewhere else\. example\.com goes to 198\.51\.100\.7\. Change that A record to 203\.0\.113\.10\. Delete other A records for @\. Change A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Found: 198\.51\.100\.7/,
    ],
    [
      "that a CNAME cannot be there",
      {
        state: "securing",
        reason: "dns-apex-cname",
        dns: zoneWith(
          {
            type: "CNAME",
            host: "@",
            expected: null,
            found: ["shops.example.net"],
            ok: false,
          },
          { type: "A", host: "@", expected: ADDRESS, found: [], ok: false },
        ),
      },
      /^Use an A record here\. example\.com itself cannot have a CNAME\..*Delete CNAME @ shops\.example\.net Add A @ 203\.0\.113\.10/,
    ],
    [
      "that one record has to go",
      {
        state: "securing",
        reason: "dns-ipv6-elsewhere",
        dns: zoneWith(
          {
            type: "A",
            host: "@",
            expected: ADDRESS,
            found: [ADDRESS],
            ok: true,
          },
          {
            type: "AAAA",
            host: "@",
            expected: null,
            found: ["2001:db8::7"],
            ok: false,
          },
        ),
      },
      /^One record to delete\. The AAAA record 2001:db8::7 sends some visitors elsewhere and blocks the certificate\. ✓ Right A @ 203\.0\.113\.10 Copy 203\.0\.113\.10 Delete AAAA @ 2001:db8::7/,
    ],
    [
      "that a proxy does not reach the site",
      { state: "securing", reason: "cdn-not-reaching" },
      /^Set the record to "DNS only"\..*Full \(strict\)/,
    ],
    [
      "that CAA forbids it",
      {
        state: "ssl-failed",
        reason: "caa-forbids",
        dns: zoneWith({
          type: "CAA",
          host: "@",
          expected: '0 issue "letsencrypt.org"',
          found: ['0 issue "other.example"'],
          ok: false,
        }),
      },
      /^Certificate blocked by your DNS\. Add the CAA record below\. We then try again by ourselves\. Change CAA @ 0 issue "letsencrypt\.org"/,
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
    await map("example.com");
    await know("example.com", known);
    sidecar.calls();
    expect(await told()).toMatch(text);
    expect(sidecar.calls()).toEqual([]);
  });

  test("which record a name needs that was added a moment ago", async () => {
    await map("shop.example.com");
    expect(await told()).toMatch(
      /^Checking your domain\. If its DNS is not set yet, add at your DNS provider: Add A shop 203\.0\.113\.10/,
    );
  });

  test("and markup in a record stays text", async () => {
    await map("example.com");
    await know("example.com", {
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
    const html = await page();
    expect(html).not.toMatch(/<script>alert|<b>|<img src=x/);
  });

  test("a missing www name is a hint at the domain itself, once that is live", async () => {
    await map("example.com", ", 'primary_domain' => true");
    await know("www.example.com", { state: "securing", reason: "dns-missing" });
    await know("example.com", { state: "securing", reason: "dns-missing" });
    expect(await told()).not.toContain("www");
    await know("example.com", { state: "secure", dns: zoneWith() });
    expect(await told()).toBe(
      "Live and secure. Visit For www.example.com to work too, add: CNAME · www · example.com.",
    );
  });

  test("the last thing known where the sidecar is away, and nothing where its table is not there", async () => {
    await map("example.com");
    await know("example.com", { state: "secure" });
    sidecar.answer = "silence";
    expect(await told()).toContain("Live and secure");
    await sql("RENAME TABLE wp_domain_bridge_names TO away");
    expect(await told()).toContain("Checking your domain");
    await sql("RENAME TABLE away TO wp_domain_bridge_names");
  });
});

describe("Check now", () => {
  /** The link's address, for whoever gets the page. */
  const address = async () =>
    (
      /href="([^"]*action=domain_bridge_check[^"]*)"/.exec(await page())?.[1] ??
      ""
    )
      .replace(/&#038;|&amp;/g, "&")
      .replace(stack.wordpress.url, "");

  beforeEach(async () => {
    await map("example.com");
    await know("example.com", { state: "securing", reason: "dns-missing" });
    sidecar.requests.length = 0;
  });

  const retries = () =>
    sidecar.requests
      .splice(0)
      .filter(({ path }) => path.endsWith("/sync"))
      .map(({ body }) => body);

  test("has the sidecar check the name, and answers with the row", async () => {
    const answer = await stack.wordpress.request(
      `${await address()}&script=1`,
      { cookie: cookies.owner },
    );
    expect(answer.json()).toMatchObject({
      success: true,
      data: {
        live: false,
        html: expect.stringContaining("Waiting for your DNS") as string,
      },
    });
    expect(retries()).toEqual([{ retry: ["example.com"] }]);
  });

  test("without JavaScript leads back to the list", async () => {
    const { status } = await stack.wordpress.request(await address(), {
      cookie: cookies.owner,
    });
    expect(status).toBe(302);
    expect(retries()).toHaveLength(1);
  });

  test("is a 404 for another customer, also with a nonce of their own, and the sidecar hears nothing", async () => {
    const id = /domain=(\d+)/.exec(await address())?.[1] ?? "";
    const nonce = await stack.wordpress.request(
      `/?nonce_of=domain_bridge_check${id}`,
      { cookie: cookies.other },
    );
    for (const url of [
      await address(),
      `/wp-admin/admin-ajax.php?action=domain_bridge_check&domain=${id}&_wpnonce=${nonce.body}`,
    ]) {
      const { status } = await stack.wordpress.request(url, {
        cookie: cookies.other,
      });
      expect(status).toBe(404);
    }
    expect(retries()).toEqual([]);
  });

  test("that is pressed again and again is asked once", async () => {
    for (let n = 0; n < 5; n += 1)
      await stack.wordpress.request(`${await address()}&script=1`, {
        cookie: cookies.owner,
      });
    expect(retries()).toHaveLength(1);
  });
});

describe("a new domain", () => {
  const add = async (domain: string, more: Record<string, string> = {}) => {
    const nonce = await stack.wordpress.request(
      "/?nonce_of=wu_form_user_add_new_domain",
      { cookie: cookies.owner },
    );
    const answer = await stack.wordpress.request("/?wu-ajax=1", {
      cookie: cookies.owner,
      body: {
        action: "wu_form_handler",
        form: "user_add_new_domain",
        current_site: "1",
        domain,
        _wpnonce: nonce.body,
        ...more,
      },
    });
    return answer.json() as { success: boolean; data?: { message: string }[] };
  };
  const mapped = () =>
    stack.wordpress.php(
      "return array_map( function ( $d ) { return $d->get_domain(); }, wu_get_domains( array() ) );",
    );

  test.each([
    ["https://Shop.Example.com/path?x=1", "shop.example.com"],
    [" shop.example.com:8080 ", "shop.example.com"],
    ["user@shop.example.com.", "shop.example.com"],
    ["münchen.example", "xn--mnchen-3ya.example"],
    ["www.example.com", "www.example.com"],
  ])("%s is cleaned", async (typed, name) => {
    expect(await add(typed)).toMatchObject({ success: true });
    expect(await mapped()).toEqual([name]);
  });

  test.each([
    ["*.example.com", "Add each name by itself"],
    ["203.0.113.7", "IP address"],
    ["[2001:db8::1]", "IP address"],
    ["localhost", "not a domain"],
    ["shop_1.example.com", "not a domain"],
    ["", "type a domain"],
    ["bridge.localhost", "belongs to this network"],
    ["www.bridge.localhost", "belongs to this network"],
  ])("%s is refused in plain words", async (typed, words) => {
    const answer = await add(typed);
    expect(answer.success).toBe(false);
    expect(answer.data?.[0]?.message).toContain(words);
    expect(await mapped()).toEqual([]);
  });

  test("that already leads to another customer's site is refused", async () => {
    await stack.wordpress.php(
      "wu_create_domain( array( 'domain' => 'taken.example.com', 'blog_id' => 2 ) );",
    );
    const answer = await add("taken.example.com");
    expect(answer.data?.[0]?.message).toContain("another site here");
  });

  test("as primary does not take the place of a live one", async () => {
    await map(
      "live.example.com",
      ", 'primary_domain' => true, 'stage' => 'done'",
    );
    expect(await add("new.example.com", { primary_domain: "1" })).toMatchObject(
      { success: true },
    );
    expect(
      await stack.wordpress.php(
        "return wu_get_domain_by_domain( 'live.example.com' )->is_primary_domain();",
      ),
    ).toBe(true);
  });

  test("has its records in the dialog, after the admin's own text", async () => {
    const html = await page();
    expect(html).toMatch(
      /Point your domain at us\.[\s\S]*A · @ · <code>203\.0\.113\.10<\/code>[\s\S]*CNAME · www · example\.com/,
    );
  });
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});
