import type { AppOfAccount, AppState } from "../reconcile/ports";
import type {
  CaaAnswer,
  ChallengeFinding,
  DnsAnswer,
  ProbeFailure,
  ReachAnswer,
  ServedCertificate,
} from "../reconcile/probes";
import {
  type Finding,
  type Place,
  type RecordFacts,
  type Where,
  whereOf,
} from "./dns-findings";

/** Everything that decides what is said of a name's certificate. */
export interface CertificateFacts {
  name: string;
  app: AppState;
  place: Place;
  dns: DnsAnswer;
  served: ServedCertificate | ProbeFailure;
  /** Why AutoSSL could not be enabled when that was last tried, or is not tried now. */
  enableFailure: Finding | null;
  /** The name was secure at its last check: then a DNS server that is away for a while changes nothing. */
  wasSecure: boolean;
  /** DNS has kept changing between right and wrong: one right answer says little. */
  isUnsteady: boolean;
  /** All tries are over, so that a deeper cause is worth asking for. */
  isFinal: boolean;
  /** UM has answered to a nonce before. */
  reachWorks: boolean;
  /** Only this name with `www.` is mapped, and this is the zone without it; null otherwise. */
  bareZone: string | null;
  gathered: Gathered;
  now: number;
}

/** What is looked up only where the judgement asks for it. A null answer: it could not be asked. */
export interface Gathered {
  records?: RecordFacts;
  reach?: Reach;
  atServer?: ReachAnswer | null;
  apps?: readonly AppOfAccount[] | null;
  caa?: CaaAnswer;
  challenge?: ChallengeFinding;
}

export interface Reach {
  /** Null where there is no nonce for the name, or no answer in time. */
  answer: ReachAnswer | null;
  /** UM's stage of the name's mapping; null where it has none. */
  stage: string | null;
}

/** A fact that has to be gathered before a check can say anything. */
export interface Need {
  need: keyof Gathered;
}

/** Says what it finds, what it has to know first, or nothing. */
export type Check = (facts: CertificateFacts) => Finding | Need | null;

export function isNeed(said: object | null): said is Need {
  return said !== null && "need" in said;
}

/** The first thing that any of the checks says. */
export function firstOf(
  checks: readonly Check[],
  facts: CertificateFacts,
): Finding | Need | null {
  for (const check of checks) {
    const said = check(facts);
    if (said !== null) return said;
  }
  return null;
}

export function where({ dns, place }: CertificateFacts): Where {
  return whereOf(dns, place.ours);
}

/** The server presents a certificate for the name that browsers accept. */
export function isValid({ served, now }: CertificateFacts): boolean {
  return (
    served.kind === "certificate" &&
    served.matchesName &&
    served.untrusted === null &&
    (served.endsAt ?? 0) > now
  );
}

export function hasEnded({ served, now }: CertificateFacts): boolean {
  return (
    served.kind === "certificate" &&
    served.matchesName &&
    (served.endsAt ?? Infinity) <= now
  );
}

export function isCovered({ app, name }: CertificateFacts): boolean {
  return !app.sslUnreadable && app.autossl?.domains.includes(name) === true;
}

/** Whether enabling AutoSSL can bring the name nearer to being secure. */
export function enablingHelps(facts: CertificateFacts): boolean {
  const { app, served } = facts;
  if (app.sslUnreadable || app.ssl?.custom === true) return false;
  if (app.autossl?.available !== true || isValid(facts)) return false;
  // With AutoSSL off, the server may not even listen for TLS yet.
  if (app.ssl?.auto !== true) return true;
  return isCovered(facts) && served.kind === "certificate";
}
