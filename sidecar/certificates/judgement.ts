import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import { causes, limited, reaches } from "./cause-checks";
import {
  type CertificateFacts,
  type Check,
  enablingHelps,
  firstOf,
  hasEnded,
  isCovered,
  isNeed,
  isValid,
  type Need,
  where,
} from "./facts";
import {
  alternates,
  elsewhere,
  errorPage,
  notOurSite,
  proxied,
  proxyInTheWay,
  recordsFinding,
} from "./reach-checks";

export interface Verdict {
  secure: boolean;
  reason: ReasonCode | null;
  params: ReasonParams;
}

/** Let's Encrypt's limit of names on one certificate. */
const CERTIFICATE_NAMES = 100;
const EXPIRY_WARNING_MS = 14 * 24 * 3600_000;

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

const behindProxy: Check = (facts) => {
  const led = where(facts);
  return led.kind === "proxied"
    ? {
        reason: "dns-proxied",
        params: { name: facts.name, network: led.network },
      }
    : null;
};

/** UM routes the name without `www.` too, but nobody has mapped it, so it is not on the app. */
const onlyWww: Check = ({ name, bareZone }) =>
  bareZone === null
    ? null
    : { reason: "only-www-mapped", params: { name, bare: bareZone } };

/** A name on the certificate was checked when that was issued; DNS matters again for a renewal. */
const wrongDns: Check = (facts) => {
  if (isCovered(facts) && !hasEnded(facts)) return null;
  const led = where(facts).kind;
  if (led === "elsewhere" || led === "partly" || led === "ipv6") {
    if (facts.gathered.reach === undefined) return { need: "reach" };
    if (reaches(facts)) return null;
  }
  return recordsFinding(facts);
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

const unreadable: Check = ({ app }) =>
  app.sslUnreadable ? { reason: "ssl-unreadable", params: {} } : null;

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

const objections: readonly Check[] = [
  alternates,
  elsewhere,
  proxied,
  notOurSite,
];

const warnings: readonly Check[] = [
  errorPage,
  expiring,
  customCertificate,
  behindProxy,
  onlyWww,
];

const obstacles: readonly Check[] = [
  alternates,
  customCertificate,
  wrongDns,
  unreachable,
  notEnabled,
  expired,
  untrusted,
  notServed,
  unreadable,
  ...causes,
  proxyInTheWay,
  tooManyNames,
  limited,
  waiting,
];

/**
 * Judges one name, or says which fact is missing for that. The first check that has something to say gives the reason.
 *
 * A valid certificate is not enough to be secure:
 *
 * | DNS                      | reached through the name            | verdict                                            |
 * | ------------------------ | ----------------------------------- | -------------------------------------------------- |
 * | keeps changing           | any                                 | `dns-alternates`                                   |
 * | missing, or not answered | –                                   | `dns-*`; secure stays secure where nobody answers  |
 * | elsewhere                | yes                                 | secure                                             |
 * | elsewhere                | no, or not to be told               | `dns-*` with the wrong record                      |
 * | a proxy's                | yes                                 | secure, `dns-proxied`                              |
 * | a proxy's                | no                                  | `cdn-not-reaching`, `redirect-loop`, `taken-by-app`|
 * | a proxy's                | not to be told                      | by UM's own stage, else `dns-proxied`              |
 * | all ours                 | another app or site, a loop         | `taken-by-app`, `another-site`, `redirect…`        |
 * | all ours                 | an error page                       | secure, `error-page`                               |
 * | all ours                 | yes, or not to be told              | secure                                             |
 *
 * Without a valid certificate:
 *
 * | served          | covered by AutoSSL | otherwise                    | verdict                                      |
 * | --------------- | ------------------ | ---------------------------- | -------------------------------------------- |
 * | any             | any                | custom certificate           | `custom-certificate`                         |
 * | any             | no, or it ended    | DNS missing, elsewhere, away | `dns-*`                                      |
 * | no handshake    | any                | the app has a certificate    | `server-unreachable`                         |
 * | any             | yes                | enabling failed, or waits    | why                                          |
 * | for name, ended | any                |                              | `certificate-expired`                        |
 * | for name        | any                | chain not trusted            | `certificate-untrusted`                      |
 * | other           | yes                |                              | `certificate-not-served`                     |
 * | other           | not to be told     |                              | `ssl-unreadable`                             |
 * | other           | no                 | all tries over               | `taken-by-app`, `caa-*`, `challenge-blocked`, `port-80-closed` |
 * | other           | no                 | DNS at a proxy               | `cdn-not-reaching`, `dns-proxied` …          |
 * | other           | no                 | more than 100 names          | `over-certificate-names`                     |
 * | other           | no                 | all tries over               | `rate-limit-suspected`                       |
 * | other           | no                 | AutoSSL is on / is not on    | `certificate-lacks-name` / `certificate-pending` |
 */
export function judge(facts: CertificateFacts): Verdict | Need {
  if (!isValid(facts)) return verdict(false, firstOf(obstacles, facts));
  const objection = firstOf(objections, facts);
  return objection === null
    ? verdict(true, firstOf(warnings, facts))
    : verdict(false, objection);
}

function verdict(
  secure: boolean,
  said: ReturnType<typeof firstOf>,
): Verdict | Need {
  if (isNeed(said)) return said;
  return { secure, reason: said?.reason ?? null, params: said?.params ?? {} };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
