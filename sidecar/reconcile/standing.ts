import type { Actor, Severity } from "../reasons/reason";
import { reasons, type ReasonCode } from "../reasons/reasons";
import type { NameRecord } from "./ports";

/** How much a name's state matters, and whose step is next. */
export interface Standing {
  severity: Severity;
  actor: Actor;
}

/** A customer has this long to set the DNS of a new domain before anybody else is told, in milliseconds. */
const CALM_MS = 72 * 3_600_000;

/** How a reason stands by itself, outside of any name. */
export function standingOfReason(reason: ReasonCode | null): Standing {
  if (reason === null) return { severity: "ok", actor: "nobody" };
  const { severity, actor } = reasons[reason];
  return { severity, actor };
}

/**
 * How a name stands: what its reason says, calm as long as a customer sets up a new domain, and critical at once where
 * a site was live. Pure.
 *
 * @param now milliseconds since the epoch.
 */
export function standingOf(
  {
    state,
    reason,
    liveSince,
    knownSince,
  }: Pick<NameRecord, "state" | "reason" | "liveSince" | "knownSince">,
  now: number,
): Standing {
  const base = standingOfReason(reason);
  // A custom certificate matters only where it does not cover the name.
  if (state === "secure")
    return reason === "custom-certificate"
      ? { severity: "ok", actor: "nobody" }
      : base;
  if (state === "pending" || state === "blocked" || state === "removing")
    return base;
  if (reason === "not-checked-yet") return base;
  if (liveSince !== null) return { severity: "critical", actor: base.actor };
  if (base.severity !== "waiting") return base;
  if (base.actor === "customer")
    return now - knownSince < CALM_MS
      ? base
      : { severity: "warning", actor: "customer" };
  return state === "ssl-failed"
    ? { severity: "action", actor: "network-admin" }
    : base;
}

/** Reasons for which the records as last seen say nothing: nobody has looked since, or they keep changing. */
const DNS_UNKNOWN: ReadonlySet<ReasonCode | null> = new Set([
  "not-checked-yet",
  "dns-alternates",
] as const);

/** Whether the records of a name led to the network when they were last checked. Pure. */
export function isDnsRight({
  state,
  reason,
  dns,
}: Pick<NameRecord, "state" | "reason" | "dns">): boolean {
  if (state === "secure") return true;
  if (state !== "securing" && state !== "ssl-failed") return false;
  const records = dns?.records.filter(({ type }) => type !== "CAA") ?? [];
  return (
    !DNS_UNKNOWN.has(reason) &&
    records.length > 0 &&
    records.every(({ ok }) => ok)
  );
}
