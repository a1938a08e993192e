import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CommandFailed, run, type Ran } from "./run";

const noServices = "/usr/sbin/policy-rc.d";
const environment = {
  DEBIAN_FRONTEND: "noninteractive",
  LC_ALL: "C",
  RUNLEVEL: "1",
};

/** Whether apt can install packages here: a Debian-like system, and root. */
export async function aptCanInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return (await run("apt-get", ["--version"]).catch(() => null)) !== null;
}

/**
 * Installs Debian packages without starting any service of theirs. Another apt that is at work is waited for.
 *
 * @throws CommandFailed with apt's own words.
 */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const args = [
    "-y",
    "--no-install-recommends",
    "-o",
    "DPkg::Lock::Timeout=600",
    "install",
    ...packages,
  ];
  await withoutServices(async () => {
    try {
      await apt(args);
    } catch {
      // A fresh container has no package lists, an old one has lists of packages that are gone.
      await apt(["update"]);
      await apt(args);
    }
  });
}

/**
 * A second set of apt sources with lists and cache of its own: the machine's own apt never sees it, and it needs no root.
 */
export class PrivateSuite {
  readonly #dir: string;
  readonly #options: readonly string[];

  private constructor(dir: string) {
    this.#dir = dir;
    this.#options = [
      `Dir::Etc::sourcelist=${join(dir, "sources.list")}`,
      `Dir::Etc::sourceparts=${join(dir, "parts")}`,
      `Dir::State::lists=${join(dir, "lists")}`,
      `Dir::Cache=${join(dir, "cache")}`,
      "APT::Update::Post-Invoke-Success=",
      "APT::Sandbox::User=root",
    ].flatMap((option) => ["-o", option]);
  }

  /**
   * Opens a suite (say trixie) of the mirror that the machine's own sources name.
   *
   * @throws Error where no Debian mirror is named, CommandFailed with apt's own words.
   */
  static async open(suite: string, dir: string): Promise<PrivateSuite> {
    await rm(dir, { recursive: true, force: true });
    for (const folder of [
      "parts",
      "lists/partial",
      "cache/archives/partial",
      "debs",
    ]) {
      await mkdir(join(dir, folder), { recursive: true });
    }
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    await writeFile(
      join(dir, "sources.list"),
      `deb [signed-by=${keyring}] ${await debianMirror()} ${suite} main\n`,
    );
    const opened = new PrivateSuite(dir);
    await apt([...opened.#options, "update"]);
    return opened;
  }

  /** Downloads packages and unpacks them below `root`, without installing them. */
  async unpack(packages: readonly string[], root: string): Promise<void> {
    const debs = join(this.#dir, "debs");
    await run(
      "env",
      ["-C", debs, "apt-get", ...this.#options, "download", ...packages],
      environment,
    );
    for (const deb of await readdir(debs)) {
      await run("dpkg-deb", ["-x", join(debs, deb), root]);
    }
  }
}

async function apt(args: readonly string[]): Promise<Ran> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await run("apt-get", ["-q", ...args], environment);
    } catch (error) {
      const busy =
        error instanceof CommandFailed &&
        error.output.includes("Could not get lock");
      if (!busy || attempt >= 120) throw error;
      await delay(1000);
    }
  }
}

/** RUNLEVEL=1 keeps sysvinit quiet, policy-rc.d keeps systemd quiet; the file goes away again. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const placed = await writeFile(noServices, "#!/bin/sh\nexit 101\n", {
    mode: 0o755,
    flag: "wx",
  }).then(
    () => true,
    () => false,
  );
  try {
    await work();
  } finally {
    if (placed) await rm(noServices, { force: true });
  }
}

/** The address of the Debian archive in the machine's own sources, in either of apt's two formats. */
async function debianMirror(): Promise<string> {
  const parts = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(await readdir(parts).catch(() => [])).map((name) => join(parts, name)),
  ];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "");
    const found =
      /^(?:URIs:|deb\s+(?:\[[^\]]*\]\s+)?)\s*(\S+\/debian)\/?(?=\s|$)/m.exec(
        text,
      );
    if (found?.[1] !== undefined) return found[1];
  }
  throw new Error("no Debian archive is named in /etc/apt");
}
