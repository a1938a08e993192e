import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { variables } from "../sidecar/config/settings";
import { openApiDocument } from "../sidecar/http/openapi";
import type { ReasonText } from "../sidecar/reasons/reason";
import { reasonGroups, reasons } from "../sidecar/reasons/reasons";
import { MissingPart } from "../tests/stack/missing-part";
import type { PartName } from "../tests/stack/parts";
import { ensureParts } from "../tests/stack/setup";
import {
  packageVersion,
  projectDir,
  readProjectFile,
  runScript,
} from "./project";
import { malayFile, malayPo, translationsOf } from "./translations";

/** A file of the checkout that is wholly or partly made from the code. */
interface Document {
  /** From the checkout's top. */
  path: string;
  /** What the file should hold; `current` is the text that it holds now, empty where there is none. */
  make: (current: string) => string | Promise<string>;
  /** What it is made with. */
  parts?: readonly PartName[];
}

/** A page's language: its words for “what to do”, and its translation of a reason's English texts. */
export interface Language {
  whatToDo: string;
  translate: (english: string) => string;
}

/**
 * Everything that `npm run generate` writes and `npm run check:docs` compares; each may be made from those before it.
 */
const documents: readonly Document[] = [
  { path: "wp-plugin/includes/reasons.php", make: reasonsAsPhp },
  { path: malayFile, make: malayPo, parts: ["gettext"] },
  {
    path: "README.md",
    make: (page) =>
      formatted(fillMarked(page, "configuration", configurationTable())),
  },
  {
    path: "docs/troubleshooting.md",
    make: (page) =>
      formatted(
        fillReasons(page, {
          whatToDo: "What to do",
          translate: (english) => english,
        }),
      ),
  },
  {
    path: "docs/ms/troubleshooting.md",
    make(page) {
      // Like WordPress, this shows English where a translation is missing; a test asks for all of them.
      const malay = translationsOf(readProjectFile(malayFile));
      return formatted(
        fillReasons(page, {
          whatToDo: "Apa perlu dibuat",
          translate: (english) => malay.get(english) ?? english,
        }),
      );
    },
  },
  {
    path: "docs/openapi.json",
    make: () =>
      formatted(JSON.stringify(openApiDocument(packageVersion())), "json"),
  },
];

/**
 * Makes every document anew. Tells of each that differs from the file that is there, and of each that cannot be made
 * because this machine lacks a part.
 */
export async function makeDocuments(
  differs: (path: string, wanted: string) => void,
  lacks: (path: string, why: string) => void,
): Promise<void> {
  for (const { path, make, parts = [] } of documents) {
    const file = join(projectDir, path);
    const current = existsSync(file) ? readFileSync(file, "utf8") : "";
    try {
      await ensureParts(parts);
      const wanted = await make(current);
      if (wanted !== current) differs(path, wanted);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof MissingPart))
        throw new Error(`${path}: ${message}`, { cause: error });
      lacks(path, message);
    }
  }
}

/**
 * Puts text between `<!-- name:start -->` and `<!-- name:end -->`; what people wrote around it stays.
 *
 * @throws Error where the page lacks the marks.
 */
export function fillMarked(page: string, name: string, text: string): string {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`the page lacks ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}

/** The README's table of the sidecar's environment, as Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables).map(([name, schema]) => {
    const { default: fallback, description } = schema.meta() ?? {};
    if (description === undefined)
      throw new Error(`${name} has no meaning: add .describe(…) to its schema`);
    return `| \`${name}\` | ${shownDefault(fallback)} | ${description} |`;
  });
  return [
    "| variable | default | meaning |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Words stay words; values are set as code. */
function shownDefault(fallback: unknown): string {
  if (typeof fallback !== "string") return "–";
  return fallback === "required" ||
    fallback.includes(" ") ||
    fallback.endsWith("'s")
    ? fallback
    : `\`${fallback}\``;
}

/** Writes every reason code into the page, each group between the marks of its name. */
export function fillReasons(page: string, language: Language): string {
  const groups: Record<string, Readonly<Record<string, ReasonText>>> = {
    ...reasonGroups,
    plugin: readPhpReasons(
      readProjectFile("wp-plugin/includes/reasons-wordpress.php"),
    ),
  };
  return Object.entries(groups).reduce(
    (filled, [name, texts]) =>
      fillMarked(filled, `reasons-${name}`, reasonGroup(texts, language)),
    page,
  );
}

function reasonGroup(
  texts: Readonly<Record<string, ReasonText>>,
  { whatToDo, translate }: Language,
): string {
  return Object.entries(texts)
    .map(
      ([code, { message, remedy }]) =>
        `#### \`${code}\`\n\n${shownText(translate(message))}\n\n**${whatToDo}:** ${shownText(translate(remedy))}\n`,
    )
    .join("\n");
}

/** What is filled in is set in italics; what Markdown would take for its own is kept from it. */
function shownText(text: string): string {
  return text
    .replace(/[_*<]/g, (character) => `\\${character}`)
    .replace(/\{(\w+)\}/g, "*$1*");
}

/** The plugin's translatable catalogue of the sidecar's reasons, as PHP. */
export function reasonsAsPhp(): string {
  const entries = Object.entries(reasons).map(
    ([code, { message, remedy }]) =>
      `\t'${code}' => array(\n\t\t${translatedPhp(message)},\n\t\t${translatedPhp(remedy)},\n\t),\n`,
  );
  return `<?php
/**
 * The sidecar's reasons: code => array( message, remedy ). Generated from its source; do not edit.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

return array(
${entries.join("")});
`;
}

function translatedPhp(text: string): string {
  const quoted = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `__( '${quoted}', 'domain-bridge-for-serverpilot' )`;
}

const STRING = String.raw`'((?:[^'\\]|\\.)*)'`;
const TRANSLATED = String.raw`__\( ${STRING}, '[\w-]+' \)`;
const ENTRY = new RegExp(
  String.raw`${STRING}\s*=> array\(\s*${TRANSLATED},\s*${TRANSLATED},\s*\)`,
  "g",
);

/**
 * Reads a catalogue of reasons of the plugin (`code => array( message, remedy )`).
 *
 * @throws Error where an entry is written in another way, so that none is passed over.
 */
export function readPhpReasons(php: string): Record<string, ReasonText> {
  const entries = [...php.matchAll(ENTRY)].map(
    ([, code = "", message = "", remedy = ""]) =>
      [code, { message: unquoted(message), remedy: unquoted(remedy) }] as const,
  );
  const expected = php.split("=> array(").length - 1;
  // The header's comment describes an entry in the same words.
  const described = /^ \*.*=> array\(/m.test(php) ? 1 : 0;
  if (entries.length !== expected - described)
    throw new Error(
      `${String(expected - described)} reasons, of which ${String(entries.length)} can be read`,
    );
  return Object.fromEntries(entries);
}

function unquoted(text: string): string {
  return text.replace(/\\(['\\])/g, "$1");
}

/** Loaded at its first use: Jest cannot load Prettier, and tests of the texts need none. */
async function formatted(
  text: string,
  parser: "markdown" | "json" = "markdown",
): Promise<string> {
  const { format } = await import("prettier");
  return format(text, { parser });
}

/** Writes everything that is made from the code, and says what has changed. */
function main(): Promise<void> {
  return makeDocuments(
    (path, wanted) => {
      writeFileSync(join(projectDir, path), wanted);
      process.stdout.write(`written: ${path}\n`);
    },
    (path, why) => {
      process.stdout.write(`NOT WRITTEN: ${path}. ${why}\n`);
      process.exitCode = 1;
    },
  );
}

if (require.main === module) runScript(main);
