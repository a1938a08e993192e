import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CliError } from "./cli-error";
import { wordpressScript } from "./init-php-script";

/** Where a WordPress lies. */
export interface WordpressPlaces {
  /** The folder that the web server serves. */
  root: string;
  /** wp-config.php */
  config: string;
  /** wp-load.php */
  load: string;
}

/** How WordPress is asked: what a request of the web would have. */
export interface WordpressRequest {
  host: string;
  path: string;
  scheme: "http" | "https";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The account that PHP runs under. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

/** Where ServerPilot keeps PHP, one folder for each version, none of them on the PATH. */
const SERVERPILOT_PHP = "/opt/sp";

/** Web servers' accounts by the names that distributions give them, the last one with rights to nothing. */
const WEB_ACCOUNTS = ["www-data", "nginx", "apache", "http", "nobody"];

const TIMEOUT_MS = 60_000;

const NAME_PHP =
  "Pass the PHP that the site runs on with --php, such as --php /opt/sp/php8.3/bin/php.";

const text = z.string().default("");
const texts = z.array(z.string()).default([]);
/** PHP's empty array is a JSON list. */
const map = <T>(schema: z.ZodType<T>) =>
  z.preprocess((value) => (Array.isArray(value) ? {} : value), schema);

const answerSchema = z.object({
  /** False where the site ended PHP before its end. */
  loaded: z.boolean(),
  error: z.string(),
  /** Where WordPress redirects to; empty where it does not, or not by its own function. */
  redirect: z.string(),
  /** Whether text was printed before any plugin had a reason to. */
  printed: z.boolean(),
  warnings: texts,
  output: z.string(),
  status: z.number(),
  endedBy: texts,
  maintenance: z.boolean(),
  socket: z.string(),
  php: z.string(),
  constants: map(z.record(z.string(), z.string()).default({})),
  notUtf8: texts,
  prefix: z.string(),
  multisite: z.boolean(),
  site: z.object({ host: z.string(), path: z.string() }).optional(),
  encrypted: z.boolean().default(false),
  mappingTables: z
    .array(z.enum(["wu_domain_mappings", "wu_domain"]))
    .default([]),
  home: text,
  plugin: z
    .object({
      // No other names: what the site's code says ends up in a file that root's service reads.
      variables: z.object({ HOST: text, PORT: text, SIDECAR_SECRET: text }),
      credentials: z.object({ clientId: text, apiKey: text, appId: text }),
      network: z.string(),
      version: z.string(),
    })
    .optional(),
});

/** What a WordPress answered; see `wordpressScript`. */
export type WordpressAnswer = z.infer<typeof answerSchema>;

/**
 * Finds WordPress's files from the folder that the web server serves, the app's folder at ServerPilot, WordPress's own
 * folder below it, or one of the files; wp-config.php may lie one folder above, if that is not another WordPress's.
 *
 * @throws CliError when there is none.
 */
export function locateWordpress(given: string): WordpressPlaces {
  const path = resolve(given);
  const isFile = existsSync(path) && statSync(path).isFile();
  const folder = isFile ? dirname(path) : path;
  const root = existsSync(join(folder, "public/wp-load.php"))
    ? join(folder, "public")
    : folder;
  const core = [root, coreFolder(root)].find((place) =>
    existsSync(join(place, "wp-load.php")),
  );
  const above = core === undefined ? root : dirname(core);
  const config = [
    join(core ?? root, "wp-config.php"),
    ...(existsSync(join(above, "wp-settings.php"))
      ? []
      : [join(above, "wp-config.php")]),
  ].find((file) => existsSync(file));
  if (core === undefined || config === undefined) {
    throw new CliError(
      `${root} is not a WordPress folder: there is no ${core === undefined ? "wp-load.php" : "wp-config.php"}.`,
      "Pass --wordpress with the folder that holds wp-load.php.",
    );
  }
  return { root, config, load: join(core, "wp-load.php") };
}

/** Where a WordPress in a folder of its own lies: its index.php names it. */
function coreFolder(root: string): string {
  const index = join(root, "index.php");
  if (!existsSync(index) || !statSync(index).isFile()) return root;
  const named = /['"]\/?([\w./-]*?)\/wp-blog-header\.php['"]/.exec(
    readFileSync(index, "utf8"),
  );
  return join(root, named?.[1] ?? "");
}

/**
 * The PHP of a WordPress: the given one, else that of its app at ServerPilot, else that on the search path (folders
 * with colons between), else the newest of ServerPilot's.
 *
 * @throws CliError when there is none.
 */
export function findPhp(
  given: string | undefined,
  root: string,
  searchPath = "",
  slash = "/",
): string {
  if (given !== undefined) return given;
  const app = /^\/srv\/users\/[^/]+\/apps\/([^/]+)/.exec(root)?.[1];
  const serverPilot = versionsOfServerPilot(slash);
  const found = [
    ...serverPilot.filter(({ apps }) => app !== undefined && apps.has(app)),
    ...searchPath
      .split(":")
      .filter(Boolean)
      .map((folder) => ({ php: join(folder, "php") })),
    ...serverPilot,
  ].find(({ php }) => existsSync(php));
  if (found !== undefined) return found.php;
  throw new CliError("PHP was not found on this machine.", NAME_PHP);
}

/**
 * ServerPilot's versions of PHP, the newest first, with the apps that each serves: it keeps one pool of PHP-FPM for each
 * app, in `/etc/phpX.Y-sp/fpm-pools.d/` (as public deployment scripts for ServerPilot have it).
 */
function versionsOfServerPilot(
  slash: string,
): { php: string; apps: Set<string> }[] {
  const folder = join(slash, SERVERPILOT_PHP);
  return namesIn(folder)
    .filter((name) => /^php\d/.test(name))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => ({
      php: join(folder, name, "bin/php"),
      apps: new Set(
        namesIn(join(slash, `etc/${name}-sp/fpm-pools.d`)).map((pool) =>
          pool.replace(/\.(conf|d)$/, ""),
        ),
      ),
    }));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/**
 * The account for the site's PHP, and whether it is the site's own: to examine plugins, their code is run, and it must not run as root.
 * Undefined where this process is not root's.
 *
 * @throws CliError when there is no account but root's.
 */
export function accountFor(
  { root, config, load }: WordpressPlaces,
  passwd = readFileSync("/etc/passwd", "utf8"),
): (Account & { isOwner: boolean }) | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = passwd.split("\n").map((line): Account => {
    const [name = "", , uid, gid] = line.split(":");
    return { name, uid: Number(uid), gid: Number(gid) };
  });
  const owner = [config, join(root, "wp-content"), load]
    .filter((path) => existsSync(path))
    .map((path) => statSync(path))
    .find(({ uid }) => uid !== 0);
  if (owner !== undefined) {
    const { uid, gid } = owner;
    const name = accounts.find((account) => account.uid === uid)?.name;
    return { uid, gid, name: name ?? String(uid), isOwner: true };
  }
  const account = WEB_ACCOUNTS.map((wanted) =>
    accounts.find(({ name, uid }) => name === wanted && uid > 0),
  ).find((found) => found !== undefined);
  if (account === undefined) {
    throw new CliError(
      `All files of ${root} belong to root, and the site's PHP is never run as root.`,
      "Give wp-content to the account that the site's PHP runs under, or run this command as that account.",
    );
  }
  // A file that root keeps from others is open to the group of the site's account, or the site would not work.
  const { gid } = statSync(config);
  return { ...account, gid: gid === 0 ? account.gid : gid, isOwner: false };
}

/**
 * Loads WordPress for a request and gives its answer.
 *
 * @throws CliError when PHP cannot be run or answers nothing.
 */
export async function askWordpress(
  php: string,
  load: string,
  request: WordpressRequest,
  account: Account | undefined,
  env: Environment,
): Promise<WordpressAnswer> {
  const { host, path, scheme } = request;
  const args = [load, host, path, scheme];
  const { answer, said } = await runPhp(php, args, account, env);
  try {
    return answerSchema.parse(JSON.parse(answer));
  } catch {
    const words = said.trim().split("\n")[0] ?? "";
    throw new CliError(
      `${php} gave no answer${words ? `: ${words.slice(0, 200)}` : "."}`,
      NAME_PHP,
    );
  }
}

function runPhp(
  php: string,
  args: readonly string[],
  account: Account | undefined,
  env: Environment,
): Promise<{ answer: string; said: string }> {
  return new Promise((resolve, reject) => {
    const quiet = ["-d", "display_errors=0", "-d", "log_errors=0"];
    const child = spawn(php, [...quiet, "--", ...args], {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      env,
      // As under a web server: what is included without a folder is looked for here.
      cwd: dirname(args[0] ?? "/"),
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    const answer: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.stdio[3]?.on("data", (chunk: Buffer) => answer.push(chunk));
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new CliError(
          `${basename(php)} cannot be run as ${php} (${error.code ?? "unknown"}).`,
          NAME_PHP,
        ),
      );
    });
    child.once("close", () => {
      resolve({
        answer: Buffer.concat(answer).toString("utf8"),
        said: Buffer.concat(said).toString("utf8"),
      });
    });
    // A program that is no PHP may end without reading.
    child.stdin.on("error", () => undefined);
    child.stdin.end(wordpressScript);
  });
}
