import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { zipSync, type Zippable } from "fflate";
import { BUNDLE, NOTICES } from "./bundle";
import { packageVersion, projectDir } from "./project";
import { stamped } from "./stamp";

export const SLUG = "domain-bridge-for-serverpilot";

/** What of wp-plugin/ belongs to a site; everything else there is for development. */
const WANTED =
  /^([\w-]+\.php|readme\.txt|(includes|assets|languages)\/[\w./-]+)$/;
const HIDDEN = /(^|\/)\./;

/** The oldest date that a zip can carry: the same files make the same bytes, wherever and whenever. */
const DATE = new Date(1980, 0, 1);

/** Packs the plugin with the sidecar's bundle in it, all in one folder named after the plugin. */
export async function pluginZip(
  bundleFile: string,
  zipFile: string,
): Promise<void> {
  const files = new Map<string, Buffer>();
  const plugin = join(projectDir, "wp-plugin");
  const entries = readdirSync(plugin, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(plugin, path).split(sep).join("/");
    if (WANTED.test(name) && !HIDDEN.test(name))
      files.set(name, contentOf(path, name));
  }
  const license = join(projectDir, "LICENSE");
  if (existsSync(license)) files.set("LICENSE", readFileSync(license));
  files.set(`sidecar/${BUNDLE}`, readFileSync(bundleFile));
  files.set(
    `sidecar/${NOTICES}`,
    readFileSync(join(dirname(bundleFile), NOTICES)),
  );

  const tree: Zippable = {};
  for (const name of [...files.keys()].sort()) {
    const mode = name.endsWith(BUNDLE) ? 0o755 : 0o644;
    tree[`${SLUG}/${name}`] = [
      files.get(name) ?? Buffer.alloc(0),
      { mtime: DATE, level: 9, os: 3, attrs: (0o100000 | mode) << 16 },
    ];
  }
  await mkdir(dirname(zipFile), { recursive: true });
  await writeFile(zipFile, zipSync(tree));
}

function contentOf(path: string, name: string): Buffer {
  const raw = readFileSync(path);
  return /^[\w-]+\.(php|txt)$/.test(name)
    ? Buffer.from(stamped(name, raw.toString("utf8"), packageVersion()))
    : raw;
}
