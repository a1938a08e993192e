import type { z } from "zod";
import { namesAnswer, statusAnswer, understood } from "./answers";
import type { Client } from "./client";
import { explained, json, line, minute, type Output, table } from "./output";

type Status = z.infer<typeof statusAnswer>;
type Name = z.infer<typeof namesAnswer>["names"][number];

/** The most domains that the sidecar gives in one answer. */
const PAGE = 500;

interface StatusOptions {
  json?: boolean;
  needsAction?: boolean;
  exitCode?: boolean;
}

/** Shows the app, the last pass and the domains with state, reason and next try; those that need somebody first. */
export async function status(
  client: Client,
  output: Output,
  options: StatusOptions,
): Promise<number> {
  const answer = await client.call("GET", "/status?names=0");
  const seen = understood(statusAnswer, answer);
  const [raw, names] = await allNames(client, options.needsAction ?? false);
  if (options.json) json(output, { ...(answer as object), names: raw });
  else show(seen, names, output);
  return options.exitCode && needsSomebody(seen) ? 2 : 0;
}

/** All pages of the names: as they came, and as they are understood. */
async function allNames(
  client: Client,
  needsAction: boolean,
): Promise<[unknown[], Name[]]> {
  const raw: unknown[] = [];
  const names: Name[] = [];
  for (;;) {
    const query = new URLSearchParams({
      ...(needsAction ? { needs: "action" } : {}),
      offset: String(names.length),
      limit: String(PAGE),
    });
    const answer = await client.call("GET", `/names?${query.toString()}`);
    const page = understood(namesAnswer, answer);
    raw.push(...(answer as { names: unknown[] }).names);
    names.push(...page.names);
    if (page.names.length === 0 || names.length >= page.total)
      return [raw, names];
  }
}

/** Whether a domain, the app or the last pass waits for a person. */
function needsSomebody(seen: Status): boolean {
  const { severities, held, suspect, findings, pass, registered } = seen;
  const waiting = ["warning", "action", "critical"].some(
    (severity) => (severities[severity] ?? 0) > 0,
  );
  return (
    waiting ||
    held !== null ||
    suspect !== null ||
    findings.length > 0 ||
    pass.lastOutcome === "failed" ||
    !registered
  );
}

function show(seen: Status, names: readonly Name[], output: Output): void {
  const { app, pass, held, suspect, findings, counts } = seen;
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
  explained(output, pass);
  if (suspect) {
    line(output, "Doubted: nothing is written.", "yellow");
    explained(output, suspect);
  }
  if (held) {
    line(output, `Held: ${held.message}`, "yellow");
    for (const name of held.remove) line(output, `  - ${name}`, "red");
    line(output, `    ${held.remedy}`, "dim");
  }
  for (const finding of findings) {
    line(output, "About the app:", "yellow");
    explained(output, finding);
  }
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  line(output, counted.join(", ") || "No domains.");
  if (names.length > 0) showNames(names, output);
}

function showNames(names: readonly Name[], output: Output): void {
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
