import { comparable } from "../reconcile/hostnames";
import type { AppOfAccount } from "../reconcile/ports";
import type { ReachAnswer, ReachFinding } from "../reconcile/probes";
import { dnsFinding, type Finding } from "./dns-findings";
import type { CertificateFacts, Check, Need } from "./facts";
import { where } from "./facts";

/*
 * What keeps a name with a valid certificate from being called secure, which makes UM send the live site there: whoever
 * says so vouches that the name leads to this network.
 */

/** DNS that has kept changing within the last minutes is right only for a part of the visitors. */
export const alternates: Check = (facts) => {
  const { name, place, dns, isUnsteady } = facts;
  if (!isUnsteady) return null;
  const found =
    dns.kind === "answer" ? [...dns.addresses, ...dns.ipv6].join(", ") : "-";
  const expected = place.ipv4 ?? place.ipv6 ?? "?";
  return { reason: "dns-alternates", params: { name, found, expected } };
};

/** Addresses that are not ours may still lead here, through a load balancer or a CDN that nobody has told us about. */
export const elsewhere: Check = (facts) => {
  const led = where(facts);
  switch (led.kind) {
    case "here":
    case "proxied":
      return null;
    case "unanswered":
      return facts.wasSecure ? null : recordsFinding(facts);
    case "missing":
      return recordsFinding(facts);
    case "elsewhere":
    case "partly":
    case "ipv6": {
      const { reach } = facts.gathered;
      if (reach === undefined) return { need: "reach" };
      const seen = reach.answer?.https;
      return seen?.kind === "reached"
        ? untrustedThere(facts, seen)
        : recordsFinding(facts);
    }
  }
};

/** What is wrong in DNS, with the record that it is about. */
export function recordsFinding(facts: CertificateFacts): Finding | Need | null {
  const led = where(facts);
  const { records } = facts.gathered;
  const isRight = led.kind === "here" || led.kind === "proxied";
  if (isRight) return null;
  if (records === undefined && led.kind !== "unanswered")
    return { need: "records" };
  const known = records ?? { zone: null, alias: null };
  return dnsFinding(facts.name, led, facts.place, known);
}

/** Behind a proxy, whether the name reaches the network decides; where that cannot be told, UM's own check of DNS. */
export const proxied: Check = (facts) => {
  const led = where(facts);
  if (led.kind !== "proxied") return null;
  const { reach } = facts.gathered;
  if (reach === undefined) return { need: "reach" };
  const seen = reach.answer?.https ?? null;
  if (seen?.kind === "reached") return untrustedThere(facts, seen);
  if (seen !== null && tells(seen))
    return proxyTrouble(facts, led.network, seen);
  return hasPassed(reach.stage)
    ? null
    : {
        reason: "dns-proxied",
        params: { name: facts.name, network: led.network },
      };
};

/** Source: UM 2.4.13, the stages of a mapping: before `checking-ssl-cert` its DNS was not found to be right. */
function hasPassed(stage: string | null): boolean {
  return stage !== "checking-dns" && stage !== "failed";
}

/** The same for a name without a certificate, where a proxy by itself is no reason to worry. */
export const proxyInTheWay: Check = (facts) => {
  const led = where(facts);
  if (led.kind !== "proxied") return null;
  const { reach } = facts.gathered;
  if (reach === undefined) return { need: "reach" };
  const seen = reach.answer?.https ?? null;
  if (seen !== null && seen.kind !== "reached" && tells(seen))
    return proxyTrouble(facts, led.network, seen);
  return {
    reason: "dns-proxied",
    params: { name: facts.name, network: led.network },
  };
};

/** A proxy that asks for a proof of being human, or does not answer this machine, says nothing of the name. */
function tells(seen: ReachFinding): boolean {
  if (seen.kind === "unreachable") return false;
  return seen.kind !== "error-page" || !seen.challenge;
}

function proxyTrouble(
  facts: CertificateFacts,
  network: string,
  seen: ReachFinding,
): Finding | Need | null {
  const { atServer } = facts.gathered;
  if (atServer === undefined) return { need: "atServer" };
  const atHome = atServer === null ? null : answered(atServer);
  if (atHome !== null && isForeign(atHome)) return foreignSite(facts, atHome);
  const { name } = facts;
  if (seen.kind === "redirect-loop")
    return { reason: "redirect-loop", params: { name } };
  const detail = "status" in seen ? `HTTP ${seen.status}` : seen.kind;
  return { reason: "cdn-not-reaching", params: { name, network, detail } };
}

/** By HTTPS, else by HTTP: before the first certificate nobody may listen for HTTPS. */
function answered({ http, https }: ReachAnswer): ReachFinding | null {
  const told = https.kind === "unreachable" ? http : https;
  return told.kind === "unreachable" ? null : told;
}

/** All addresses are ours, and yet somebody else may answer: another app of the server that has the same name. */
export const notOurSite: Check = (facts) => {
  if (where(facts).kind !== "here") return null;
  const seen = seenHere(facts);
  if (seen === null || "need" in seen) return seen;
  if (seen.kind === "reached") return untrustedThere(facts, seen);
  return isForeign(seen) || seen.kind === "error-page"
    ? foreignSite(facts, seen)
    : null;
};

/** A site that leads here and answers with an error is secure all the same, and said. */
export const errorPage: Check = (facts) => {
  if (where(facts).kind !== "here") return null;
  const seen = seenHere(facts);
  return seen !== null && !("need" in seen) && seen.kind === "error-page"
    ? {
        reason: "error-page",
        params: { name: facts.name, status: seen.status },
      }
    : null;
};

/** As the world sees it, else at the server: not every machine reaches its own public address. */
function seenHere({ gathered }: CertificateFacts): ReachFinding | Need | null {
  const { reach, atServer } = gathered;
  if (reach === undefined) return { need: "reach" };
  if (reach.answer === null) return null;
  if (reach.answer.https.kind !== "unreachable") return reach.answer.https;
  if (atServer === undefined) return { need: "atServer" };
  return atServer === null || atServer.https.kind === "unreachable"
    ? null
    : atServer.https;
}

/** Who answers so is not this network; where WordPress only does not know the name, it is. */
function isForeign(seen: ReachFinding): boolean {
  return (
    (seen.kind === "not-this-network" && !seen.unrouted) ||
    seen.kind === "redirected-elsewhere" ||
    seen.kind === "redirect-loop"
  );
}

function foreignSite(
  facts: CertificateFacts,
  seen: ReachFinding,
): Finding | Need | null {
  const taken = takenByApp(facts);
  if (taken !== null) return taken;
  const { name, reachWorks } = facts;
  if (seen.kind === "redirect-loop")
    return { reason: "redirect-loop", params: { name } };
  // A UM that knows no nonces answers with the site itself, or sends visitors to its main domain.
  if (!reachWorks) return null;
  if (seen.kind === "redirected-elsewhere")
    return { reason: "redirects-elsewhere", params: { name, host: seen.host } };
  if (seen.kind === "not-this-network")
    return {
      reason: "another-site",
      params: { name, address: seen.address, status: seen.status },
    };
  return null;
}

/** The app of the same server that gets the name's requests in the place of ours, by ServerPilot's rule. */
export function takenByApp({
  name,
  app,
  gathered,
}: CertificateFacts): Finding | Need | null {
  const { apps } = gathered;
  if (apps === undefined) return { need: "apps" };
  const taker = apps?.find((other) => takes(other, app, name));
  return taker === undefined
    ? null
    : { reason: "taken-by-app", params: { name, app: taker.name } };
}

/** Source: ServerPilot's documentation of domains: the app whose name is alphabetically first gets the requests. */
function takes(
  other: AppOfAccount,
  own: CertificateFacts["app"],
  name: string,
): boolean {
  return (
    other.id !== own.id &&
    other.serverId === own.serverId &&
    other.name.toLowerCase() < own.name.toLowerCase() &&
    other.domains.some((domain) => comparable(domain) === name)
  );
}

/** What the world reaches has a certificate that it does not accept. */
function untrustedThere(
  { name }: CertificateFacts,
  { certificate }: Extract<ReachFinding, { kind: "reached" }>,
): Finding | null {
  return certificate === null
    ? null
    : {
        reason: "certificate-untrusted",
        params: { name, detail: certificate },
      };
}
