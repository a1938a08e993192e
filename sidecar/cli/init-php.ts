import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "./cli-error";

/** The account that PHP runs under; undefined: that of this process. */
export interface PhpAccount {
  uid: number;
  gid: number;
}

export interface PhpAnswer {
  /** What the script wrote to its pipe with number 3; empty where PHP itself fell over. */
  answer: string;
  /** What else PHP said. */
  said: string;
}

const TIMEOUT_MS = 60_000;

/** ServerPilot keeps the versions of PHP here, and none of them need be on the PATH. */
const SERVERPILOT_PHP = "/opt/sp";

/** The PHP to use: the given one, that on the PATH (folders with colons between), or the newest of ServerPilot's. */
export function findPhp(given: string | undefined, path = ""): string {
  if (given !== undefined) return given;
  const folders = path.split(":").filter(Boolean);
  const onPath = folders
    .map((folder) => join(folder, "php"))
    .find((path) => existsSync(path));
  const found = onPath ?? newestOfServerPilot();
  if (found === undefined) {
    throw new CliError(
      "PHP was not found on this machine.",
      "Name it with --php, say --php /opt/sp/php8.3/bin/php.",
    );
  }
  return found;
}

function newestOfServerPilot(): string | undefined {
  if (!existsSync(SERVERPILOT_PHP)) return undefined;
  return readdirSync(SERVERPILOT_PHP)
    .filter((name) => /^php\d/.test(name))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(SERVERPILOT_PHP, name, "bin/php"))
    .find((path) => existsSync(path));
}

/**
 * Runs a PHP script with arguments, in an otherwise empty folder with an empty wp-settings.php beside it.
 *
 * @throws CliError when there is no such PHP.
 */
export async function runPhp(
  php: string,
  script: string,
  args: readonly string[],
  account: PhpAccount | undefined,
): Promise<PhpAnswer> {
  const folder = await mkdtemp(join(tmpdir(), "domain-bridge-init-"));
  try {
    const file = join(folder, "script.php");
    await writeFile(file, script);
    await writeFile(join(folder, "wp-settings.php"), "");
    // The folder is nobody else's (mode 700), so that no other file can be slipped in.
    if (account) await chown(folder, account.uid, account.gid);
    return await start(php, [file, ...args], account);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function start(
  php: string,
  args: readonly string[],
  account: PhpAccount | undefined,
): Promise<PhpAnswer> {
  return new Promise((resolve, reject) => {
    const quiet = ["-d", "display_errors=0", "-d", "log_errors=0"];
    const child = spawn(php, [...quiet, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      ...account,
    });
    const chunks: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
    child.stdio[3]?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new CliError(
          `${php} cannot be run (${error.code ?? "unknown"}).`,
          "Name the site's PHP with --php, say --php /opt/sp/php8.3/bin/php.",
        ),
      );
    });
    child.once("close", () => {
      resolve({
        answer: Buffer.concat(chunks).toString("utf8"),
        said: Buffer.concat(said).toString("utf8"),
      });
    });
  });
}
