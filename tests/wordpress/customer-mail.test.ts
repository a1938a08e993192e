import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ADDRESS } from "./customer-list";
import { DAY, HOUR, ToldPeople } from "./told-people";

/** UM's events: the e-mails to customers, caught by a real mail server, and webhooks. */
let people: ToldPeople;
let webhooks: Server;
/** What the webhooks were sent, oldest first. */
const sent: Record<string, unknown>[] = [];
const events = ["live", "dns_needed", "trouble", "recovered"];

jest.setTimeout(60_000);

beforeAll(async () => {
  webhooks = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as object;
      sent.push({ event: request.url?.slice(1), ...body });
      response.end();
    });
  }).listen(0, "127.0.0.1");
  people = await ToldPeople.start();
  const { port } = webhooks.address() as AddressInfo;
  await people.list.stack.wordpress.php(
    `update_network_option( null, 'um_double_webhooks', array( ${events
      .map(
        (slug) =>
          `'domain_bridge_${slug}' => 'http://127.0.0.1:${port}/${slug}'`,
      )
      .join(", ")} ) );
     add_filter( 'http_request_host_is_external', '__return_true' );`,
  );
}, 180_000);
afterAll(async () => {
  await people.stop();
  webhooks.closeAllConnections();
  await new Promise((resolve) => webhooks.close(resolve));
});
beforeEach(async () => {
  await people.clear();
  // The day of the installation, which begins with the first run, is over.
  await people.after(1);
  await people.after(2 * DAY);
  sent.length = 0;
});

const waiting = (knownSince: number) => ({
  state: "securing",
  reason: "dns-missing",
  knownSince,
  dns: {
    zone: "example.com",
    registered: true,
    provider: "Example DNS",
    checkedAt: 1,
    records: [
      { type: "A", host: "@", expected: ADDRESS, found: [], ok: false },
    ],
  },
});

test("the owner is written to after a day and after three, with the records, and nobody else", async () => {
  await people.list.map("example.com");
  await people.know("example.com", waiting(people.at()));
  expect(await people.after(23 * HOUR)).toEqual([]);
  const [mail, ...more] = await people.after(2 * HOUR);
  expect(more).toEqual([]);
  expect(mail?.to).toEqual(["owner@example.com"]);
  expect(mail?.subject).toMatch(
    / - Your domain example\.com needs a DNS change$/,
  );
  expect(mail?.html).toContain("Hello owner,");
  expect(mail?.html).toContain(
    `At your DNS provider (Example DNS), add: A · @ · ${ADDRESS}.`,
  );
  expect(mail?.html).toContain(`Add: A · @ · ${ADDRESS}`);
  expect(mail?.html).toContain("Keep your nameservers");
  expect(await people.after(DAY)).toEqual([]);
  const third = await people.after(DAY + 2 * HOUR);
  expect(third.map(({ to }) => to)).toContainEqual(["owner@example.com"]);
  const later = await people.after(10 * DAY);
  expect(later.flatMap(({ to }) => to)).not.toContain("owner@example.com");
  expect(sent.map(({ event }) => event)).toEqual(["dns_needed", "dns_needed"]);
  expect(sent[0]).toMatchObject({
    domain: "example.com",
    title: "Waiting for your DNS.",
    records: `Add: A · @ · ${ADDRESS}`,
    customer_user_email: "owner@example.com",
  });
});

test("the owner is written to when it is live, once", async () => {
  await people.list.map("example.com");
  await people.know("example.com", {
    state: "secure",
    knownSince: people.at(),
    liveSince: people.at(60),
  });
  const [mail, ...more] = await people.after(300);
  expect(more).toEqual([]);
  expect(mail?.to).toEqual(["owner@example.com"]);
  expect(mail?.subject).toMatch(/ - Your domain example\.com is live$/);
  expect(mail?.html).toContain("https://example.com/");
  expect(await people.after(300)).toEqual([]);
  expect(await people.after(2 * DAY)).toEqual([]);
  expect(sent.map(({ event }) => event)).toEqual(["live"]);
  // And it stands in UM's list of events of the domain.
  const written = await people.list.stack.wordpress.php(
    "return get_network_option( null, 'um_double_events' );",
  );
  expect((written as object[]).at(-1)).toMatchObject({
    slug: "domain_bridge_live",
    severity: 1,
    object_type: "domain",
    payload: { domain: "example.com" },
  });
});

test("domains that were live before the bridge came are no news; those that waited for it are", async () => {
  await people.clear();
  await people.after(300);
  sent.length = 0;
  await people.list.map("old.example.com");
  await people.list.map("new.example.com");
  await people.know("old.example.com", {
    state: "secure",
    knownSince: people.at(60),
    liveSince: people.at(120),
  });
  await people.know("new.example.com", {
    state: "secure",
    knownSince: people.at(60),
    liveSince: people.at(3 * HOUR),
  });
  const mails = await people.after(4 * HOUR);
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringContaining("new.example.com") as string,
  ]);
});

test("a live domain whose DNS goes is written of at once, and the network admin too", async () => {
  await people.list.map("example.com");
  await people.know("example.com", {
    ...waiting(people.at(-100 * DAY)),
    liveSince: people.at(-99 * DAY),
    severity: 4,
  });
  const mails = await people.after(300);
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/needs you now: example\.com$/) as string,
    expect.stringMatching(/example\.com needs a DNS change$/) as string,
  ]);
  expect(sent.map(({ event }) => event)).toEqual(["dns_needed", "trouble"]);
  await people.know("example.com", {
    state: "secure",
    severity: 0,
    liveSince: people.at(-99 * DAY),
  });
  expect(await people.after(2 * HOUR)).toHaveLength(1);
  expect(sent.at(-1)).toMatchObject({
    event: "recovered",
    domain: "example.com",
  });
  // DNS that comes and goes is not told of each time.
  await people.know("example.com", waiting(people.at(-100 * DAY)));
  const again = await people.after(2 * HOUR);
  expect(again.flatMap(({ to }) => to)).not.toContain("owner@example.com");
});

test("what its owner cannot mend is not written to them", async () => {
  await people.list.map("example.com");
  await people.know("example.com", {
    ...waiting(people.at(-2 * DAY)),
    reason: "dns-proxied",
  });
  await people.list.map("shop.bridge.localhost");
  await people.know("shop.bridge.localhost", waiting(people.at(-2 * DAY)));
  expect(await people.after(300)).toEqual([]);
});

test("a mapping without a customer reaches webhooks and the network admin", async () => {
  const customers = await people.list.stack.wordpress.php(
    "$kept = get_network_option( null, 'um_double_customers' ); update_network_option( null, 'um_double_customers', array() ); return $kept;",
  );
  await people.list.map("example.com");
  await people.know("example.com", {
    ...waiting(people.at(-4 * DAY)),
    severity: 2,
  });
  const mails = await people.after(300);
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringContaining("domains of the day") as string,
  ]);
  expect(sent).toMatchObject([{ event: "dns_needed", domain: "example.com" }]);
  await people.list.stack.wordpress.php(
    `update_network_option( null, 'um_double_customers', json_decode( '${JSON.stringify(customers)}', true ) );`,
  );
});

test("customers are not written to where that is switched off; webhooks are told", async () => {
  await people.list.stack.wordpress.php(
    "update_network_option( null, 'domain_bridge_mail', array( 'customers' => false ) );",
  );
  await people.list.map("example.com");
  await people.know("example.com", waiting(people.at(-2 * DAY)));
  expect(await people.after(300)).toEqual([]);
  expect(sent.map(({ event }) => event)).toEqual(["dns_needed"]);
});

test("an e-mail that somebody deleted in UM does not come back, and one that was edited stays", async () => {
  await people.list.stack.wordpress.php(
    `$emails = get_network_option( null, 'um_double_emails' );
     unset( $emails['domain_bridge_live_customer'] );
     $emails['domain_bridge_dns_needed_customer']['title'] = 'Edited: {{domain}}';
     update_network_option( null, 'um_double_emails', $emails );`,
  );
  await people.list.map("example.com");
  await people.list.map("live.example.com");
  await people.know("example.com", waiting(people.at(-2 * DAY)));
  await people.know("live.example.com", {
    state: "secure",
    knownSince: people.at(),
    liveSince: people.at(60),
  });
  const mails = await people.after(300);
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/ - Edited: example\.com$/) as string,
  ]);
});

test("markup in somebody's DNS stays out of the mail", async () => {
  const dns = {
    ...waiting(0).dns,
    records: [
      {
        type: "CNAME",
        host: "@",
        expected: null,
        found: ["<img src=x onerror=alert(1)>evil.example"],
        ok: false,
      },
    ],
  };
  await people.list.map("example.com");
  await people.know("example.com", {
    ...waiting(people.at(-2 * DAY)),
    reason: "dns-elsewhere",
    dns,
  });
  const [mail] = await people.after(300);
  expect(mail?.html).toContain("evil.example");
  expect(mail?.html).not.toContain("<img");
});

test("a UM without events is told nothing, and nothing breaks", async () => {
  await people.list.map("example.com");
  await people.know("example.com", waiting(people.at(-2 * DAY)));
  await people.list.stack.wordpress.clearDebugLog();
  await people.list.stack.wordpress.setConstants({
    UM_DOUBLE_WITHOUT_EVENTS: true,
  });
  expect(await people.after(300)).toEqual([]);
  expect(sent).toEqual([]);
  expect(await people.list.stack.wordpress.debugLog()).toBe("");
});
