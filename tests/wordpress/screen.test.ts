import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";
import { manyNames, status } from "./screen-answers";

/** The plugin's screen as WordPress serves it to a browser without JavaScript. */
let stack: Stack;
let cookie: string;
const sidecar = new RecordingSidecar(sidecarSecret);
const screen = "/wp-admin/network/admin.php?page=domain-bridge";
const forms = "/wp-admin/network/edit.php?action=domain_bridge";

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar);
  cookie = await stack.wordpress.login();
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

beforeEach(() => {
  sidecar.answer = "friendly";
  sidecar.answersTo.clear();
  sidecar.answersTo.set("/status", status({ names: manyNames }));
});

const get = async (query = "", as = cookie) =>
  stack.wordpress.request(`${screen}${query}`, { cookie: as });
const rows = (html: string) =>
  [
    ...html.matchAll(/<tr id="domain-bridge-row-.*?<strong>(.*?)<\/strong>/g),
  ].map((row) => row[1]);
const said = (html: string) =>
  (/<div id="domain-bridge-said">(.*?)<\/div><form/s.exec(html)?.[1] ?? "")
    .replace(/<[^>]*>/g, " ")
    .trim();

/** Sends a form of the screen as a browser would; gives the answer to the form itself. */
async function send(fields: Record<string, string>, query = "") {
  const page = await get(query);
  const nonce = /name="_wpnonce" value="(\w+)"/.exec(page.body)?.[1] ?? "";
  sidecar.calls();
  return stack.wordpress.request(forms, {
    cookie,
    body: {
      _wpnonce: nonce,
      _wp_http_referer: `${screen}${query}`,
      ...fields,
    },
  });
}

test("the screen shows the app, the domains with what to do, and no PHP notice", async () => {
  await stack.wordpress.clearDebugLog();
  const { status: code, body } = await get();
  expect(code).toBe(200);
  expect(body).toContain("62 of 300 domains used");
  expect(body).toContain("add an A record with the name");
  expect(rows(body)[0]).toBe("failed.example.com");
  for (const tab of ["changes", "history", "connect"])
    expect((await get(`&tab=${tab}`)).status).toBe(200);
  expect(await stack.wordpress.debugLog()).toBe("");
});

test("domains are searched, filtered, sorted and paged", async () => {
  expect(rows((await get()).body)).toHaveLength(50);
  expect(rows((await get("&paged=2")).body)).toHaveLength(11);
  expect(rows((await get("&s=N07")).body)).toEqual(["n07.example.com"]);
  expect(rows((await get("&state=ssl-failed")).body)).toEqual([
    "failed.example.com",
  ]);
  expect(rows((await get("&orderby=name&order=desc")).body)[0]).toBe(
    "n59.example.com",
  );
});

test("a form does its work once, goes back to where it was sent from and says so once", async () => {
  const answer = await send({ task: "sync" }, "&state=secure");
  expect(answer.status).toBe(302);
  expect(answer.headers.location).toContain("state=secure");
  expect(sidecar.calls()).toContain("POST /v1/networks/default/sync");
  expect(said((await get()).body)).toContain("compares the domains");
  expect(said((await get()).body)).toBe("");
});

test("a refresh in the background leaves what is to be said for the next page", async () => {
  await send({ task: "sync" });
  const background = await stack.wordpress.request(screen, {
    cookie,
    headers: { "x-domain-bridge-refresh": "1" },
  });
  expect(said(background.body)).toBe("");
  expect(said((await get()).body)).toContain("compares the domains");
});

test("a held plan is approved with the checksum that was shown, and only with the tick", async () => {
  const held = {
    checksum: "c0ffee",
    remove: ["old.example.com"],
    reason: "plan-held",
    params: { removals: 1, owned: 2, percent: 50 },
  };
  sidecar.answersTo.set("/status", status({ held }));
  const { body } = await get();
  expect(body).toContain("1 of 2 domains would be removed (50 %)");
  expect(body).toContain("old.example.com");
  await send({ task: "approve", checksum: "c0ffee" });
  expect(sidecar.calls()).not.toContain("POST /v1/networks/default/sync");
  await send({ task: "approve", checksum: "c0ffee", seen: "1" });
  const approval = sidecar.requests.find(({ path }) => path.endsWith("/sync"));
  expect(approval?.body).toEqual({ checksum: "c0ffee", force: true });
});

test("a sidecar of another installation is said on the screen and everywhere else, with what to do", async () => {
  sidecar.answersTo.set(
    "/status",
    status({ names: manyNames, features: ["identity"], mark: "of-another" }),
  );
  sidecar.refusals.set("PUT", {
    status: 409,
    body: '{"title":"x","code":"another-installation"}',
  });
  expect((await get()).body).toContain("belongs to another installation");
  const notices = await stack.wordpress.request("/wp-admin/network/", {
    cookie,
  });
  expect(notices.body).toContain("belongs to another installation");
  expect(notices.body).toContain("On a copy of the site");
  sidecar.refusals.clear();
  sidecar.answersTo.set("/status", status({ names: manyNames }));
  await stack.wordpress.cron(3600);
});

test("a suspect network is a question on the screen, a notice elsewhere, and approved by its checksum", async () => {
  const suspect = {
    checksum: "5u5pec7",
    reason: "network-suspect",
    params: { app: "app1", checksum: "5u5pec7" },
    message: "Nothing shows that it is yours.",
    remedy: "Look.",
  };
  sidecar.answersTo.set("/status", status({ suspect }));
  expect((await get()).body).toContain("Does this network belong");
  const elsewhere = await stack.wordpress.request("/wp-admin/network/", {
    cookie,
  });
  expect(elsewhere.body).toMatch(/Nothing shows that/);
  await send({ task: "approve", checksum: "5u5pec7", seen: "1" });
  const approval = sidecar.requests.find(({ path }) => path.endsWith("/sync"));
  expect(approval?.body).toEqual({ checksum: "5u5pec7", force: true });
  sidecar.answersTo.set("/status", status({ suspect: null }));
  await get();
  const after = await stack.wordpress.request("/wp-admin/network/", { cookie });
  expect(after.body).not.toMatch(/Nothing shows that/);
});

test.each([
  ["0.1.9", "notice-info"],
  ["0.9.0", "notice-warning"],
])("a sidecar of version %s is a %s elsewhere", async (version, type) => {
  sidecar.answersTo.set("/status", status({ version, names: manyNames }));
  expect((await get()).body).toContain(`the sidecar ${version}`);
  const { body } = await stack.wordpress.request("/wp-admin/network/", {
    cookie,
  });
  expect(body).toMatch(new RegExp(`${type}[^<]*"><p><strong>Domain Bridge`));
  sidecar.answersTo.set("/status", status({ names: manyNames }));
  await get();
});

test("a form without a good nonce does nothing", async () => {
  const answer = await send({ task: "sync", _wpnonce: "0123456789" });
  expect(answer.status).toBe(403);
  expect(sidecar.calls()).toEqual([]);
});

test("nobody but a network admin sees the screen, sends its forms or reads the secret", async () => {
  await stack.wordpress.php(
    "$id = wp_create_user( 'owner', 'password', 'owner@bridge.localhost' ); add_user_to_blog( 1, $id, 'administrator' ); return $id;",
  );
  const owner = await stack.wordpress.login("owner");
  sidecar.calls();
  expect((await get("", owner)).status).toBe(403);
  for (const task of ["sync", "download"]) {
    const answer = await stack.wordpress.request(forms, {
      cookie: owner,
      body: { task },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain(sidecarSecret);
  }
  expect(sidecar.calls()).toEqual([]);
});

test("the secrets are shown and downloaded only by a form with a good nonce", async () => {
  const connect = `${screen}&tab=connect`;
  const page = await get("&tab=connect");
  expect(page.body).toContain("TABLE_PREFIX=wp_");
  expect(page.body).not.toContain(sidecarSecret);
  const nonce = /value="(\w+)"(?:(?!<form).)*name="reveal"/s.exec(
    page.body,
  )?.[1];
  const shown = await stack.wordpress.request(connect, {
    cookie,
    body: { reveal: "1", _wpnonce: nonce ?? "" },
  });
  expect(shown.body).toContain(`SIDECAR_SECRET=${sidecarSecret}`);
  expect(shown.headers["cache-control"]).toContain("no-store");
  const forged = await stack.wordpress.request(connect, {
    cookie,
    body: { reveal: "1", _wpnonce: "0123456789" },
  });
  expect(forged.body).not.toContain(sidecarSecret);
  const file = await send({ task: "download" }, "&tab=connect");
  expect(file.headers["content-disposition"]).toContain("domain-bridge.env");
  expect(file.body).toContain(`SIDECAR_SECRET=${sidecarSecret}`);
});

test.each([
  [
    "garbage",
    { status: 200, body: "<html>It works!</html>" },
    "is not the sidecar",
  ],
  [
    "another version's answer",
    { status: 200, body: '{"version":"9.0.0"}' },
    "the sidecar has version 9.0.0",
  ],
  [
    "a problem",
    { status: 401, body: '{"title":"x","code":"signature-invalid"}' },
    "SIDECAR_SECRET must be the same",
  ],
])("%s is said to be that", async (_, answer, words) => {
  sidecar.answer = answer;
  for (const tab of ["", "&tab=changes", "&tab=history"])
    expect((await get(tab)).body).toContain(words);
});

test("a sidecar that says nothing holds a page up for its time-out only", async () => {
  sidecar.answer = "silence";
  const began = Date.now();
  const { body } = await get("&tab=history");
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(body).toContain("does not answer");
});

test("Site Health's tests are asked for by the browser, and name what is wrong", async () => {
  const page = await stack.wordpress.request("/wp-admin/site-health.php", {
    cookie,
  });
  expect(page.status).toBe(200);
  expect(page.body).toContain("site-health\\/names");
  const nonce = /wpApiSettings = .*?"nonce":"(\w+)"/.exec(page.body)?.[1] ?? "";
  const ask = (test: string, as: string) =>
    stack.wordpress.request(
      `/?rest_route=/domain-bridge/v1/site-health/${test}`,
      { cookie: as, headers: { "x-wp-nonce": nonce } },
    );
  const found: Record<string, unknown> = {};
  for (const test of ["constants", "sidecar", "app", "capacity", "names"]) {
    const answer = await ask(test, cookie);
    found[test] = (answer.json() as { status: string }).status;
  }
  expect(found).toEqual({
    constants: "good",
    sidecar: "good",
    app: "good",
    capacity: "good",
    names: "recommended",
  });
  expect((await ask("names", "")).status).toBe(403);
});

test("a network admin whose language is Malay reads Malay", async () => {
  const speak = (locale: string) =>
    stack.wordpress.php(`update_user_meta( 1, 'locale', '${locale}' );`);
  await speak("ms_MY");
  const { body } = await get();
  await speak("");
  expect(body).toContain("Segerakkan sekarang");
  expect(body).toContain("tambah rekod A dengan nama");
});

test("without Ultimate Multisite the screen stands below Settings", async () => {
  await stack.wordpress.useUm("none");
  const { body } = await stack.wordpress.request(
    "/wp-admin/network/settings.php?page=domain-bridge",
    { cookie },
  );
  expect(body).toContain('id="domain-bridge"');
  expect(body).toContain("settings.php?page=domain-bridge&#038;tab=connect");
});
