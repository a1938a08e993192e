import type { z } from "zod";
import type { ConfigProblem } from "./config-error";

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
