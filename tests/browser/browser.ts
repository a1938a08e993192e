import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { projectDir } from "../stack/places";

/** Debian's; a browser of Playwright's own would have to be downloaded. */
const CHROMIUM = "/usr/bin/chromium";

/** Where screenshots are written; the README's picture is taken from there. */
const SCREENSHOTS =
  process.env["SCREENSHOTS"] ?? join(projectDir, "build/screenshots");

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Chromium without anything that would look for the world outside. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Writes a picture of the page at desktop and at phone width. */
export async function takePictures(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const [suffix, size] of [
    ["phone", PHONE],
    ["desktop", DESKTOP],
  ] as const) {
    await page.setViewportSize(size);
    await page.screenshot({
      path: join(SCREENSHOTS, `${name}-${suffix}.png`),
      fullPage: true,
    });
  }
}

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

/**
 * What axe finds on a part of the page that is serious or critical, one line each.
 *
 * @param part a selector; the plugin's screen in the network admin where it is not given.
 */
export async function seriousViolations(
  page: Page,
  part = "#wpbody-content .wrap",
): Promise<string[]> {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const violations = await page.evaluate(async (where) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (where: string) => Promise<{ violations: Violation[] }>;
      };
    };
    return (await axe.run(where)).violations;
  }, part);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, impact, nodes }) =>
        `${id} (${impact}): ${nodes.map(({ html }) => html).join(" | ")}`,
    );
}
