import type { z } from "zod";
import { nameAnswer, understood } from "./answers";
import type { Client } from "./client";
import { json, line, minute, type Output, table } from "./output";

type Name = z.infer<typeof nameAnswer>;

/** Shows everything that is known of one domain: how it stands and why, its DNS, its tries and its history. */
export async function describeName(
  client: Client,
  output: Output,
  options: { json?: boolean; name?: string | undefined },
): Promise<number> {
  const path = `/names/${encodeURIComponent(options.name ?? "")}`;
  const answer = await client.call("GET", path);
  const name = understood(nameAnswer, answer);
  if (options.json) json(output, answer);
  else show(name, output);
  return 0;
}

function show(name: Name, output: Output): void {
  line(output, `${name.name}  ${name.state}`, "bold");
  if (name.severity !== "ok")
    line(output, `  ${name.severity}: the next step is ${stepOf(name.actor)}`);
  if (name.message) line(output, `  ${name.message}`);
  if (name.remedy) line(output, `  ${name.remedy}`, "dim");
  const facts: [string, string][] = [
    ["Kind", name.kind],
    ["Site", name.siteId === null ? "" : String(name.siteId)],
    ["On the app", name.owned ? "put there by the bridge" : "not the bridge's"],
    ["Known since", minute(name.knownSince)],
    ["In this state since", minute(name.changedAt)],
    ["Live since", minute(name.liveSince)],
    ["Certificate until", minute(name.certificateEndsAt)],
    ["Tries", String(name.tries)],
    ["Next try", minute(name.nextTryAt)],
  ];
  line(output, "");
  for (const [what, value] of facts)
    if (value) line(output, `  ${`${what}:`.padEnd(22)}${value}`);
  showDns(name, output);
  if (name.history.length > 0) line(output, "");
  for (const event of name.history) {
    const change = `${event.from ?? "new"} → ${event.to}`;
    line(
      output,
      `  ${minute(event.at)}  ${change}  ${event.message}`.trimEnd(),
    );
  }
}

function showDns({ dns }: Name, output: Output): void {
  if (dns === null) return;
  line(output, "");
  const where = [
    dns.zone === null ? "" : `zone ${dns.zone}`,
    dns.provider === null ? "" : `at ${dns.provider}`,
    dns.registered ? "" : "not registered",
  ].filter(Boolean);
  line(output, `  DNS as of ${minute(dns.checkedAt)} ${where.join(", ")}`);
  if (dns.records.length > 0)
    table(
      output,
      ["  TYPE", "NAME", "HAS TO BE", "FOUND", ""],
      dns.records.map(({ type, host, expected, found, ok }) => [
        `  ${type}`,
        host,
        expected ?? "deleted",
        found.join(", "),
        ok ? "right" : "wrong",
      ]),
    );
}

function stepOf(actor: string): string {
  const steps: Record<string, string> = {
    customer: "the domain owner's",
    "network-admin": "the network admin's",
    operator: "that of whoever runs the sidecar",
  };
  return steps[actor] ?? "nobody's: it goes on by itself";
}
