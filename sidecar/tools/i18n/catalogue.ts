import { po, type GetTextTranslations } from "gettext-parser";
import type { Message } from "./messages";

type Translation = GetTextTranslations["translations"][string][string];

/** The texts as a catalogue for gettext, with the translations that `old` has. */
export function catalogueOf(
  messages: readonly Message[],
  headers: Readonly<Record<string, string>>,
  old: GetTextTranslations | null,
): GetTextTranslations {
  const translations: Record<string, Translation> = {
    "": { msgid: "", msgstr: [""] },
  };
  for (const { id, plural, comment, files } of messages) {
    const known = old?.translations[""]?.[id]?.msgstr ?? [""];
    translations[id] = {
      msgid: id,
      ...(plural === undefined ? {} : { msgid_plural: plural }),
      msgstr: old === null && plural !== undefined ? ["", ""] : known,
      comments: {
        translator: "",
        flag: "",
        previous: "",
        reference: files.join("\n"),
        extracted: comment === undefined ? "" : `translators: ${comment}`,
      },
    };
  }
  return {
    charset: "utf-8",
    headers: { ...headers },
    translations: { "": translations },
  };
}

/** The catalogue as a .po or .pot file. */
export function poFile(catalogue: GetTextTranslations): string {
  return `${po.compile(catalogue, { foldLength: 0 }).toString("utf8").trim()}\n`;
}

/** The translated texts, each with its one form (Malay has no plural). */
export function translatedOf(
  catalogue: GetTextTranslations,
): Map<string, string> {
  const pairs = Object.values(catalogue.translations[""] ?? {})
    .filter(({ msgid, msgstr }) => msgid !== "" && (msgstr[0] ?? "") !== "")
    .map(({ msgid, msgstr }) => [msgid, msgstr[0] ?? ""] as const);
  return new Map(pairs);
}

/** The translations as WordPress 6.5 and newer like them best: a PHP file that returns an array. */
export function phpFile(catalogue: GetTextTranslations): string {
  const { headers } = catalogue;
  const line = (key: string, value: string): string =>
    `\t${quoted(key)} => ${quoted(value)},\n`;
  const messages = [...translatedOf(catalogue)].map(
    ([id, text]) => `\t${line(id, text)}`,
  );
  return `<?php
return array(
${line("project-id-version", headers["Project-Id-Version"] ?? "")}${line("language", headers["Language"] ?? "")}${line("plural-forms", headers["Plural-Forms"] ?? "")}\t'messages' => array(
${messages.join("")}\t),
);
`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
