import type { ReasonText } from "../../reasons/reason";

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
