import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { projectDir } from "../stack/places";
import { startStack, type Stack } from "../stack/stack";
import { mapCode } from "../stack/demo/scene";
import {
  DESKTOP,
  launchBrowser,
  PHONE,
  seriousViolations,
  takePictures,
} from "./browser";

/** A network admin's way from the zip to secure domains, each step building on the one before. */
let stack: Stack;
let browser: Browser;
let page: Page;

const SCREEN = "/wp-admin/network/admin.php?page=domain-bridge";
const ZIP = join(projectDir, "dist/domain-bridge-for-serverpilot.zip");
const WAIT = { timeout: 30_000 };

const open = (path: string) => page.goto(stack.wordpress.url + path);
const row = (name: string) =>
  page.locator("tr", { has: page.locator(`strong:text-is("${name}")`) });
/** The cell that a person sees; the same word stands hidden in the row for phones. */
const becomesSecure = (name: string) =>
  row(name).locator("td.column-state").getByText("Secure").waitFor();
/** WordPress's own answer about the whole page: notices and all. */
const said = () => page.locator("#wpbody-content").innerText();

beforeAll(async () => {
  await promisify(execFile)("npm", ["run", "-s", "build"], {
    cwd: projectDir,
  });
  stack = await startStack({
    wordpress: { plugin: false, integration: false },
    simulator: {
      autosslDelayMs: 3000,
      domains: ["panel.example.org"],
      http: true,
      // The network's own domain is on no app: that it is served all the same shows whose app it is.
      denyUnknownDomains: false,
    },
    sidecar: { start: false, env: { SSL_POLL_SECONDS: "1" } },
  });
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  await rm(
    join(
      stack.wordpress.root,
      "wp-content/plugins/domain-bridge-for-serverpilot",
    ),
  );
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_CLIENT_ID: null,
    WU_SERVER_PILOT_API_KEY: null,
    WU_SERVER_PILOT_APP_ID: null,
    WU_SERVER_PILOT_SIDECAR_SECRET: null,
  });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(WAIT.timeout);
}, 300_000);

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test("the zip is uploaded and activated, and what is missing is named", async () => {
  await open("/wp-login.php");
  await page.fill("#user_login", "admin");
  await page.fill("#user_pass", "password");
  await page.click("#wp-submit");
  await open("/wp-admin/network/plugin-install.php?tab=upload");
  await page.setInputFiles("input[name=pluginzip]", ZIP);
  await page.click("#install-plugin-submit");
  await page.click("text=Network Activate");
  await page.waitForURL(/plugins\.php/);
  await open("/wp-admin/network/admin.php?page=wp-ultimo-settings");
  await page.check("input[type=checkbox]");
  await page.click("#wpbody-content input[value=Save]");
  await open(SCREEN);
  const text = await said();
  for (const name of ["CLIENT_ID", "API_KEY", "APP_ID"])
    expect(text).toContain(`WU_SERVER_PILOT_${name}`);
  await takePictures(page, "missing-constants");
});

test("the panel gives the environment file, its secrets only when asked, and the sidecar starts with it", async () => {
  await open(`${SCREEN}&tab=connect`);
  const file = page.locator("#domain-bridge-env");
  expect(await file.innerText()).not.toContain("whsec_");
  await takePictures(page, "connect");
  await page.click("#domain-bridge-reveal");
  const shown = await file.innerText();
  const secret = /^SIDECAR_SECRET=['"]?(whsec_[^'"\s]+)/m.exec(shown)?.[1];
  expect(secret).toBeDefined();
  stack.sidecar.setEnv({ SIDECAR_SECRET: secret ?? "" });
  await stack.sidecar.start();
});

test("the connection test tells a wrong key, a wrong app id and a right connection apart", async () => {
  const { clientId, apiKey, appId } = stack.app;
  const testWith = async (constants: Record<string, string>) => {
    await stack.wordpress.setConstants(constants);
    await open(SCREEN);
    await page.click("#domain-bridge-check");
    const answer = page.locator("#domain-bridge-said .notice").first();
    await answer.waitFor();
    return answer.innerText();
  };
  const wrongKey = await testWith({
    WU_SERVER_PILOT_CLIENT_ID: clientId,
    WU_SERVER_PILOT_API_KEY: "a-wrong-key",
    WU_SERVER_PILOT_APP_ID: appId,
  });
  expect(wrongKey).toContain("WU_SERVER_PILOT_API_KEY");
  const wrongApp = await testWith({
    WU_SERVER_PILOT_API_KEY: apiKey,
    WU_SERVER_PILOT_APP_ID: "no-such-app",
  });
  expect(wrongApp).toContain("WU_SERVER_PILOT_APP_ID");
  const right = await testWith({ WU_SERVER_PILOT_APP_ID: appId });
  expect(right).not.toContain("WU_SERVER_PILOT");
  await takePictures(page, "connected");
});

test("a mapped domain's row goes from waiting to secure without reloading", async () => {
  await open("/wp-admin/network/admin.php?page=wp-ultimo");
  await page.fill("input[name=domain]", "shop.example.com");
  await page.click("#wpbody-content input[value=Add]");
  await open(SCREEN);
  await page.evaluate(() => {
    (globalThis as { neverReloaded?: boolean }).neverReloaded = true;
  });
  await row("shop.example.com").waitFor();
  await takePictures(page, "securing");
  await becomesSecure("shop.example.com");
  const stayed = await page.evaluate(
    () => (globalThis as { neverReloaded?: boolean }).neverReloaded,
  );
  expect(stayed).toBe(true);
  expect(stack.simulator.domains()).toEqual([
    "panel.example.org",
    "shop.example.com",
    "www.shop.example.com",
  ]);
});

test("a renamed and a removed domain are followed", async () => {
  await stack.wordpress.php(
    "$d = wu_get_domains( array( 'domain' => 'shop.example.com' ) )[0]; $d->set_domain( 'store.example.com' ); $d->save();",
  );
  await open(SCREEN);
  await row("store.example.com").waitFor();
  await row("shop.example.com").waitFor({ state: "detached" });
  await stack.wordpress.php(
    "wu_get_domains( array( 'domain' => 'store.example.com' ) )[0]->delete();",
  );
  await open(SCREEN);
  await row("store.example.com").waitFor({ state: "detached" });
  expect(stack.simulator.domains()).toEqual(["panel.example.org"]);
});

test("a reason is shown where the DNS points elsewhere, with what to do", async () => {
  stack.simulator.setDns("wrong.example.com", { a: ["203.0.113.7"] });
  stack.simulator.setDns("www.wrong.example.com", { a: ["203.0.113.7"] });
  const good = Array.from({ length: 8 }, (_, n) => `site${n + 1}.example.com`);
  await stack.wordpress.php(mapCode([...good, "wrong.example.com"], 1));
  await open(SCREEN);
  await row("wrong.example.com").getByText("203.0.113.7").first().waitFor();
  await becomesSecure("site8.example.com");
  expect(await seriousViolations(page)).toEqual([]);
  await takePictures(page, "screen");
  const top = async (part: string): Promise<number> =>
    (await page.locator(part).first().boundingBox())?.y ?? NaN;
  const domains = ".domain-bridge-panel";
  expect(await top(domains)).toBeGreaterThan(await top(".domain-bridge-boxes"));
  await page.setViewportSize(PHONE);
  expect(await top(domains)).toBeLessThan(await top(".domain-bridge-boxes"));
  await page.setViewportSize(DESKTOP);
});

test("the preview shows changes before they are made, and a held plan is approved for what it shows", async () => {
  // While ServerPilot takes no writes, a change waits and can be looked at.
  const { simulator, mariadb } = stack;
  simulator.addFault({
    kind: "status",
    status: 500,
    method: "POST",
    times: 1000,
  });
  await mariadb.run(
    "INSERT INTO wordpress.wp_wu_domain_mappings (blog_id, domain) VALUES (1, 'quiet.example.com')",
  );
  await open(SCREEN);
  await page.click("#domain-bridge-preview");
  await page
    .locator("code:visible", { hasText: /^quiet\.example\.com$/ })
    .first()
    .waitFor();
  await takePictures(page, "preview");
  expect(await seriousViolations(page)).toEqual([]);
  simulator.clearFaults();
  await page.click("#domain-bridge-apply-button");
  await page.locator("#domain-bridge-said .notice").first().waitFor();
  await open(SCREEN);
  await becomesSecure("quiet.example.com");

  await mariadb.run("DELETE FROM wordpress.wp_wu_domain_mappings");
  await open(SCREEN);
  await page.click("#domain-bridge-sync");
  const held = page.locator(".domain-bridge-held");
  await held.waitFor();
  expect(await held.innerText()).toContain("site1.example.com");
  await takePictures(page, "held");
  expect(await seriousViolations(page)).toEqual([]);
  await page.check(".domain-bridge-held input[name=seen]");
  await page.click("#domain-bridge-approve-button");
  await row("site1.example.com").waitFor({ state: "detached" });
  expect(simulator.domains()).toEqual(["panel.example.org"]);
});

test("nothing was written to WordPress's debug log on the way", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});
