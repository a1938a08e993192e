import { existsSync, readdirSync, readFileSync } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  cp,
  mkdir,
  readdir,
  rename,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Wordpress } from "../stack/wordpress";

/** What a variant's place in the world is called by in its text: `{{socket}}`. */
export type Values = Readonly<Record<string, string>>;

/** A wp-config.php as it is found in the wild. */
export interface Variant {
  name: string;
  /** What it stands for. */
  title: string;
  expect: string;
  /** `--wordpress-url`, where the person gives it. */
  address: string | undefined;
  isAbove: boolean;
  isInMaintenance: boolean;
  text: string;
}

const folder = join(__dirname, "wp-config");

/** `nobody`, or whoever has this number. */
const SITE_OWNER = 65_534;

/** As on a real site: the files belong to an account that is not root. */
async function giveToSite(config: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(config, SITE_OWNER, SITE_OWNER);
}

/** The parts that most files have in common. */
const PARTS: Readonly<Record<string, string>> = {
  database: `define( 'DB_HOST', '{{host}}' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', '{{password}}' );`,
  salts: `foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $purpose ) {
	define( $purpose . '_KEY', 'the KEY for ' . $purpose . ' of a stack that is thrown away' );
	define( $purpose . '_SALT', 'the SALT for ' . $purpose . ' of a stack that is thrown away' );
}
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_DISABLE_FATAL_ERROR_HANDLER', true );
define( 'UM_DOUBLE_MODE', 'registry' );
define( 'WPMU_PLUGIN_DIR', __DIR__ . '/mu-plugins' );
defined( 'WP_CONTENT_DIR' ) || define( 'WP_CONTENT_DIR', '{{content}}' );`,
  network: `define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', true );
define( 'DOMAIN_CURRENT_SITE', 'bridge.localhost' );
define( 'PATH_CURRENT_SITE', '/' );
define( 'SITE_ID_CURRENT_SITE', 1 );
define( 'BLOG_ID_CURRENT_SITE', 1 );`,
  end: `$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';`,
};

/** Every variant of the folder; its first lines say what it stands for and what is expected of it. */
export function readVariants(): Variant[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".php") && !name.endsWith(".mu.php"))
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const says = (key: string) =>
        new RegExp(`^// ${key}: (.*)$`, "m").exec(text)?.[1];
      return {
        name: basename(file, ".php"),
        title: /^\/\/ (.*)$/m.exec(text)?.[1] ?? "",
        expect: says("Expect") ?? "",
        address: says("Address"),
        isAbove: says("Place") === "above",
        isInMaintenance: says("Maintenance") === "yes",
        text,
      };
    });
}

/** A text of PHP with its parts and its world put in. */
export function filled(text: string, values: Values): string {
  return text
    .replace(/\/\*\{(\w+)\}\*\//g, (_, part: string) => PARTS[part] ?? "")
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
}

/**
 * Copies the stack's WordPress, links followed, to where every account can read it: its core may lie in root's home, and
 * the site's PHP never runs as root. Gives the folder.
 */
export async function copyForEverybody(
  wordpress: Wordpress,
  dir: string,
): Promise<string> {
  const site = join(dir, "site");
  await chmod(dir, 0o755);
  await cp(wordpress.root, site, { recursive: true, dereference: true });
  await giveToSite(join(site, "wp-config.php"));
  return site;
}

/**
 * Lays out a WordPress for a variant: the files of its core are links into a site, but for wp-load.php, by which WordPress
 * finds where it lies.
 */
export async function layOutVariant(
  variant: Variant,
  root: string,
  site: string,
  values: Values,
): Promise<void> {
  await mkdir(join(root, "mu-plugins"), { recursive: true });
  for (const name of await readdir(site)) {
    if (/^(wp-(config\.php|content|load\.php)|stack-.*)$/.test(name)) continue;
    await symlink(join(site, name), join(root, name));
  }
  await copyFile(join(site, "wp-load.php"), join(root, "wp-load.php"));
  const config = join(variant.isAbove ? dirname(root) : root, "wp-config.php");
  await writeFile(
    config,
    filled(variant.text, values).replaceAll(
      "__DIR__ . '/mu-plugins'",
      `'${root}/mu-plugins'`,
    ),
  );
  await giveToSite(config);
  await writeFile(
    join(root, "wp-config-local.php"),
    filled("<?php\n/*{database}*/\n", values),
  );
  const plugin = `${variant.name}.mu.php`;
  if (existsSync(join(folder, plugin))) {
    const text = readFileSync(join(folder, plugin), "utf8");
    await writeFile(join(root, "mu-plugins", plugin), filled(text, values));
  }
  if (variant.isInMaintenance) {
    const file = join(root, ".maintenance");
    await writeFile(`${file}.new`, "<?php $upgrading = time();");
    await rename(`${file}.new`, file);
  }
}
