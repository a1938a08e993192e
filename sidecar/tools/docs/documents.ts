import { format } from "prettier";
import { openApiDocument } from "../../http/openapi";
import { translatedOf } from "../i18n/catalogue";
import {
  languageFileNames,
  languageFiles,
  malayCatalogue,
} from "../i18n/languages";
import { packageVersion } from "../project";
import { configurationTable } from "./configuration";
import { fillMarked, type Document } from "./document";
import { reasonsAsPhp } from "./reasons-php";
import { fillReasons } from "./troubleshooting";

/**
 * Everything that `npm run generate` writes and `npm run check:docs` compares; each may be made from those before it.
 */
export const documents: readonly Document[] = [
  { path: "wp-plugin/includes/reasons.php", make: reasonsAsPhp },
  ...languageFileNames.map((name) => ({
    path: `wp-plugin/languages/${name}`,
    make: () => languageFiles().get(name) ?? "",
  })),
  {
    path: "README.md",
    make: (page) =>
      markdown(fillMarked(page, "configuration", configurationTable())),
  },
  {
    path: "docs/troubleshooting.md",
    make: (page) =>
      markdown(
        fillReasons(page, {
          whatToDo: "What to do",
          translate: (english) => english,
        }),
      ),
  },
  {
    path: "docs/ms/troubleshooting.md",
    make(page) {
      // Like WordPress, this shows English where a translation is missing; the plugin's own tests ask for all of them.
      const malay = malayCatalogue();
      const translation =
        malay === null ? new Map<string, string>() : translatedOf(malay);
      const translate = (english: string): string =>
        translation.get(english) ?? english;
      return markdown(
        fillReasons(page, { whatToDo: "Apa perlu dibuat", translate }),
      );
    },
  },
  {
    path: "docs/openapi.json",
    make: () =>
      format(JSON.stringify(openApiDocument(packageVersion())), {
        parser: "json",
      }),
  },
];

function markdown(text: string): Promise<string> {
  return format(text, { parser: "markdown" });
}
