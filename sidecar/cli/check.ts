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
  else {
    for (const { id, ok: fine, message, remedy } of checks) {
      const words = [id, message].filter(Boolean).join(": ");
      line(
        output,
        `${fine ? "ok  " : "FAIL"}  ${words}`,
        fine ? "green" : "red",
      );
      if (!fine && remedy) line(output, `      ${remedy}`);
    }
  }
  return ok ? 0 : 1;
}
