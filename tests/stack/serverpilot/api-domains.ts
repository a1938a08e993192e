import { Refusal } from "./api-refusal";
import { isHostname } from "./hostname";
import { MAX_DOMAINS } from "./settings";
import type { Settings } from "./types";

/**
 * The list of a write, checked as strictly as the documentation allows. Throws Refusal 400 for anything but an array of
 * at most 300 valid names without repeats.
 */
export function checkedDomains(value: unknown, settings: Settings): string[] {
  if (!Array.isArray(value)) throw new Refusal(400, "domains must be an array");
  if (value.length > MAX_DOMAINS)
    throw new Refusal(400, `an app can have at most ${MAX_DOMAINS} domains`);
  const seen = new Set<string>();
  const names: string[] = [];
  for (const name of value as unknown[]) {
    if (!isHostname(name, settings.allowWildcards)) {
      throw new Refusal(400, `invalid domain: ${JSON.stringify(name)}`);
    }
    if (seen.has(name.toLowerCase()))
      throw new Refusal(400, `repeated domain: ${name}`);
    seen.add(name.toLowerCase());
    names.push(name);
  }
  return names;
}
