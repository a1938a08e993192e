import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startStack, type Stack } from "../stack/stack";
import {
  DESKTOP,
  launchBrowser,
  PHONE,
  seriousViolations,
  takePictures,
} from "./browser";

/** A customer's way, who is no administrator, from a domain with wrong DNS to a live one. */
let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;

const ACCOUNT = "/?um_double_account=1";
const WAIT = { timeout: 40_000 };
const RIGHT = "127.0.0.1";

const row = () => page.locator(".domain-bridge-domain").first();
const says = (text: string) => row().getByText(text).waitFor(WAIT);

/** Whether all of the page is seen on a phone without scrolling to the side. */
async function fitsPhone(tab: Page): Promise<boolean> {
  await tab.setViewportSize(PHONE);
  const fits = await tab.evaluate<boolean>(
    "document.documentElement.scrollWidth <= innerWidth",
  );
  await tab.setViewportSize(DESKTOP);
  return fits;
}

async function logIn(to: BrowserContext): Promise<Page> {
  const tab = await to.newPage();
  tab.setDefaultTimeout(WAIT.timeout);
  await tab.goto(`${stack.wordpress.url}/wp-login.php`);
  await tab.fill("#user_login", "owner");
  await tab.fill("#user_pass", "password");
  await tab.click("#wp-submit");
  await tab.goto(stack.wordpress.url + ACCOUNT);
  return tab;
}

beforeAll(async () => {
  stack = await startStack({
    simulator: { autosslDelayMs: 1000, http: true },
    sidecar: { env: { SSL_POLL_SECONDS: "1" } },
  });
  stack.simulator.setDns("example.com", { a: ["198.51.100.7"] });
  stack.simulator.setDns("www.example.com", { a: ["198.51.100.7"] });
  await stack.wordpress.php(`
    update_network_option( null, 'um_double_customers', array( 1 => wpmu_create_user( 'owner', 'password', 'owner@example.com' ) ) );`);
  await writeFile(
    join(stack.wordpress.root, "wp-content/mu-plugins/malay.php"),
    "<?php add_filter( 'locale', function ( $locale ) { return isset( $_GET['malay'] ) ? 'ms_MY' : $locale; } );",
  );
  browser = await launchBrowser();
  context = await browser.newContext({
    viewport: DESKTOP,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  page = await logIn(context);
}, 300_000);

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

test("a domain is added as it was copied from a browser, and what cannot work is refused in plain words", async () => {
  await page.fill("input[name=domain]", "*.example.com");
  await page.click("text=Add Domain");
  await page.locator(".um-double-error", { hasText: "by itself" }).waitFor();
  await page.fill("input[name=domain]", "https://Example.com/");
  await Promise.all([page.waitForEvent("load"), page.click("text=Add Domain")]);
  expect(await page.locator(".wu-font-semibold").innerText()).toBe(
    "example.com",
  );
});

test("wrong DNS is shown with the record to change, found beside expected, and its value is copied", async () => {
  await says("Points somewhere else.");
  const record = page.locator(".domain-bridge-record").first();
  expect(await record.innerText()).toContain("Found: 198.51.100.7");
  await record.getByText("Copy").click();
  await record.getByText("Copied").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(RIGHT);
  expect(await seriousViolations(page, "main")).toEqual([]);
  expect(await fitsPhone(page)).toBe(true);
  expect(await page.getByText("Make Primary").isVisible()).toBe(false);
  await takePictures(page, "customer-dns");
});

test("the same in Malay, also on a phone", async () => {
  await page.goto(`${stack.wordpress.url}${ACCOUNT}&malay=1`);
  await says("Menghala ke tempat lain.");
  const text = await page.locator(".domain-bridge-domain").innerText();
  expect(text).toContain("example.com menghala ke 198.51.100.7.");
  expect(text).not.toMatch(/Change|Found|Keep your|goes to/);
  expect(await fitsPhone(page)).toBe(true);
  expect(await seriousViolations(page, "main")).toEqual([]);
  await takePictures(page, "customer-malay");
});

test("the list is also there without JavaScript, where Check now loads it again", async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await context.storageState(),
  });
  const tab = await plain.newPage();
  await tab.goto(stack.wordpress.url + ACCOUNT);
  expect(await tab.locator(".domain-bridge-domain").innerText()).toContain(
    "Points somewhere else.",
  );
  expect(await tab.locator(".domain-bridge-copy:visible").count()).toBe(0);
  await tab.click("text=Check now");
  await tab.waitForURL(/um_double_account/);
  await plain.close();
});

test("once the DNS is mended, Check now turns the row to live without loading the page again", async () => {
  await page.goto(stack.wordpress.url + ACCOUNT);
  await page.evaluate(() => {
    (globalThis as { neverReloaded?: boolean }).neverReloaded = true;
  });
  stack.simulator.setDns("example.com", { a: [RIGHT] });
  await page.focus("a.domain-bridge-check");
  await page.keyboard.press("Enter");
  await says("Live and secure");
  const stayed = await page.evaluate(
    () => (globalThis as { neverReloaded?: boolean }).neverReloaded,
  );
  expect(stayed).toBe(true);
  expect(await page.locator("a.domain-bridge-check:visible").count()).toBe(0);
  expect(await seriousViolations(page, "main")).toEqual([]);
  await takePictures(page, "customer-live");
});

test("the live domain is made primary", async () => {
  await Promise.all([
    page.waitForEvent("load"),
    page.click("a:has-text('Make Primary')"),
  ]);
  expect(await page.locator(".wu-block").innerText()).toContain("Primary");
  expect(await page.locator("a:has-text('Make Primary')").count()).toBe(0);
});

test("the live domain is told of in Malay", async () => {
  await page.goto(`${stack.wordpress.url}${ACCOUNT}&malay=1`);
  await says("Aktif dan selamat");
});

test("nothing was written to WordPress's debug log on the way", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});
