import type { ChallengeFinding } from "../reconcile/probes";
import type { CertificateFacts, Check } from "./facts";
import { isCovered, where } from "./facts";
import type { Finding } from "./dns-findings";
import { takenByApp } from "./reach-checks";

/*
 * Why a certificate has not come although DNS is right, asked once all tries are over, from the surest to the vaguest.
 */

/** Whether a deeper cause is to be looked for: the name is not on the certificate, and nothing nearer explains it. */
function isStuck(facts: CertificateFacts): boolean {
  const led = where(facts).kind;
  return (
    facts.isFinal &&
    !isCovered(facts) &&
    (led === "here" || led === "proxied" || reaches(facts))
  );
}

/** Whether the name is known to reach the network, by HTTP or by HTTPS. */
export function reaches({ gathered }: CertificateFacts): boolean {
  const answer = gathered.reach?.answer;
  return answer?.http.kind === "reached" || answer?.https.kind === "reached";
}

const taken: Check = (facts) => (isStuck(facts) ? takenByApp(facts) : null);

const forbidden: Check = (facts) => {
  if (!isStuck(facts)) return null;
  const { caa } = facts.gathered;
  if (caa === undefined) return { need: "caa" };
  const { name } = facts;
  if (caa.kind === "unanswered")
    return {
      reason: "caa-unanswered",
      params: { name, at: caa.at, detail: caa.detail },
    };
  return caa.forbids && caa.at !== null
    ? {
        reason: "caa-forbids",
        params: { name, at: caa.at, found: caa.values.join(", ") },
      }
    : null;
};

const unproven: Check = (facts) => {
  if (!isStuck(facts)) return null;
  const { challenge } = facts.gathered;
  return challenge === undefined
    ? { need: "challenge" }
    : challengeTrouble(facts.name, challenge);
};

function challengeTrouble(
  name: string,
  finding: ChallengeFinding,
): Finding | null {
  switch (finding.kind) {
    case "reachable":
    case "answered-elsewhere":
      return null;
    case "blocked":
      return {
        reason: "challenge-blocked",
        params: { name, detail: `HTTP ${finding.status}` },
      };
    case "redirect-loop":
      return {
        reason: "challenge-blocked",
        params: { name, detail: "redirect loop" },
      };
    case "redirected-elsewhere":
      return {
        reason: "challenge-blocked",
        params: { name, detail: `redirect to ${finding.host}` },
      };
    case "unreachable":
      return closedPort(name, finding);
  }
}

/** What this machine has no way to, or DNS, says nothing of the port. */
function closedPort(
  name: string,
  { why, address, detail }: Extract<ChallengeFinding, { kind: "unreachable" }>,
): Finding | null {
  switch (why) {
    case "refused":
    case "time-out":
    case "closed":
    case "not-http":
      return {
        reason: "port-80-closed",
        params: { name, address: address ?? "?", detail },
      };
    case "no-route":
    case "private-address":
    case "no-address":
    case "dns":
    case "tls":
      return null;
  }
}

/** In this order; {@link limited} comes when nothing else is left to say. */
export const causes: readonly Check[] = [taken, forbidden, unproven];

export const limited: Check = (facts) =>
  isStuck(facts)
    ? { reason: "rate-limit-suspected", params: { name: facts.name } }
    : null;
