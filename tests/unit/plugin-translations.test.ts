import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  languageFiles,
  languagesDir,
  malayCatalogue,
  pluginMessages,
} from "../../sidecar/tools/i18n/languages";
import { translatedOf } from "../../sidecar/tools/i18n/catalogue";
import { messagesOf } from "../../sidecar/tools/i18n/messages";

/** The parts of a text that are filled in later, sorted. */
const placeholders = (text: string): string[] =>
  (text.match(/\{\w+\}|%(?:\d\$)?[sd]/g) ?? []).sort();

test.each([...languageFiles()])(
  "languages/%s is what `npm run generate` makes",
  (name, content) => {
    const found = readFileSync(join(languagesDir, name));
    expect(found.equals(Buffer.from(content))).toBe(true);
  },
);

test("every text of the plugin has a Malay translation with the same placeholders", () => {
  const malay = translatedOf(
    malayCatalogue() ?? { charset: "", headers: {}, translations: {} },
  );
  const wrong = pluginMessages()
    .map(({ id }) => id)
    .filter((id) => {
      const text = malay.get(id) ?? "";
      return (
        text === "" ||
        placeholders(text).join(" ") !== placeholders(id).join(" ")
      );
    });
  expect(wrong).toEqual([]);
});

test("a text in a form that is not understood, or of another text domain, is not passed over", () => {
  const read = (php: string) => messagesOf(php, "a.php", "ours");
  expect(() => read("__( $text, 'ours' )")).toThrow("1 texts, 0 understood");
  expect(() => read("__( 'Text', 'theirs' )")).toThrow("theirs");
});

test("texts are read with their plurals, quotes and words to translators", () => {
  const php = String.raw`
    /* translators: %d: a number. */
    sprintf( _n( '%d name', '%d names', count( $n ), 'ours' ), 1 );
    esc_html__( 'It\'s', 'ours' );`;
  expect(messagesOf(php, "a.php", "ours")).toEqual([
    { id: "It's", files: ["a.php"] },
    {
      id: "%d name",
      plural: "%d names",
      comment: "%d: a number.",
      files: ["a.php"],
    },
  ]);
});
