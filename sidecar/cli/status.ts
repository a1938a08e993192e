import type { z } from "zod";
import { statusAnswer, understood } from "./answers";
import type { Client } from "./client";
import { json, line, minute, table, type Output } from "./output";

type Status = z.infer<typeof statusAnswer>;

/** Shows the app, the last pass and every domain with its state, reason and next try. */
export async function status(
  client: Client,
  output: Output,
  options: { json?: boolean },
): Promise<number> {
  const answer = await client.call("GET", "/status");
  const seen = understood(statusAnswer, answer);
  if (options.json) json(output, answer);
  else show(seen, output);
  return 0;
}

function show(seen: Status, output: Output): void {
  const { app, pass, held, counts, names } = seen;
  line(output, `Network ${seen.network}, sidecar ${seen.version}`, "bold");
  if (!seen.registered) {
    line(output, "WordPress has not registered this network yet.", "yellow");
  }
  if (app) {
    const used = `${app.domainsUsed} of ${app.capacity} domains`;
    line(output, `App ${app.name} (${app.id}): ${used}`);
  }
  const last = [pass.lastOutcome ?? "none yet", minute(pass.lastAt)];
  const next = pass.nextAt === null ? "" : `, next ${minute(pass.nextAt)}`;
  const passes = `Last pass: ${last.filter(Boolean).join(" ")}; now ${pass.state}${next}`;
  line(output, passes, pass.lastOutcome === "failed" ? "red" : undefined);
  if (pass.message) line(output, `    ${pass.message}`);
  if (pass.remedy) line(output, `    ${pass.remedy}`, "dim");
  if (held) {
    line(output, `Held: ${held.message}`, "yellow");
    for (const name of held.remove) line(output, `  - ${name}`, "red");
    line(output, `    ${held.remedy}`, "dim");
  }

  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  line(output, counted.join(", ") || "No domains.");
  if (names.length === 0) return;
  line(output, "");
  table(
    output,
    ["DOMAIN", "STATE", "TRIES", "NEXT TRY", "CERTIFICATE UNTIL", "WHY"],
    names.map((name) => [
      name.name,
      name.state,
      String(name.tries),
      minute(name.nextTryAt),
      minute(name.certificateEndsAt),
      [name.message, name.remedy].filter(Boolean).join(" "),
    ]),
  );
}
