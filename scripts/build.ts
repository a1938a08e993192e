import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { Zip, ZipPassThrough } from "fflate";
import { bundle, BUNDLE, bundleFiles } from "./bundle";
import { filesBelow, packageVersion, projectDir, runScript } from "./project";
import { stamped, unstamped } from "./stamp";
import { compiledLanguages } from "./translations";

export const SLUG = "domain-bridge-for-serverpilot";

/** What of wp-plugin/ belongs to a site; everything else there is for development. */
const WANTED = /^([\w-]+\.php|readme\.txt|(includes|assets)\/[\w./-]+)$/;
const HIDDEN = /(^|\/)\./;

/** The oldest date that a zip can carry: the same files and the same Node.js make the same bytes, whenever. */
const DATE = new Date(1980, 0, 1);

/** A file of a zip, compressed by zlib, which makes it smaller than fflate does by a fortieth. */
class Packed extends ZipPassThrough {
  override readonly compression = 8;
  override readonly os = 3;

  protected override process(chunk: Uint8Array, final: boolean): void {
    this.ondata(null, deflateRawSync(chunk, { level: 9, memLevel: 9 }), final);
  }
}

/**
 * Packs the plugin with its compiled translations and the sidecar's bundle, all in one folder named after the plugin.
 * `bundleFile` is what `bundle` gave.
 */
export async function pluginZip(
  bundleFile: string,
  zipFile: string,
): Promise<void> {
  const files = new Map<string, Buffer>([
    ...filesBelow("wp-plugin", "").flatMap((path) => packed(path)),
    ...[...compiledLanguages()].map(
      ([name, content]) => [`languages/${name}`, Buffer.from(content)] as const,
    ),
    ["LICENSE", readFileSync(join(projectDir, "LICENSE"))],
    ...bundleFiles.map(
      (name) =>
        [
          `sidecar/${name}`,
          readFileSync(join(dirname(bundleFile), name)),
        ] as const,
    ),
  ]);
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const [name, content] of [...files].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const mode = name.endsWith(BUNDLE) ? 0o755 : 0o644;
    const file = new Packed(`${SLUG}/${name}`);
    file.mtime = DATE;
    file.attrs = (0o100000 | mode) << 16;
    zip.add(file);
    file.push(content, true);
  }
  zip.end();
  await mkdir(dirname(zipFile), { recursive: true });
  await writeFile(zipFile, Buffer.concat(chunks));
}

/** A file of the plugin as it goes into the zip; nothing where it stays outside. */
function packed(path: string): (readonly [string, Buffer])[] {
  const name = path.replace("wp-plugin/", "");
  if (!WANTED.test(name) || HIDDEN.test(name)) return [];
  const raw = readFileSync(join(projectDir, path));
  const content = /^[\w-]+\.(php|txt)$/.test(name)
    ? Buffer.from(stamped(name, raw.toString("utf8"), packageVersion()))
    : raw;
  return [[name, content]];
}

/** Makes dist/: the npm package's JavaScript, the sidecar's bundle, and the plugin's zip; `bundle` makes only the bundle. */
async function main(): Promise<void> {
  const differing = unstamped();
  if (differing.length > 0)
    throw new Error(
      `${differing.join(", ")}: not as package.json says; run “npm run stamp”`,
    );
  const dist = join(projectDir, "dist");
  const onlyBundle = process.argv[2] === "bundle";
  if (!onlyBundle) {
    await rm(dist, { recursive: true, force: true });
    compile();
  }
  const start = await bundle(dist);
  const made = bundleFiles.map((name) => join(dist, name));
  if (!onlyBundle) {
    const zip = join(dist, `${SLUG}.zip`);
    await pluginZip(start, zip);
    made.push(zip);
  }
  for (const file of made) {
    const { size } = await stat(file);
    process.stdout.write(`${file}  ${Math.ceil(size / 1024)} KiB\n`);
  }
}

function compile(): void {
  const tsc = require.resolve("typescript/bin/tsc");
  const { status } = spawnSync(
    process.execPath,
    [tsc, "-p", join(projectDir, "sidecar/tsconfig.json")],
    { stdio: "inherit" },
  );
  if (status !== 0) throw new Error("the sidecar could not be compiled");
}

if (require.main === module) runScript(main);
