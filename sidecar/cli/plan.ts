import { previewAnswer, understood } from "./answers";
import type { Client } from "./client";
import { json, line, type Output } from "./output";

/** Exit codes as of `diff`-like tools for automation: no changes, an error, changes. */
const NO_CHANGES = 0;
const CHANGES = 2;

/** Shows what the next pass would change, and changes nothing. */
export async function plan(
  client: Client,
  output: Output,
  options: { json?: boolean },
): Promise<number> {
  const answer = await client.call("POST", "/sync", { dryRun: true });
  const preview = understood(previewAnswer, answer);
  const { add, remove, adopt, disown, keep, blocked, held } = preview;
  const changes = add.length + remove.length + adopt.length + disown.length;
  const code = changes > 0 ? CHANGES : NO_CHANGES;
  if (options.json) {
    json(output, answer);
    return code;
  }

  for (const name of remove) line(output, `- ${name}`, "red");
  for (const name of add) line(output, `+ ${name}`, "green");
  for (const name of adopt) {
    line(output, `~ ${name}  (on the app already: taken over)`);
  }
  for (const name of disown) {
    line(output, `~ ${name}  (gone from the app: forgotten)`);
  }
  for (const { name, message, remedy } of blocked) {
    line(output, `! ${name}  ${message}`, "yellow");
    line(output, `    ${remedy}`, "dim");
  }
  const summary = [
    `${add.length} to add`,
    `${remove.length} to remove`,
    `${adopt.length} to adopt`,
    `${disown.length} to forget`,
    `${keep} kept`,
    `${blocked.length} blocked`,
  ];
  line(output, `${summary.join(", ")}.`, "bold");
  if (held) {
    line(output, `Held: ${held.message}`, "yellow");
    line(output, `    ${held.remedy}`, "dim");
    line(
      output,
      `To approve it: domain-bridge sync --force --checksum ${preview.checksum}`,
    );
  }
  return code;
}
