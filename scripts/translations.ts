import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import {
  mo,
  po,
  type GetTextTranslation,
  type GetTextTranslations,
} from "gettext-parser";
import { filesBelow, projectDir, readProjectFile } from "./project";

const TEXT_DOMAIN = "domain-bridge-for-serverpilot";

/** The Malay translation: the one file of translations that people edit, and that the checkout keeps. */
export const malayFile = `wp-plugin/languages/${TEXT_DOMAIN}-ms_MY.po`;

/**
 * WordPress's functions for translated texts, as xgettext takes them: which argument is what, and how many there are in
 * all. A call without our text domain has one less: that text is WordPress's own.
 */
const FUNCTIONS = [
  ...["__", "_e", "esc_html__", "esc_html_e", "esc_attr__", "esc_attr_e"].map(
    (name) => `${name}:1,2t`,
  ),
  ...["_x", "_ex", "esc_html_x", "esc_attr_x"].map((name) => `${name}:1,2c,3t`),
  "_n:1,2,4t",
  "_nx:1,2,4c,5t",
];

const HEADERS = {
  "Project-Id-Version": "Domain Bridge for ServerPilot",
  "MIME-Version": "1.0",
  "Content-Type": "text/plain; charset=UTF-8",
  "Content-Transfer-Encoding": "8bit",
  "X-Domain": TEXT_DOMAIN,
};
const MALAY_HEADERS = {
  ...HEADERS,
  "Language-Team": "Malay",
  Language: "ms_MY",
  "Plural-Forms": "nplurals=1; plural=0;",
};

/** The translated texts of a catalogue, English to the other language; `po` is the content of a .po file. */
export function translationsOf(po: string): Map<string, string> {
  const pairs = messagesOf(parsed(po))
    .filter(({ msgstr: [text = ""] }) => text !== "")
    .map(({ msgid, msgstr: [text = ""] }) => [msgid, text] as const);
  return new Map(pairs);
}

/** Every text of a catalogue with its translations; an empty one where there is none. */
export function messagesOf(
  catalogue: GetTextTranslations,
): GetTextTranslation[] {
  return Object.values(catalogue.translations)
    .flatMap((context) => Object.values(context))
    .filter(({ msgid }) => msgid !== "");
}

/** The catalogue in a .po file's content. */
export function parsed(text: string): GetTextTranslations {
  return po.parse(Buffer.from(text));
}

/**
 * The Malay .po file with every text that the plugin has now; `current` is its content, whose translations are kept.
 *
 * @throws Error where GNU xgettext is missing, or does not understand a file.
 */
export function malayPo(current: string): string {
  const known = new Map(
    messagesOf(parsed(current)).map((message) => [keyOf(message), message]),
  );
  const messages = pluginMessages().map((message) => ({
    ...message,
    msgstr: known.get(keyOf(message))?.msgstr ?? [""],
  }));
  return written(messages, MALAY_HEADERS);
}

/**
 * What WordPress reads, made of the .po file, by file name: the binary catalogue, the PHP file that WordPress 6.5 and newer
 * prefer, and the template for further languages.
 */
export function compiledLanguages(): Map<string, string | Buffer> {
  const messages = messagesOf(parsed(readProjectFile(malayFile)));
  // WordPress would show an empty translation as it is; a missing one it shows in English.
  const translated = messages.filter(({ msgstr: [text = ""] }) => text !== "");
  const name = basename(malayFile, ".po");
  const template = messages.map((message) => ({
    ...message,
    msgstr: message.msgid_plural === undefined ? [""] : ["", ""],
  }));
  return new Map<string, string | Buffer>([
    [`${name}.mo`, mo.compile(catalogueOf(translated, MALAY_HEADERS))],
    [`${name}.l10n.php`, phpFile(translated)],
    [`${TEXT_DOMAIN}.pot`, written(template, HEADERS)],
  ]);
}

/** Every translatable text of the plugin, untranslated: those of its header, then what xgettext finds. */
function pluginMessages(): GetTextTranslation[] {
  const plugin = join(projectDir, "wp-plugin");
  const files = filesBelow("wp-plugin", ".php").map((path) =>
    path.replace("wp-plugin/", ""),
  );
  const template = execFileSync(
    "xgettext",
    [
      "--language=PHP",
      "--from-code=UTF-8",
      "--add-comments=translators",
      "--add-location=file",
      // Without WordPress's functions only: xgettext knows PHP's own.
      "--keyword",
      ...FUNCTIONS.map((name) => `--keyword=${name}`),
      "--output=-",
      ...files,
    ],
    { cwd: plugin, encoding: "utf8" },
  );
  const messages = new Map<string, GetTextTranslation>();
  for (const [msgid, reference] of headerTexts())
    messages.set(msgid, { msgid, msgstr: [""], comments: at(reference) });
  for (const message of messagesOf(parsed(template))) {
    const key = keyOf(message);
    const { reference = "", extracted = "" } = message.comments ?? {};
    const places = [
      ...(messages.get(key)?.comments?.reference?.split("\n") ?? []),
      ...reference.split(/\s+/),
    ].join("\n");
    messages.set(key, { ...message, comments: at(places, extracted) });
  }
  return [...messages.values()];
}

/** The texts of the plugin's header that WordPress translates, each with its file; xgettext does not read comments. */
function headerTexts(): (readonly [string, string])[] {
  const file = `${TEXT_DOMAIN}.php`;
  return [
    ...readProjectFile(`wp-plugin/${file}`).matchAll(
      /^ \* (?:Plugin Name|Description|Author):\s+(.*)$/gm,
    ),
  ].map(([, text = ""]) => [text, file] as const);
}

/** Which messages are formats is left out: versions of xgettext differ in it. */
function at(
  reference: string,
  extracted = "",
): NonNullable<GetTextTranslation["comments"]> {
  return { reference, extracted, translator: "", flag: "", previous: "" };
}

/** What tells texts apart: WordPress looks them up by it as well. */
function keyOf({ msgctxt, msgid }: GetTextTranslation): string {
  return msgctxt === undefined ? msgid : `${msgctxt}\u0004${msgid}`;
}

function written(
  messages: readonly GetTextTranslation[],
  headers: Readonly<Record<string, string>>,
): string {
  const bytes = po.compile(catalogueOf(messages, headers), { foldLength: 0 });
  return `${bytes.toString("utf8").trim()}\n`;
}

function catalogueOf(
  messages: readonly GetTextTranslation[],
  headers: Readonly<Record<string, string>>,
): GetTextTranslations {
  const translations: GetTextTranslations["translations"] = {
    "": { "": { msgid: "", msgstr: [""] } },
  };
  for (const message of messages) {
    const context = (translations[message.msgctxt ?? ""] ??= {});
    context[message.msgid] = message;
  }
  return { charset: "utf-8", headers: { ...headers }, translations };
}

/** The Malay translations as a PHP file that returns an array; Malay has one form for all numbers. */
function phpFile(messages: readonly GetTextTranslation[]): string {
  const line = (key: string, value: string): string =>
    `\t${quoted(key)} => ${quoted(value)},\n`;
  const texts = messages.map(
    (message) => `\t${line(keyOf(message), message.msgstr[0] ?? "")}`,
  );
  return `<?php
return array(
${line("project-id-version", MALAY_HEADERS["Project-Id-Version"])}${line("language", MALAY_HEADERS.Language)}${line("plural-forms", MALAY_HEADERS["Plural-Forms"])}\t'messages' => array(
${texts.join("")}\t),
);
`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
