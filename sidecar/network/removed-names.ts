import type { EventsBody } from "../http/contract/events";
import { normaliseHostname } from "../source/hostname";

/** The names that events report as removed, each with the `www.` that goes with it. */
export function removedNames(events: EventsBody["events"]): string[] {
  const names = new Set<string>();
  for (const { type, domain } of events) {
    if (!type.endsWith(".removed") || domain === undefined) continue;
    const hostname = normaliseHostname(domain);
    if (!hostname.ok) continue;
    names.add(hostname.name);
    names.add(`www.${hostname.name}`);
  }
  return [...names];
}
