import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { bundle } from "../../scripts/bundle";
import { pluginZip, SLUG } from "../../scripts/build";

/** Builds the plugin's zip into a folder and unpacks it there; gives the path of the sidecar's bundle in it. */
export async function unpackedZip(folder: string): Promise<string> {
  const zip = join(folder, `${SLUG}.zip`);
  await pluginZip(await bundle(join(folder, "build")), zip);
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return join(folder, SLUG, "sidecar/domain-bridge.cjs");
}
