import { spawnSync } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./bundle";
import { pluginZip, SLUG } from "./plugin-zip";
import { projectDir } from "./project";
import { unstamped } from "./stamp";

/** Makes dist/: the npm package's JavaScript, the sidecar in one file, and the plugin's zip with that file in it. */
async function main(): Promise<void> {
  const differing = unstamped();
  if (differing.length > 0) {
    throw new Error(
      `${differing.join(", ")}: not of package.json's version; run “npm run stamp”`,
    );
  }
  const dist = join(projectDir, "dist");
  const only = process.argv[2];
  if (only !== "bundle") {
    await rm(dist, { recursive: true, force: true });
    compile();
  }
  const file = await bundle(dist);
  await say(file);
  if (only === "bundle") return;
  const zip = join(dist, `${SLUG}.zip`);
  await pluginZip(file, zip);
  await say(zip);
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

async function say(file: string): Promise<void> {
  const { size } = await stat(file);
  process.stdout.write(`${file}  ${Math.ceil(size / 1024)} KiB\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
