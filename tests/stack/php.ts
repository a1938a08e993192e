import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, stackPhpDir } from "./places";

/** How PHP code is run. */
export interface PhpOptions {
  /** The site by its name; the network's main site where it is not given. */
  readonly host?: string;
  /** User id, 0 for nobody; the super admin (1) where it is not given. */
  readonly user?: number;
  /** Constants that are true, say `["DOING_CRON"]` or `["WP_CLI"]`. */
  readonly define?: readonly string[];
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

/** Settings of every PHP process: errors go to logs only, compiled files are kept for the next process. */
export function phpSettings(): string[] {
  const compiled = join(cacheDir, "opcache");
  mkdirSync(compiled, { recursive: true });
  return [
    "display_errors=0",
    "log_errors=1",
    "memory_limit=512M",
    "opcache.enable_cli=1",
    "opcache.revalidate_freq=0",
    `opcache.file_cache=${compiled}`,
    "opcache.file_cache_consistency_checks=0",
  ].flatMap((setting) => ["-d", setting]);
}

/** A PHP process that ended badly, with what it wrote and the end of WordPress's debug log. */
export class PhpFailed extends Error {
  constructor(exit: string, output: string, debugLog: string) {
    super(
      `PHP ended with ${exit}\n${output}\ndebug.log: ${debugLog.slice(-3000)}`,
    );
    this.name = "PhpFailed";
  }
}

/**
 * Runs one of the stack's PHP files in a process of its own, to the end of its shutdown functions.
 *
 * @throws PhpFailed
 */
export async function runPhp(
  root: string,
  script: string,
  code: string,
  options: PhpOptions,
): Promise<unknown> {
  const args = [...phpSettings(), join(stackPhpDir, script)];
  const { host, user, define, env } = options;
  const child = spawn("php", args, {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    timeout: (options.timeoutSeconds ?? 60) * 1000,
    env: {
      ...process.env,
      STACK_WORDPRESS: root,
      ...(host === undefined ? {} : { STACK_HOST: host }),
      ...(user === undefined ? {} : { STACK_USER: String(user) }),
      ...(define === undefined ? {} : { STACK_DEFINE: define.join(" ") }),
      ...env,
    },
  });
  const read = (stream: NodeJS.ReadableStream | null | undefined) => {
    const chunks: Buffer[] = [];
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString("utf8");
  };
  const [stdout, stderr, answer] = [
    read(child.stdout),
    read(child.stderr),
    read(child.stdio[3] as NodeJS.ReadableStream),
  ];
  child.stdin.on("error", () => undefined);
  child.stdin.end(code);
  const exit = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      resolve(signal ?? `exit code ${String(status)}`);
    });
  });
  if (exit !== "exit code 0" || answer() === "") {
    const log = await readFile(
      join(root, "wp-content/debug.log"),
      "utf8",
    ).catch(() => "(empty)");
    throw new PhpFailed(exit, stdout() + stderr(), log);
  }
  return (JSON.parse(answer()) as { result: unknown }).result;
}
