import { existsSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { openApiDocument } from "../../http/openapi";
import { packageVersion, projectDir } from "../project";
import { configurationTable } from "./configuration";
import { fillMarked, readProjectFile, type Document } from "./document";
import { reasonsAsPhp } from "./reasons-php";
import { readTranslation } from "./translation";
import { fillReasons } from "./troubleshooting";

const MALAY = "wp-plugin/languages/domain-bridge-for-serverpilot-ms_MY.po";

/** Everything that `npm run generate` writes and `npm run check:docs` compares. */
export const documents: readonly Document[] = [
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
      const translation = existsSync(join(projectDir, MALAY))
        ? readTranslation(readProjectFile(MALAY))
        : new Map<string, string>();
      const translate = (english: string): string =>
        translation.get(english) ?? english;
      return markdown(fillReasons(page, { whatToDo: "Tindakan", translate }));
    },
  },
  { path: "wp-plugin/includes/reasons.php", make: reasonsAsPhp },
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
