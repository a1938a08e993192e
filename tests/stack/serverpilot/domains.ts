import { isIP } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";

import { z } from "zod";

import type { Settings } from "./settings";
import type { App } from "./types";

/** ServerPilot's documented limit of domains on one app. */
const MAX_DOMAINS = 300;

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

/** An answer of the API that is an error. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How one name is treated otherwise than the settings say. */
export const nameRuleSchema = z.strictObject({
  /** A list with it is refused, or it is left out silently; true = by the setting `refusedWith`. */
  refused: z
    .union([
      z.literal(true),
      z.literal(400),
      z.literal(409),
      z.literal(422),
      z.literal("dropped"),
    ])
    .optional(),
  /** The words of the refusal; `{name}` stands for the name. Default: by `refusedWords`. */
  words: z.string().optional(),
  /** How many writes it strikes, 0 = all. Default: by `refusedTimes`. */
  times: z.number().int().min(0).optional(),
  /** Whether its `www.` is added. Default: by `wwwTwin`. */
  wwwTwin: z.enum(["as-sent", "added"]).optional(),
  /** How the API spells it in every answer; sent in this spelling, it is the same name. */
  shownAs: z.string().optional(),
  /** `never`: no AutoSSL certificate ever covers it. */
  certificate: z.literal("never").optional(),
});

export type NameRule = z.infer<typeof nameRuleSchema>;

interface ArmedRule {
  rule: NameRule;
  /** Null where the rule is one name's. */
  pattern: RegExp | null;
  /** How many writes it refused. */
  struck: number;
}

/** The hostname that an entry of a list means: in Punycode and lower case. */
export function hostnameOf(entry: string): string {
  const lower = entry.toLowerCase();
  // An empty answer means that it is none.
  return /^[ -~]*$/.test(lower) ? lower : domainToASCII(lower) || lower;
}

/** Whether an ASCII text is a hostname of two labels or more, a wildcard over one, or an IP address. */
function isEntry(name: string): boolean {
  if (isIP(name) !== 0) return true;
  if (name.length > 253) return false;
  const labels = name.split(".");
  if (labels[0] === "*") labels.shift();
  return (
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

/** Whether names in a certificate can be proven by a request to them: wildcards and addresses cannot. */
export function isPlainName(host: string): boolean {
  return !host.startsWith("*.") && isIP(host) === 0;
}

/** The names with rules of their own; a key between slashes is a regular expression on hostnames. */
export class NameRules {
  readonly #rules = new Map<string, ArmedRule>();

  /** Throws SyntaxError where a key between slashes is no regular expression. */
  set(name: string, rule: NameRule | null): void {
    const source = /^\/(.+)\/$/.exec(name)?.[1];
    const pattern = source === undefined ? null : new RegExp(source);
    const key = pattern ? name : hostnameOf(name);
    if (rule === null) this.#rules.delete(key);
    else this.#rules.set(key, { rule, pattern, struck: 0 });
  }

  clear(): void {
    this.#rules.clear();
  }

  entries(): Record<string, NameRule> {
    return Object.fromEntries(
      [...this.#rules].map(([name, { rule }]) => [name, rule]),
    );
  }

  find(host: string): NameRule | undefined {
    return this.#armed(host)?.rule;
  }

  /** The name that is shown as `entry`, or `entry` itself. */
  unshown(entry: string): string {
    for (const [name, { rule }] of this.#rules)
      if (rule.shownAs === entry) return name;
    return entry;
  }

  /** The hosts whose rules refuse them in this write, which counts as one for each rule. */
  strike(hosts: readonly string[], settings: Settings): Set<string> {
    const refused = new Set<string>();
    const striking = new Set<ArmedRule>();
    for (const host of hosts) {
      const armed = this.#armed(host);
      if (armed?.rule.refused === undefined) continue;
      const times = armed.rule.times ?? settings.refusedTimes;
      if (times > 0 && armed.struck >= times) continue;
      refused.add(host);
      striking.add(armed);
    }
    for (const armed of striking) armed.struck += 1;
    return refused;
  }

  #armed(host: string): ArmedRule | undefined {
    const exact = this.#rules.get(host);
    if (exact) return exact;
    for (const armed of this.#rules.values())
      if (armed.pattern?.test(host)) return armed;
    return undefined;
  }
}

/**
 * The list that a write puts on `app`, where the settings and rules let it pass. Throws Refusal: 400 for what is no list
 * of valid names, else what the name's rule says.
 */
export function acceptedList(
  value: unknown,
  app: App,
  settings: Settings,
  rules: NameRules,
): string[] {
  if (!Array.isArray(value)) throw new Refusal(400, "domains must be an array");
  const sent = (value as unknown[]).map((entry) =>
    stored(typeof entry === "string" ? rules.unshown(entry) : entry, settings),
  );
  const isNew = (entry: string): boolean => !app.addedAt.has(hostnameOf(entry));
  if (
    sent.length > MAX_DOMAINS &&
    (settings.overLimit === "refuse" || sent.some(isNew))
  )
    throw new Refusal(400, `an app can have at most ${MAX_DOMAINS} domains`);
  const list = withTwins(
    withoutRepeats(withoutRefused(sent, settings, rules), settings),
    settings,
    rules,
  );
  return settings.order === "sort" ? list.toSorted() : list;
}

/** The spelling in which an entry is kept. Throws Refusal 400 for one that is not valid. */
function stored(entry: unknown, settings: Settings): string {
  const invalid = (): Refusal =>
    new Refusal(400, `invalid domain: ${JSON.stringify(entry)}`);
  if (typeof entry !== "string") throw invalid();
  const ascii = /^[ -~]*$/.test(entry);
  if (!ascii && settings.unicode === "refuse") throw invalid();
  if (settings.capitals === "refuse" && entry !== entry.toLowerCase())
    throw invalid();
  if (!isEntry(hostnameOf(entry))) throw invalid();
  if (!ascii && settings.unicode !== "keep") return hostnameOf(entry);
  return settings.capitals === "lower" ? entry.toLowerCase() : entry;
}

function withoutRefused(
  entries: readonly string[],
  settings: Settings,
  rules: NameRules,
): string[] {
  const refused = rules.strike(entries.map(hostnameOf), settings);
  return entries.filter((entry) => {
    const host = hostnameOf(entry);
    if (!refused.has(host)) return true;
    const rule = rules.find(host);
    const how = rule?.refused ?? true;
    const status = how === true ? settings.refusedWith : how;
    if (status === "dropped") return false;
    const general =
      status === 409 ? "conflict" : "invalid argument: domains is not valid";
    const words =
      settings.refusedWords === "name" ? `${general}: {name}` : general;
    throw new Refusal(status, (rule?.words ?? words).replace("{name}", host));
  });
}

function withoutRepeats(
  entries: readonly string[],
  { repeats }: Settings,
): string[] {
  if (repeats === "keep") return [...entries];
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const host = hostnameOf(entry);
    const again = seen.has(host);
    if (again && repeats === "refuse")
      throw new Refusal(400, `repeated domain: ${entry}`);
    seen.add(host);
    return !again;
  });
}

/** The list with the `www.` names that ServerPilot adds, each after its name, as long as there is room. */
function withTwins(
  entries: readonly string[],
  settings: Settings,
  rules: NameRules,
): string[] {
  const hosts = new Set(entries.map(hostnameOf));
  let room = MAX_DOMAINS - entries.length;
  return entries.flatMap((entry) => {
    const host = hostnameOf(entry);
    const twin = rules.find(host)?.wwwTwin ?? settings.wwwTwin;
    const has = host.startsWith("www.") || hosts.has(`www.${host}`);
    if (twin === "as-sent" || has || room <= 0 || !isPlainName(host))
      return [entry];
    room -= 1;
    return [entry, `www.${entry}`];
  });
}

/** A list as the API's answers spell it. */
export function shownList(
  entries: readonly string[],
  settings: Settings,
  rules: NameRules,
): string[] {
  return entries.map((entry) => {
    const shown = rules.find(hostnameOf(entry))?.shownAs;
    if (shown !== undefined) return shown;
    return settings.unicode === "unicode" && entry.includes("xn--")
      ? domainToUnicode(entry)
      : entry;
  });
}
