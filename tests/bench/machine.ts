import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { version } from "../../sidecar/version";
import { program } from "../stack/parts";
import { projectDir } from "../stack/places";
import { run } from "../stack/run";
import { wordpressCoreDir } from "../stack/wordpress-package";
import { join } from "node:path";

/** What the figures were measured on. */
export interface Machine {
  project: string;
  commit: string | null;
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  /** Mean number of running processes in the minute before: above the cores the machine was not quiet. */
  loadBefore: number;
  node: string;
  php: string | null;
  mariadb: string | null;
  wordpress: string | null;
  redis: string | null;
}

export async function describeMachine(): Promise<Machine> {
  const [first] = cpus();
  return {
    project: version,
    commit: await firstLine(
      "git",
      "-C",
      projectDir,
      "rev-parse",
      "--short",
      "HEAD",
    ),
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${distribution()}, Linux ${release()}`,
    loadBefore: Math.round((loadavg()[0] ?? NaN) * 100) / 100,
    node: process.versions.node,
    php: await firstLine("php", "-r", "echo PHP_VERSION;"),
    mariadb: numberIn(
      await firstLine(program("mariadbd") ?? "mariadbd", "--version"),
    ),
    wordpress: wordpressVersion(),
    redis: numberIn(
      await firstLine(program("redis-server") ?? "redis-server", "--version"),
    ),
  };
}

/** Null where the program is not there. */
async function firstLine(
  command: string,
  ...args: string[]
): Promise<string | null> {
  const ran = await run(command, args).catch(() => null);
  return ran?.stdout.split("\n")[0]?.trim() ?? null;
}

function numberIn(text: string | null): string | null {
  return /\d+\.\d+\.\d+/.exec(text ?? "")?.[0] ?? null;
}

function distribution(): string {
  const text = readOr("/etc/os-release");
  return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? "unknown";
}

function wordpressVersion(): string | null {
  const text = readOr(join(wordpressCoreDir, "wp-includes/version.php"));
  return /\$wp_version = '([^']+)'/.exec(text)?.[1] ?? null;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
