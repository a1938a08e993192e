import { ADDRESS, CustomerList } from "./customer-list";
import { status } from "./screen-answers";

/** The network admin's screen while the sidecar is away: what was known last stays, and nothing pretends to be new. */
let list: CustomerList;
let cookie: string;

jest.setTimeout(60_000);

const screen = async (query = "") =>
  (
    await list.stack.wordpress.request(
      `/wp-admin/network/admin.php?page=domain-bridge${query}`,
      { cookie },
    )
  ).body;
const rows = (html: string) =>
  [
    ...html.matchAll(/<tr id="domain-bridge-row-.*?<strong>(.*?)<\/strong>/g),
  ].map((row) => row[1]);

beforeAll(async () => {
  list = await CustomerList.start();
  cookie = await list.stack.wordpress.login();
  list.sidecar.answersTo.set("/status", status());
  await list.map("example.com");
  await screen();
  await list.know("example.com", {
    state: "securing",
    reason: "dns-missing",
    severity: 1,
  });
  await list.know("failed.example.com", {
    state: "ssl-failed",
    reason: "certificate-expired",
    severity: 4,
  });
  await list.know("live.example.com", {
    state: "secure",
    severity: 0,
    endsAt: Date.UTC(2030, 4, 6),
  });
  await list.sidecar.stop();
}, 180_000);
afterAll(() => list.stop());

test("the last known domains stay, what needs somebody first, with since when", async () => {
  const html = await screen();
  expect(rows(html)).toEqual([
    "failed.example.com",
    "example.com",
    "live.example.com",
  ]);
  expect(html).toMatch(/As of .+, when the sidecar was last heard of:/);
  expect(html).toContain("Not connected");
  expect(html).toMatch(/Needs action <span class="count">\(1\)/);
  expect(html).toContain("May 6, 2030");
});

test.each([
  ["&s=LIVE", ["live.example.com"]],
  ["&s=100%25", []],
  ["&state=securing", ["example.com"]],
  ["&needs=action", ["failed.example.com"]],
  [
    "&orderby=name&order=desc",
    ["live.example.com", "failed.example.com", "example.com"],
  ],
  [
    "&orderby=certificate",
    ["live.example.com", "example.com", "failed.example.com"],
  ],
])("they are searched, filtered and sorted: %s", async (query, expected) => {
  expect(rows(await screen(query))).toEqual(expected);
});

test("the records for customers are there all the same", async () => {
  const html = await screen();
  expect(html).toContain("DNS for your customers");
  expect(html).toMatch(
    new RegExp(`<code id="domain-bridge-dns-address" data-copy>${ADDRESS}<`),
  );
});

test("without the sidecar's table nothing breaks", async () => {
  await list.sql("RENAME TABLE wp_domain_bridge_names TO away");
  const html = await screen();
  await list.sql("RENAME TABLE away TO wp_domain_bridge_names");
  expect(html).toContain("as soon as the sidecar answers");
  expect(await list.stack.wordpress.debugLog()).toBe("");
});
