import { ADDRESS, CustomerList } from "./customer-list";
import { status } from "./screen-answers";

/** What the network admin sees of the bridge on UM's own screens, on a real WordPress. */
let list: CustomerList;
let cookie: string;

jest.setTimeout(60_000);

beforeAll(async () => {
  list = await CustomerList.start();
  cookie = await list.stack.wordpress.login();
}, 180_000);
afterAll(() => list.stop());
beforeEach(() => list.clear());

const page = async (slug: string, as = cookie) =>
  (
    await list.stack.wordpress.request(
      `/wp-admin/network/admin.php?page=${slug}`,
      { cookie: as },
    )
  ).body;

/** The text of the bridge's part of a page. */
const told = (html: string) =>
  (/<div class="domain-bridge-um">(.*?)<\/div>/s.exec(html)?.[1] ?? "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

test("the list of domains has state, reason and Try again, and asks the sidecar nothing", async () => {
  await list.map("example.com");
  await list.map("live.example.com");
  await list.know("example.com", {
    state: "ssl-failed",
    reason: "certificate-expired",
  });
  await list.know("live.example.com", { state: "secure" });
  list.sidecar.answer = "silence";
  list.sidecar.calls();
  const html = await page("wp-ultimo");
  expect(told(html)).toMatch(/^No certificate .+ Try again$/);
  expect(told(html.split("live.example.com</strong>")[1] ?? "")).toBe("Secure");
  expect(
    list.sidecar.calls().filter((call) => !call.includes("/status")),
  ).toEqual([]);
});

test("Try again has the name checked and leads to where that is said", async () => {
  await list.map("example.com");
  await list.know("example.com", {
    state: "ssl-failed",
    reason: "certificate-expired",
  });
  const href = /href="([^"]*again=example\.com[^"]*)"/.exec(
    await page("wp-ultimo"),
  )?.[1];
  const url = (href ?? "")
    .replace(/&#038;|&amp;/g, "&")
    .replace(list.stack.wordpress.url, "");
  list.sidecar.requests.length = 0;
  const answer = await list.stack.wordpress.request(url, { cookie });
  expect(answer.status).toBe(302);
  expect(answer.headers.location).toMatch(/page=domain-bridge.*s=example\.com/);
  expect(list.sidecar.requests.map(({ body }) => body)).toContainEqual({
    retry: ["example.com"],
  });
  const without = url.replace(/_wpnonce=\w+/, "_wpnonce=wrong");
  expect((await list.stack.wordpress.request(without, { cookie })).status).toBe(
    403,
  );
});

test("a domain's page has its records and its history", async () => {
  const id = await list.map("example.com");
  await list.know("example.com", {
    state: "securing",
    reason: "dns-elsewhere",
    dns: {
      zone: "example.com",
      registered: true,
      provider: null,
      checkedAt: 1,
      records: [
        {
          type: "A",
          host: "@",
          expected: ADDRESS,
          found: ["198.51.100.7"],
          ok: false,
        },
      ],
    },
  });
  await list.sql(
    "UPDATE wp_domain_bridge_names SET history = ? WHERE name = 'example.com'",
    [
      JSON.stringify([
        {
          at: Date.UTC(2026, 0, 2),
          from: "pending",
          to: "securing",
          reason: "not-checked-yet",
          params: { name: "<b>example.com" },
        },
      ]),
    ],
  );
  const html = await page(`wp-ultimo-edit-domain&id=${id}`);
  const text = told(html);
  expect(text).toMatch(
    /^Getting a certificate .*Try again DNS records .* A @ 203\.0\.113\.10 198\.51\.100\.7 History January 2, 2026/,
  );
  expect(html).not.toContain("<b>example.com");
});

test("the wizard for ServerPilot leads on to the sidecar, before its last step; that of another integration does not", async () => {
  const html = await page(
    "wp-ultimo-hosting-integration-wizard&integration=serverpilot&step=domain-bridge",
  );
  expect(html).toMatch(
    /Testing Integration<\/li><li>Connect the sidecar<\/li><li>Ready!/,
  );
  expect(html).toContain("tab=connect");
  expect(html).toContain("Continue");
  expect(await page("wp-ultimo-hosting-integration-wizard")).not.toContain(
    "<li>Connect the sidecar",
  );
});

test("every screen of the network admin says that a live domain is not well, while it lasts", async () => {
  const notice = async () =>
    /Live, but not well: ([^<]*)/.exec(await page("wp-ultimo-settings"))?.[1];
  await list.map("example.com");
  list.sidecar.answersTo.set("/status", status());
  await page("wp-ultimo-settings");
  expect(await notice()).toBeUndefined();
  for (const name of ["a", "b", "c", "d"])
    await list.know(`${name}.example.com`, {
      state: "ssl-failed",
      reason: "certificate-expired",
      severity: 4,
    });
  await list.know("www.a.example.com", {
    state: "ssl-failed",
    kind: "www",
    severity: 4,
  });
  expect(await notice()).toMatch(
    /^a\.example\.com, b\.example\.com, c\.example\.com, …/,
  );
  await list.sql("UPDATE wp_domain_bridge_names SET severity = 0");
  expect(await notice()).toBeUndefined();
});

test("without the sidecar's tables, and where UM passes something else, UM's screens are as they were", async () => {
  await list.map("example.com");
  await list.sql("RENAME TABLE wp_domain_bridge_names TO away");
  expect(told(await page("wp-ultimo"))).toBe("");
  await list.sql("RENAME TABLE away TO wp_domain_bridge_names");
  expect(
    await list.stack.wordpress.php(`return array(
      apply_filters( 'wu_domain_list_column_domain', 'x', null ),
      apply_filters( 'wu_domain_list_column_domain', null, new stdClass() ),
      apply_filters( 'wu_hosting_integration_wizard_sections', null, null, null ) );`),
  ).toEqual(["x", null, null]);
  expect(await list.stack.wordpress.debugLog()).toBe("");
});
