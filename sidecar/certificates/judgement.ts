import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { AppState } from "../reconcile/ports";
import type {
  DnsAnswer,
  ProbeFailure,
  ServedCertificate,
} from "../reconcile/probes";
import { type Finding, dnsFinding } from "./dns-findings";

/** Everything that decides what is said of a name's certificate. */
export interface CertificateFacts {
  name: string;
  app: AppState;
  /** The server's address, where DNS should point; null where it is not known. */
  expectedAddress: string | null;
  dns: DnsAnswer;
  served: ServedCertificate | ProbeFailure;
  /** Why AutoSSL could not be enabled when that was last tried, while it counts. */
  enableFailure: Finding | null;
  /** The name was secure at its last look: then a DNS server that is away for a while changes nothing. */
  wasSecure: boolean;
  now: number;
}

export interface Verdict {
  secure: boolean;
  reason: ReasonCode | null;
  params: ReasonParams;
}

type Check = (facts: CertificateFacts) => Finding | null;

/** Let's Encrypt's limit of names on one certificate. */
const CERTIFICATE_NAMES = 100;
const EXPIRY_WARNING_MS = 14 * 24 * 3600_000;

/**
 * Judges one name. The first check that has something to say gives the reason:
 *
 * | served          | covered by AutoSSL | otherwise                     | verdict                                      |
 * | --------------- | ------------------ | ----------------------------- | -------------------------------------------- |
 * | valid, for name | any                | DNS missing or elsewhere      | `dns-*`: UM would send the live site there   |
 * | valid, for name | any                | DNS away, not secure before   | `dns-unanswered`                             |
 * | valid, for name | any                | ends within 14 days           | secure, `certificate-expiring`               |
 * | valid, for name | any                | custom certificate            | secure, `custom-certificate`                 |
 * | valid, for name | any                | DNS at a proxy                | secure, `dns-proxied`                        |
 * | valid, for name | any                |                               | secure                                       |
 * | not             | any                | custom certificate            | `custom-certificate`                         |
 * | not             | no, or it ended    | DNS missing, elsewhere, away  | `dns-*`                                      |
 * | no handshake    | any                | the app has a certificate     | `server-unreachable`                         |
 * | not             | yes                | enabling failed               | `autossl-refused`, `action-*`                |
 * | for name, ended | any                |                               | `certificate-expired`                        |
 * | for name        | any                | chain not trusted             | `certificate-untrusted`                      |
 * | other           | yes                |                               | `certificate-not-served`                     |
 * | other           | no                 | DNS at a proxy                | `dns-proxied`                                |
 * | other           | no                 | more than 100 names           | `over-certificate-names`                     |
 * | other           | no                 | AutoSSL is on / is not on     | `certificate-lacks-name` / `certificate-pending` |
 */
export function judge(facts: CertificateFacts): Verdict {
  const secure = isValid(facts) && leadsHere(facts);
  const finding = firstOf(secure ? warnings : obstacles, facts);
  return {
    secure,
    reason: finding?.reason ?? null,
    params: finding?.params ?? {},
  };
}

/** Whether enabling AutoSSL can bring the name nearer to being secure. */
export function enablingHelps(facts: CertificateFacts): boolean {
  const { app, served } = facts;
  if (app.autossl?.available !== true || app.ssl?.custom === true) return false;
  if (isValid(facts)) return false;
  // With AutoSSL off, the server may not even listen for TLS yet.
  if (app.ssl?.auto !== true) return true;
  return isCovered(facts) && served.kind === "certificate";
}

const expiring: Check = ({ name, served, now }) => {
  const endsAt = served.kind === "certificate" ? served.endsAt : null;
  return endsAt !== null && endsAt - now <= EXPIRY_WARNING_MS
    ? { reason: "certificate-expiring", params: { name, date: day(endsAt) } }
    : null;
};

const customCertificate: Check = ({ name, app }) =>
  app.ssl?.custom === true
    ? { reason: "custom-certificate", params: { name } }
    : null;

const proxied: Check = (facts) => {
  const finding = dnsOf(facts);
  return finding?.reason === "dns-proxied" ? finding : null;
};

/**
 * A certificate can outlive the DNS that it was issued for. UM redirects a live site to a mapping that is done, so a
 * name that leads to another server must never be called secure.
 */
const elsewhere: Check = (facts) =>
  isValid(facts) && !leadsHere(facts) ? dnsOf(facts) : null;

/** A name on the certificate was checked when that was issued; DNS matters again for a renewal. */
const wrongDns: Check = (facts) => {
  if (isCovered(facts) && !hasEnded(facts)) return null;
  const finding = dnsOf(facts);
  return finding?.reason === "dns-proxied" ? null : finding;
};

const unreachable: Check = ({ app, served }) =>
  served.kind === "failure" &&
  (app.ssl?.auto === true || app.ssl?.custom === true)
    ? {
        reason: "server-unreachable",
        params: { address: served.address, detail: served.detail },
      }
    : null;

const notEnabled: Check = (facts) =>
  isCovered(facts) || enablingHelps(facts) ? facts.enableFailure : null;

const expired: Check = (facts) => {
  const { name, served } = facts;
  return hasEnded(facts) && served.kind === "certificate"
    ? {
        reason: "certificate-expired",
        params: { name, date: day(served.endsAt ?? 0) },
      }
    : null;
};

const untrusted: Check = ({ name, served }) =>
  served.kind === "certificate" &&
  served.matchesName &&
  served.untrusted !== null
    ? {
        reason: "certificate-untrusted",
        params: { name, detail: served.untrusted },
      }
    : null;

const notServed: Check = (facts) =>
  isCovered(facts)
    ? { reason: "certificate-not-served", params: { name: facts.name } }
    : null;

const tooManyNames: Check = ({ app }) =>
  app.domains.length > CERTIFICATE_NAMES
    ? {
        reason: "over-certificate-names",
        params: { count: app.domains.length, limit: CERTIFICATE_NAMES },
      }
    : null;

const waiting: Check = ({ name, app }) =>
  app.ssl?.auto === true
    ? { reason: "certificate-lacks-name", params: { name } }
    : { reason: "certificate-pending", params: {} };

const warnings: readonly Check[] = [expiring, customCertificate, proxied];

const obstacles: readonly Check[] = [
  elsewhere,
  customCertificate,
  wrongDns,
  unreachable,
  notEnabled,
  expired,
  untrusted,
  notServed,
  proxied,
  tooManyNames,
  waiting,
];

function firstOf(
  checks: readonly Check[],
  facts: CertificateFacts,
): Finding | null {
  for (const check of checks) {
    const finding = check(facts);
    if (finding !== null) return finding;
  }
  return null;
}

function isValid({ served, now }: CertificateFacts): boolean {
  return (
    served.kind === "certificate" &&
    served.matchesName &&
    served.untrusted === null &&
    (served.endsAt ?? 0) > now
  );
}

/** Whether DNS leads to the server, or to a proxy that may stand before it. */
function leadsHere(facts: CertificateFacts): boolean {
  const finding = dnsOf(facts);
  if (finding === null || finding.reason === "dns-proxied") return true;
  return finding.reason === "dns-unanswered" && facts.wasSecure;
}

function hasEnded({ served, now }: CertificateFacts): boolean {
  return (
    served.kind === "certificate" &&
    served.matchesName &&
    (served.endsAt ?? Infinity) <= now
  );
}

function isCovered({ app, name }: CertificateFacts): boolean {
  return app.autossl?.domains.includes(name) === true;
}

function dnsOf({ name, dns, expectedAddress }: CertificateFacts) {
  return dnsFinding(name, dns, expectedAddress);
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
