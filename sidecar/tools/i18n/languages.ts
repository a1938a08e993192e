import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mo, po, type GetTextTranslations } from "gettext-parser";
import { projectDir } from "../project";
import { catalogueOf, phpFile, poFile } from "./catalogue";
import { merged, messagesOf, type Message } from "./messages";

const TEXT_DOMAIN = "domain-bridge-for-serverpilot";
const MALAY = `${TEXT_DOMAIN}-ms_MY`;
const plugin = join(projectDir, "wp-plugin");

/** The plugin's folder of translations. */
export const languagesDir = join(plugin, "languages");

const shared = {
  "Project-Id-Version": "Domain Bridge for ServerPilot",
  "MIME-Version": "1.0",
  "Content-Type": "text/plain; charset=UTF-8",
  "Content-Transfer-Encoding": "8bit",
  "X-Domain": TEXT_DOMAIN,
};
const malay = {
  ...shared,
  "Language-Team": "Malay",
  Language: "ms_MY",
  "Plural-Forms": "nplurals=1; plural=0;",
};

/** Every translatable text of the plugin. */
export function pluginMessages(): Message[] {
  const files = readdirSync(plugin, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".php") && !name.startsWith("languages"))
    .sort();
  return merged(
    files.flatMap((file) =>
      messagesOf(readFileSync(join(plugin, file), "utf8"), file, TEXT_DOMAIN),
    ),
  );
}

/** The Malay catalogue as it lies in the plugin; null where there is none. */
export function malayCatalogue(): GetTextTranslations | null {
  const path = join(languagesDir, `${MALAY}.po`);
  return existsSync(path) ? po.parse(readFileSync(path)) : null;
}

export const languageFileNames = [
  `${TEXT_DOMAIN}.pot`,
  `${MALAY}.po`,
  `${MALAY}.mo`,
  `${MALAY}.l10n.php`,
] as const;

/** The files of the folder as they should be, by name; translations are taken from the .po that is there. */
export function languageFiles(): Map<string, string | Buffer> {
  const messages = pluginMessages();
  const template = catalogueOf(messages, shared, null);
  const translated = catalogueOf(messages, malay, malayCatalogue());
  return new Map<string, string | Buffer>([
    [`${TEXT_DOMAIN}.pot`, poFile(template)],
    [`${MALAY}.po`, poFile(translated)],
    [`${MALAY}.mo`, mo.compile(translated)],
    [`${MALAY}.l10n.php`, phpFile(translated)],
  ]);
}
