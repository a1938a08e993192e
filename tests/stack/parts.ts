import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run";
import { codeSnifferDir, fetchCodeSniffer } from "./code-sniffer";
import {
  fetchWordpress,
  hasWordpress,
  wordpressCoreDir,
} from "./wordpress-package";

/** A real part of the stack that `ensureParts` finds or installs. */
export type PartName =
  | "mariadb"
  | "php"
  | "wordpress"
  | "chromium"
  | "redis"
  | "phpunit"
  | "phpcs"
  | "gettext"
  | "docker";

/** How a part is recognised and where it comes from. */
export interface Part {
  readonly title: string;
  /** Debian packages, also named to people whose machine must be set up by hand. */
  readonly packages: readonly string[];
  isThere(): boolean | Promise<boolean>;
  /** For parts that are downloaded into the cache, which needs no root. */
  fetch?(): Promise<void>;
  /** Where no package brings it, or its download fails: what a person can do. */
  readonly byHand?: string;
}

const phpExtensions = [
  "curl",
  "dom",
  "gd",
  "intl",
  "mbstring",
  "mysqli",
  "openssl",
  "xml",
  "zip",
];

/** The parts, in the order in which they are named. */
export const parts: Readonly<Record<PartName, Part>> = {
  mariadb: {
    title: "MariaDB",
    // The core packages have the programs but no service.
    packages: ["mariadb-server-core", "mariadb-client-core"],
    isThere: () =>
      ["mariadbd", "mariadb-install-db", "my_print_defaults"].every(
        (name) => program(name) !== null,
      ),
  },
  php: {
    title: "PHP with its extensions",
    packages: [
      "cli",
      "mysql",
      "xml",
      "mbstring",
      "curl",
      "intl",
      "zip",
      "gd",
    ].map((name) => `php-${name}`),
    isThere: hasPhp,
  },
  phpunit: {
    title: "PHPUnit",
    packages: ["phpunit"],
    isThere: () => program("phpunit") !== null,
  },
  phpcs: {
    title: "PHP_CodeSniffer",
    packages: [],
    isThere: () => program("phpcs") !== null || existsSync(codeSnifferDir),
    fetch: fetchCodeSniffer,
    byHand: "install PHP_CodeSniffer 3 so that “phpcs” is found in PATH",
  },
  gettext: {
    title: "GNU gettext",
    packages: ["gettext"],
    isThere: () => program("xgettext") !== null,
  },
  redis: {
    title: "Redis",
    packages: ["redis-server"],
    isThere: () => program("redis-server") !== null,
  },
  chromium: {
    title: "Chromium",
    packages: ["chromium", "fonts-dejavu-core"],
    isThere: () => program("chromium") !== null,
  },
  docker: {
    title: "Docker engine with Compose",
    packages: [],
    isThere: hasDocker,
    byHand: "start an engine that “docker info” and “docker compose” reach",
  },
  wordpress: {
    title: "WordPress 6.8",
    packages: [],
    isThere: hasWordpress,
    fetch: fetchWordpress,
    byHand: `unpack WordPress 6.8 or newer into ${wordpressCoreDir}, so that wp-settings.php is in it`,
  },
};

/** The full path of a program, or null; looks into the folders for administrators as well, which PATH may lack. */
export function program(name: string): string | null {
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/bin",
  ];
  return (
    folders
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path)) ?? null
  );
}

async function hasDocker(): Promise<boolean> {
  const answers = await Promise.all(
    ["info", "compose version"].map((words) =>
      run("docker", words.split(" ")).catch(() => null),
    ),
  );
  return answers.every((answer) => answer !== null);
}

async function hasPhp(): Promise<boolean> {
  const wanted = phpExtensions
    .map((name) => `extension_loaded('${name}')`)
    .join(" && ");
  const check = await run("php", [
    "-r",
    `echo PHP_VERSION_ID >= 70400 && ${wanted} ? 'yes' : 'no';`,
  ]).catch(() => null);
  return check?.stdout === "yes";
}
