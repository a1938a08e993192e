import { mo } from "gettext-parser";
import { readProjectFile } from "../../../scripts/project";
import {
  compiledLanguages,
  malayFile,
  messagesOf,
  parsed,
  translationsOf,
} from "../../../scripts/translations";

const catalogue = readProjectFile(malayFile);

/** The parts of a text that are filled in later, sorted. */
const placeholders = (text: string): string =>
  (text.match(/\{\w+\}|%(?:\d\$)?[sd]/g) ?? []).sort().join(" ");

test("every text of the plugin has a Malay translation with the same placeholders", () => {
  const malay = translationsOf(catalogue);
  const wrong = messagesOf(parsed(catalogue))
    .map(({ msgid }) => msgid)
    .filter((id) => {
      const text = malay.get(id);
      return text === undefined || placeholders(text) !== placeholders(id);
    });
  expect(wrong).toEqual([]);
});

test("WordPress is given the translations that the .po file has", () => {
  const files = compiledLanguages();
  const [binary, php, template] = [...files.values()];
  const [binaryName, phpName, templateName] = [...files.keys()];
  expect([binaryName, phpName, templateName]).toEqual([
    "domain-bridge-for-serverpilot-ms_MY.mo",
    "domain-bridge-for-serverpilot-ms_MY.l10n.php",
    "domain-bridge-for-serverpilot.pot",
  ]);
  const inBinary = messagesOf(mo.parse(binary as Buffer));
  expect(
    new Map(inBinary.map(({ msgid, msgstr }) => [msgid, msgstr[0]])),
  ).toEqual(translationsOf(catalogue));
  expect(php).toContain("'Site %d' => 'Laman %d',");
  expect(translationsOf(template as string).size).toBe(0);
  expect(messagesOf(parsed(template as string))).toHaveLength(
    messagesOf(parsed(catalogue)).length,
  );
  expect(php).not.toContain("=> ''");
});
