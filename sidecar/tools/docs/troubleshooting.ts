import type { ReasonText } from "../../reasons/reason";
import { reasonGroups } from "../../reasons/reasons";
import { fillMarked, readProjectFile } from "./document";
import { readPhpReasons } from "./plugin-reasons";

/** A page's language: its words for “what to do”, and its translation of a reason's English texts. */
export interface Language {
  whatToDo: string;
  translate: (english: string) => string;
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
      fillMarked(filled, `reasons-${name}`, group(texts, language)),
    page,
  );
}

function group(
  texts: Readonly<Record<string, ReasonText>>,
  { whatToDo, translate }: Language,
): string {
  return Object.entries(texts)
    .map(
      ([code, { message, remedy }]) =>
        `#### \`${code}\`\n\n${shown(translate(message))}\n\n**${whatToDo}:** ${shown(translate(remedy))}\n`,
    )
    .join("\n");
}

/** What is filled in is set in italics; what Markdown would take for its own is kept from it. */
function shown(text: string): string {
  return text
    .replace(/[_*<]/g, (character) => `\\${character}`)
    .replace(/\{(\w+)\}/g, "*$1*");
}
