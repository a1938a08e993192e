import { z } from "zod";

/** How a value is written: `rule` completes “must be …”; `parse` answers undefined where the value breaks it. */
export interface Rule<T> {
  rule: string;
  parse: (value: string) => T | undefined;
  /** A secret's value is never shown in a problem. */
  secret?: true;
}

const LONGEST_SHOWN = 80;

function shown({ secret }: Rule<unknown>, value: string): string {
  // An address that carries a password is a secret too, whatever variable it stands in.
  return secret || value.includes("@")
    ? "breaks this rule (its value is not shown)"
    : `is ${JSON.stringify(value.slice(0, LONGEST_SHOWN))}`;
}

/** A text under a rule; an empty value counts as not set, because that is how docker compose passes on a missing one. */
export function optional<T>(rule: Rule<T>) {
  return z
    .string()
    .optional()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === "") return undefined;
      const parsed = rule.parse(value);
      if (parsed === undefined) {
        context.addIssue({
          code: "custom",
          message: `must be ${rule.rule}, but ${shown(rule, value)}`,
        });
        return z.NEVER;
      }
      return parsed;
    });
}

/** The default is given as a person would write it, so that the documentation shows it in the variable's own unit. */
export function withDefault<T>(rule: Rule<T>, written: string) {
  const value = rule.parse(written);
  if (value === undefined)
    throw new TypeError(`the default ${written} must be ${rule.rule}`);
  return optional(rule)
    .transform((parsed): T => parsed ?? value)
    .meta({ default: written });
}

export function required<T>(rule: Rule<T>) {
  return optional(rule)
    .transform((parsed, context): T => {
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: "custom",
        message: `must be ${rule.rule}, but is not set`,
      });
      return z.NEVER;
    })
    .meta({ default: "required" });
}
