import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pagedStatus, status } from "./screen-answers";
import { DAY, HOUR, ToldPeople } from "./told-people";

/** The e-mails to the network admin, caught by a real mail server. */
let people: ToldPeople;

jest.setTimeout(60_000);

beforeAll(async () => {
  people = await ToldPeople.start();
}, 180_000);
afterAll(() => people.stop());
beforeEach(() => people.clear());

const expired = { state: "ssl-failed", reason: "certificate-expired" };

test("a live site that lost its certificate is told at once, once, with what to do; and that it is well again", async () => {
  await people.know("shop.example.com", { ...expired, severity: 4 });
  const [mail, ...more] = await people.after(300);
  expect(more).toEqual([]);
  expect(mail?.subject).toMatch(
    /^\[.+\] Domain Bridge: needs you now: shop\.example\.com$/,
  );
  expect(mail?.to).toEqual([await adminAddress()]);
  expect(mail?.text).toMatch(/\* shop\.example\.com\n {2}\S/);
  expect(mail?.text).toContain("page=domain-bridge");
  expect(await people.after(2 * HOUR)).toEqual([]);
  await people.know("shop.example.com", { state: "secure", severity: 0 });
  const [well] = await people.after(300);
  expect(well?.subject).toMatch(/well again: shop\.example\.com$/);
  expect(await people.after(2 * HOUR)).toEqual([]);
});

test("a domain that was removed meanwhile is not called well, and one that is only less bad is not told again", async () => {
  await people.know("gone.example.com", { ...expired, severity: 4 });
  await people.know("half.example.com", { ...expired, severity: 4 });
  expect(await people.after(300)).toHaveLength(1);
  await people.list.sql(
    "DELETE FROM wp_domain_bridge_names WHERE name = 'gone.example.com'",
  );
  await people.know("half.example.com", {
    state: "securing",
    reason: "certificate-pending",
    severity: 1,
  });
  expect(await people.after(2 * HOUR)).toEqual([]);
  await people.know("half.example.com", { ...expired, severity: 4 });
  expect(await people.after(2 * HOUR)).toEqual([]);
});

test("ten thousand names that fail within an hour make two mails that stay short", async () => {
  const insert = (from: number, to: number) =>
    people.list.sql(
      `INSERT INTO wp_domain_bridge_names (name, kind, owned, state, reason, params, changed_at, severity)
       SELECT CONCAT('n', seq, '.example.com'), 'mapping', 1, 'ssl-failed', 'certificate-expired', '{}', 1, 4 FROM seq_${from}_to_${to}`,
    );
  await insert(1, 4_000);
  const first = await people.after(300);
  await insert(4_001, 10_000);
  const second = await people.after(300);
  const third = await people.after(HOUR);
  expect([first.length, second.length, third.length]).toEqual([1, 0, 1]);
  expect(first[0]?.subject).toContain("4,000 troubles");
  expect(first[0]?.text).toContain("and 3,980 more");
  expect(first[0]?.text.length).toBeLessThan(10_000);
  expect(third[0]?.text).toContain("and 5,980 more");
  expect(await people.after(2 * HOUR)).toEqual([]);
});

test("what the sidecar holds, doubts and fails at is told", async () => {
  const failed = {
    state: "idle",
    lastAt: null,
    lastOutcome: "failed",
    nextAt: null,
    reason: "serverpilot-credentials",
    params: {},
    message: "ServerPilot refuses the key.",
    remedy: "Look at the key.",
  };
  people.list.sidecar.answersTo.set(
    "/status",
    status({
      pass: failed,
      held: {
        checksum: "c",
        remove: ["a.example.com"],
        reason: "some-later-reason",
        message: "A lot is to be removed.",
        remedy: "Approve it.",
      },
      suspect: {
        checksum: "d",
        reason: "another-later-reason",
        message: "Nothing of it is here.",
        remedy: "Look at the app id.",
      },
    }),
  );
  // What is held is told once, not by name as well.
  await people.know("held.example.com", {
    state: "removing",
    reason: "plan-held",
    severity: 4,
  });
  const [first] = await people.after(300);
  expect(first?.text).not.toContain("* held.example.com");
  expect(first?.text).toContain("A lot is to be removed. Approve it.");
  expect(first?.text).toContain("Nothing of it is here. Look at the app id.");
  expect(first?.text).not.toContain("could not be synced");
  const [second] = await people.after(HOUR + 300);
  expect(second?.subject).toContain("Domains could not be synced since");
  people.list.sidecar.answersTo.set("/status", status());
  const [well] = await people.after(HOUR + 300);
  expect(well?.subject).toContain("well again: 3 troubles");
});

test("a sidecar that is away for an hour is told, and that it is back", async () => {
  await people.list.sidecar.stop();
  expect(await people.after(300)).toEqual([]);
  expect(await people.after(HOUR - 1)).toEqual([]);
  const [away] = await people.after(1);
  expect(away?.subject).toContain("needs you now: The sidecar is away");
  expect(await people.after(HOUR)).toEqual([]);
  await people.list.sidecar.start();
  const [back] = await people.after(300);
  expect(back?.subject).toContain("well again: The sidecar is away");
});

test("so is one that answers with something else", async () => {
  const refusal = {
    status: 401,
    body: JSON.stringify({ title: "x", code: "signature-invalid" }),
  };
  people.list.sidecar.refusals.set("GET", refusal);
  await people.after(300);
  const [mail] = await people.after(HOUR);
  expect(mail?.subject).toContain("do not understand each other");
  expect(mail?.text).toContain("secret");
});

test("the digest has what can wait, once, and waits a day for the next", async () => {
  await people.know("blocked.example.com", {
    state: "blocked",
    reason: "hostname-too-long",
    severity: 3,
  });
  await people.know("old.example.com", {
    state: "securing",
    reason: "dns-missing",
    severity: 1,
    knownSince: people.at(-4 * DAY),
  });
  await people.know("new.example.com", {
    state: "securing",
    reason: "dns-missing",
    severity: 1,
    knownSince: people.at(-2 * DAY),
  });
  await people.know("ends.example.com", {
    state: "secure",
    severity: 0,
    endsAt: people.at(10 * DAY),
  });
  await people.know("www.old.example.com", {
    state: "securing",
    kind: "www",
    reason: "dns-missing",
    severity: 3,
    knownSince: people.at(-4 * DAY),
  });
  people.list.sidecar.answersTo.set(
    "/status",
    pagedStatus(0, { app: { id: "a", domainsUsed: 271, capacity: 300 } }),
  );
  const [digest, ...more] = await people.after(300);
  expect(more).toEqual([]);
  expect(digest?.subject).toContain("domains of the day");
  for (const told of [
    "blocked.example.com",
    "* old.example.com",
    "ends.example.com",
    "271 of at most 300",
  ])
    expect(digest?.text).toContain(told);
  expect(digest?.text).not.toMatch(/new\.example|www\.old/);
  expect(await people.after(23 * HOUR)).toEqual([]);
  await people.know("ends.example.com", {
    state: "secure",
    severity: 0,
    endsAt: people.at(90 * DAY),
  });
  const [next] = await people.after(2 * HOUR);
  expect(next?.text).toMatch(/needs somebody[^]*\* new\.example\.com/);
  expect(next?.text).toMatch(/well again:\s+\* ends\.example\.com/);
  expect(next?.text).not.toContain("blocked.example.com");
  expect(await people.after(2 * DAY)).toEqual([]);
});

test("a mail that was not taken is tried again, and the log says so once", async () => {
  const address = people.mail.address;
  await people.list.stack.wordpress.setConstants({ STACK_SMTP: "127.0.0.1:9" });
  await people.know("shop.example.com", { ...expired, severity: 4 });
  await people.after(300);
  await people.after(300);
  await people.list.stack.wordpress.setConstants({ STACK_SMTP: address });
  expect(await people.after(300)).toHaveLength(1);
  const log = await people.list.stack.wordpress.umLog(
    "integration-serverpilot",
  );
  expect(log.match(/was not taken by the mail server/g)).toHaveLength(1);
});

test("saving a mapping does not wait for a mail server that hangs, for nothing is sent meanwhile", async () => {
  const connections: Socket[] = [];
  const silent = createServer((socket) => connections.push(socket));
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  const { port } = silent.address() as AddressInfo;
  const { wordpress } = people.list.stack;
  await wordpress.setConstants({ STACK_SMTP: `127.0.0.1:${port}` });
  await people.know("shop.example.com", { ...expired, severity: 4 });
  await people.list.map("new.example.com");
  await wordpress.request("/wp-admin/network/", {
    cookie: await wordpress.login(),
  });
  expect(connections).toHaveLength(0);
  await wordpress.setConstants({ STACK_SMTP: people.mail.address });
  await new Promise((resolve) => silent.close(resolve));
  expect(await people.after(300)).toHaveLength(1);
});

test("a table that cannot be read is not taken for one without troubles", async () => {
  await people.know("shop.example.com", { ...expired, severity: 4 });
  expect(await people.after(300)).toHaveLength(1);
  await people.list.sql("RENAME TABLE wp_domain_bridge_names TO away");
  expect(await people.after(2 * HOUR)).toEqual([]);
  // What is known without it is told all the same.
  await people.list.sidecar.stop();
  await people.after(300);
  const [away] = await people.after(HOUR);
  await people.list.sidecar.start();
  await people.list.sql("RENAME TABLE away TO wp_domain_bridge_names");
  expect(away?.subject).toContain("The sidecar is away");
  const [well] = await people.after(2 * HOUR);
  expect(well?.subject).toContain("well again: The sidecar is away");
});

test("an app that is nearly full is not called well while the sidecar is away", async () => {
  people.list.sidecar.answersTo.set(
    "/status",
    pagedStatus(0, { app: { id: "a", domainsUsed: 271, capacity: 300 } }),
  );
  expect(await people.after(300)).toHaveLength(1);
  await people.list.sidecar.stop();
  const mails = await people.after(2 * DAY);
  await people.list.sidecar.start();
  expect(mails).toEqual([]);
});

test("nothing is told of what was switched off, nor later of what happened meanwhile", async () => {
  await choose({ mail_digest: "1" });
  await people.know("shop.example.com", { ...expired, severity: 4 });
  expect(await people.after(300)).toEqual([]);
  await choose({ mail_urgent: "1", mail_digest: "1" });
  expect(await people.after(2 * HOUR)).toEqual([]);
});

test("nothing is told while ServerPilot is disabled in UM", async () => {
  const set = (enabled: boolean) =>
    people.list.stack.wordpress.php(
      `update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => ${enabled} ) );`,
    );
  await people.know("shop.example.com", { ...expired, severity: 4 });
  await set(false);
  expect(await people.after(300)).toEqual([]);
  await set(true);
  expect(await people.after(300)).toHaveLength(1);
});

test("whoever reads the network's mail reads it in their language", async () => {
  // WordPress switches to languages of its own only; with them comes what is on the plugin's part.
  const languages = join(
    people.list.stack.wordpress.root,
    "wp-content/languages",
  );
  await mkdir(languages, { recursive: true });
  await writeFile(
    join(languages, "ms_MY.l10n.php"),
    "<?php return array( 'messages' => array() );",
  );
  await people.list.stack.wordpress.php(
    "update_user_meta( get_user_by( 'email', get_network_option( null, 'admin_email' ) )->ID, 'locale', 'ms_MY' );",
  );
  await people.know("shop.example.com", { ...expired, severity: 4 });
  const [mail] = await people.after(300);
  expect(mail?.subject).toContain("perlukan anda sekarang");
  expect(mail?.text).not.toContain("This needs you now");
  await people.list.stack.wordpress.php(
    "delete_user_meta( get_user_by( 'email', get_network_option( null, 'admin_email' ) )->ID, 'locale' );",
  );
});

test("the recurring event runs it, and nothing of it is in WordPress's debug log", async () => {
  await people.know("shop.example.com", { ...expired, severity: 4 });
  await people.list.stack.wordpress.cron(600);
  await people.mail.waitFor(({ subject }) => subject.includes("shop.example"));
  expect(await people.list.stack.wordpress.debugLog()).toBe("");
});

async function adminAddress(): Promise<string> {
  return (await people.list.stack.wordpress.php(
    "return get_network_option( null, 'admin_email' );",
  )) as string;
}

/** Sends the form of the screen's tab, as the network admin. */
async function choose(fields: Record<string, string>): Promise<void> {
  const { wordpress } = people.list.stack;
  const cookie = await wordpress.login();
  const screen = "/wp-admin/network/admin.php?page=domain-bridge&tab=mail";
  const page = await wordpress.request(screen, { cookie });
  const nonce = /name="_wpnonce" value="(\w+)"/.exec(page.body)?.[1] ?? "";
  const answer = await wordpress.request(
    "/wp-admin/network/edit.php?action=domain_bridge",
    {
      cookie,
      body: {
        _wpnonce: nonce,
        _wp_http_referer: screen,
        task: "mail",
        ...fields,
      },
    },
  );
  expect(answer.status).toBe(302);
}
