import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { languageFiles, languagesDir, malayCatalogue } from "./i18n/languages";
import { translatedOf } from "./i18n/catalogue";

/** Writes wp-plugin/languages anew from the plugin's texts and the translations in its .po file. */
mkdirSync(languagesDir, { recursive: true });
const files = languageFiles();
for (const [name, content] of files)
  writeFileSync(join(languagesDir, name), content);
const catalogue = malayCatalogue();
const all = Object.keys(catalogue?.translations[""] ?? {}).length - 1;
const done = catalogue === null ? 0 : translatedOf(catalogue).size;
process.stdout.write(`${all} texts, ${all - done} without a translation\n`);
