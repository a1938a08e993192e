import type { PartName } from "./stack/parts";

interface KindOfTest {
  runner: "jest" | "phpunit";
  /** Real parts that must be there. */
  parts: readonly PartName[];
}

const wholeStack = ["mariadb", "php", "wordpress"] as const;

/** Every kind of test, in the order in which they run; each Jest kind is a project and a folder of the same name. */
export const kinds = {
  unit: { runner: "jest", parts: [] },
  http: { runner: "jest", parts: [] },
  php: { runner: "phpunit", parts: ["php", "phpunit"] },
  integration: { runner: "jest", parts: ["mariadb", "redis"] },
  wordpress: { runner: "jest", parts: wholeStack },
  ssl: { runner: "jest", parts: wholeStack },
  browser: { runner: "jest", parts: [...wholeStack, "chromium"] },
  operate: { runner: "jest", parts: [...wholeStack, "redis"] },
  containers: { runner: "jest", parts: ["docker"] },
  faults: { runner: "jest", parts: wholeStack },
} as const satisfies Record<string, KindOfTest>;

export type Kind = keyof typeof kinds;

/** What `npm test` runs: all but what takes a browser, a Docker engine or many minutes. */
export const defaultKinds: readonly Kind[] = [
  "unit",
  "http",
  "php",
  "integration",
  "wordpress",
  "ssl",
  "operate",
];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}
