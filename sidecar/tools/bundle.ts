import { existsSync, readFileSync, readdirSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { build } from "esbuild";
import { packageVersion, projectDir } from "./project";

export const BUNDLE = "domain-bridge.cjs";
export const NOTICES = "third-party-licenses.txt";

/**
 * Makes the whole sidecar one file that Node 20 and newer run without node_modules, readable as it is, and beside it the
 * licences of everything that is in it. Gives the bundle's path.
 */
export async function bundle(outDir: string): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const outfile = join(outDir, BUNDLE);
  const { metafile } = await build({
    entryPoints: [join(projectDir, "sidecar/cli/index.ts")],
    absWorkingDir: projectDir,
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    define: { DOMAIN_BRIDGE_VERSION: JSON.stringify(packageVersion()) },
  });
  await chmod(outfile, 0o755);
  await writeFile(
    join(outDir, NOTICES),
    notices(packagesOf(Object.keys(metafile.inputs))),
  );
  return outfile;
}

/** The folders of the packages that files belong to, sorted. */
function packagesOf(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(
      file.split(sep).join("/"),
    );
    return match ? [match[0]] : [];
  });
  return [...new Set(folders)].sort();
}

function notices(folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const path = join(projectDir, folder);
    const { name, version, license } = JSON.parse(
      readFileSync(join(path, "package.json"), "utf8"),
    ) as { name: string; version: string; license?: string };
    const file = readdirSync(path).find((entry) =>
      /^(licen[cs]e|copying)/i.test(entry),
    );
    const text =
      file === undefined || !existsSync(join(path, file))
        ? `(${license ?? "no licence named"})`
        : readFileSync(join(path, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `domain-bridge.cjs contains these packages:\n\n${parts.join(`\n${"-".repeat(72)}\n\n`)}`;
}
