import { po } from "gettext-parser";

/** The translations in a gettext file (.po): English → translation; those that are missing or doubted are left out. */
export function readTranslation(text: string): ReadonlyMap<string, string> {
  const translation = new Map<string, string>();
  for (const entries of Object.values(po.parse(text).translations)) {
    for (const { msgid, msgstr, comments } of Object.values(entries)) {
      const [translated] = msgstr;
      if (translated && !comments?.flag?.includes("fuzzy"))
        translation.set(msgid, translated);
    }
  }
  return translation;
}
