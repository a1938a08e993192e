import { checkAnswer, understood } from "./answers";
import type { Client } from "./client";
import { json, line, type Output } from "./output";

/** Has the sidecar try every connection; exits with 1 when one of them does not work. */
export async function check(
  client: Client,
  output: Output,
  options: { json?: boolean },
): Promise<number> {
  const answer = await client.call("POST", "/check", {});
  const { ok, checks } = understood(checkAnswer, answer);
  if (options.json) json(output, answer);
  else showChecks(output, checks);
  return ok ? 0 : 1;
}

/** One line for each check, and what to do about those that failed. */
export function showChecks(
  output: Output,
  checks: readonly {
    id: string;
    ok: boolean;
    message: string;
    remedy: string;
  }[],
): void {
  for (const { id, ok, message, remedy } of checks) {
    const words = [id, message].filter(Boolean).join(": ");
    line(output, `${ok ? "ok  " : "FAIL"}  ${words}`, ok ? "green" : "red");
    if (!ok && remedy) line(output, `      ${remedy}`);
  }
}
