import { historyAnswer, understood } from "./answers";
import type { Client } from "./client";
import { CliError } from "./cli-error";
import { json, line, minute, type Output } from "./output";

/** Shows the last passes: when, how they ended, why, and what they changed. */
export async function history(
  client: Client,
  output: Output,
  options: { json?: boolean; limit: string },
): Promise<number> {
  if (!/^[1-9]\d{0,2}$/.test(options.limit) || Number(options.limit) > 500)
    throw new CliError(
      `--limit ${options.limit} is no number of passes.`,
      "Give a number from 1 to 500.",
    );
  const answer = await client.call("GET", `/history?limit=${options.limit}`);
  const { passes } = understood(historyAnswer, answer);
  if (options.json) {
    json(output, answer);
    return 0;
  }
  if (passes.length === 0) line(output, "No pass has changed anything yet.");
  for (const pass of passes) {
    const changed = [
      ...pass.added.map((name) => `+ ${name}`),
      ...pass.removed.map((name) => `- ${name}`),
    ];
    const heading = `${minute(pass.finishedAt)}  ${pass.outcome}  (${pass.trigger})`;
    line(output, heading, pass.outcome === "failed" ? "red" : undefined);
    if (pass.message) line(output, `    ${pass.message}`);
    if (pass.remedy) line(output, `    ${pass.remedy}`, "dim");
    for (const one of changed) line(output, `  ${one}`);
  }
  return 0;
}
