import type { z } from "zod";

/** One thing that is wrong with the configuration; `text` names the rule and what was found, never a secret. */
export interface ConfigProblem {
  variable: string;
  text: string;
}

/** Carries every problem of the configuration at once, so that a person fixes them in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const count =
      problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const lines = problems.map(
      ({ variable, text }) => `  ${variable}: ${text}`,
    );
    super([`The configuration has ${count}:`, ...lines].join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** The parsed value, or undefined after its problems were added to the list. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  problems: ConfigProblem[],
  variable = "",
): T | undefined {
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const path = issue.path.map((part) =>
      typeof part === "number" ? `[${part}]` : `.${String(part)}`,
    );
    problems.push({
      variable: (variable + path.join("")).replace(/^\./, ""),
      text: issue.message,
    });
  }
  return result.data;
}
