import { existsSync } from "node:fs";
import {
  cp,
  lstat,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
} from "node:fs/promises";
import { join, relative, dirname } from "node:path";
import { PrivateSuite } from "./apt";
import { cacheDir } from "./places";

/** Debian 12 has WordPress 6.1, too old for Ultimate Multisite; Debian 13's packages hold no compiled code and fit both. */
const suite = "trixie";
const packages = [
  "wordpress",
  "wordpress-theme-twentytwentyfive",
  "libjs-cropper",
  "libjs-lodash",
  "libjs-underscore",
  "php-getid3",
];

/** Where the unpacked WordPress is kept, links followed, ready to be copied into a stack. */
export const wordpressCoreDir = join(cacheDir, "wordpress-6.8");

/** Whether WordPress was unpacked here before. */
export function hasWordpress(): boolean {
  return existsSync(join(wordpressCoreDir, "wp-settings.php"));
}

/** Downloads WordPress from the machine's Debian mirror and unpacks it into the cache; nothing is installed. */
export async function fetchWordpress(): Promise<void> {
  const work = join(cacheDir, `wordpress-download-${String(process.pid)}`);
  try {
    const root = join(work, "root");
    const debian = await PrivateSuite.open(suite, join(work, "apt"));
    await debian.unpack(packages, root);
    await pullLinksInside(root, root);
    const core = join(work, "core");
    await cp(join(root, "usr/share/wordpress"), core, {
      recursive: true,
      dereference: true,
    });
    // Debian's own wp-config.php looks into /etc/wordpress.
    await rm(join(core, "wp-config.php"), { force: true });
    await rm(wordpressCoreDir, { recursive: true, force: true });
    await rename(core, wordpressCoreDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Packages link to absolute places of an installed system; point them to the unpacked tree, drop what leads nowhere. */
async function pullLinksInside(dir: string, root: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    const stat = await lstat(path);
    if (stat.isDirectory()) {
      await pullLinksInside(path, root);
    } else if (stat.isSymbolicLink()) {
      const target = await readlink(path);
      const inside = target.startsWith("/")
        ? join(root, target)
        : join(dirname(path), target);
      await unlink(path);
      if (existsSync(inside))
        await symlink(relative(dirname(path), inside), path);
    }
  }
}
