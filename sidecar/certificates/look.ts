import type { Clock } from "../clock";
import type {
  AppState,
  CertificateLedger,
  CertificateView,
  NameRecord,
} from "../reconcile/ports";
import type { Address, DnsAnswer, Probes } from "../reconcile/probes";
import type { EnableResult } from "./autossl";
import { dnsFingerprint, meansChange } from "./dns-findings";
import { type CertificateFacts, enablingHelps, judge } from "./judgement";
import { type Schedule, type Standing, settle } from "./schedule";

/** What all looks of one round share. */
export interface LookContext {
  ledger: CertificateLedger;
  probes: Probes;
  clock: Clock;
  schedule: Schedule;
  correlationId: string;
  /** Whom to shake hands with; null where the server's address is not known. */
  target: Address | null;
  expectedAddress: string | null;
  app(): Promise<AppState>;
  /** Enables AutoSSL, once a round, however many looks ask; a failure that ends the round is kept for its end. */
  enable(): Promise<EnableResult>;
}

export interface LookRequest {
  record: NameRecord;
  counted: boolean;
  /** A person asked: DNS is asked anew and the tries begin again. */
  retry: boolean;
}

/**
 * Looks at one name, from DNS to the handshake, enables AutoSSL where that is what is missing, and saves what it found
 * at once. Gives the record as it stands now.
 */
export async function lookAt(
  context: LookContext,
  { record, counted, retry }: LookRequest,
): Promise<NameRecord> {
  const { name } = record;
  const { probes, clock, expectedAddress } = context;
  const [app, dns, served] = await Promise.all([
    context.app(),
    probes.lookUp(name, { fresh: retry }),
    handshake(context, name),
  ]);
  let facts: CertificateFacts = {
    name,
    app,
    expectedAddress,
    dns,
    served,
    enableFailure: null,
    wasSecure: record.state === "secure",
    now: clock.now(),
  };
  if (enablingHelps(facts)) {
    const { enabled, failure } = await context.enable();
    facts = { ...facts, enableFailure: failure, now: clock.now() };
    if (enabled) {
      const ssl = { auto: true, force: app.ssl?.force ?? false, custom: false };
      const again = await handshake(context, name);
      facts = { ...facts, app: { ...app, ssl }, served: again };
    }
  }
  const verdict = judge(facts);
  const seen = dnsFingerprint(name, dns, expectedAddress);
  const dnsTurned = seen !== null && meansChange(record.dnsSeen, seen);
  const standing = settle(
    record,
    {
      now: facts.now,
      secure: verdict.secure,
      warned: verdict.reason !== null,
      doubtful: verdict.reason === "server-unreachable",
      counted,
      restart: retry || dnsTurned,
    },
    context.schedule,
  );
  const view: CertificateView & Standing = {
    ...standing,
    reason: verdict.reason,
    params: verdict.params,
    certificateEndsAt: endOf(facts, record),
    dnsSeen: seen ?? record.dnsSeen,
    liveSince: record.liveSince ?? (verdict.secure ? facts.now : null),
    dns: record.dns,
  };
  if (differs(record, view)) {
    const changedAt = facts.now;
    await context.ledger.saveCertificate(
      name,
      { ...view, changedAt },
      context.correlationId,
    );
  }
  return { ...record, ...view };
}

/** Whether DNS says something else than the last look saw; no answer is no news. */
export function dnsChanged(
  { name, dnsSeen }: NameRecord,
  dns: DnsAnswer,
  expectedAddress: string | null,
): boolean {
  const seen = dnsFingerprint(name, dns, expectedAddress);
  return seen !== null && seen !== dnsSeen;
}

function handshake({ target, probes }: LookContext, name: string) {
  return target === null
    ? { kind: "failure" as const, address: "?", detail: "address not known" }
    : probes.handshake(target, name);
}

/** The end of the name's own certificate; what was known stays known while the server does not answer. */
function endOf(
  { served }: CertificateFacts,
  { certificateEndsAt }: NameRecord,
): number | null {
  if (served.kind === "failure") return certificateEndsAt;
  return served.matchesName ? served.endsAt : null;
}

function differs(record: CertificateView, view: CertificateView): boolean {
  return (Object.keys(view) as (keyof CertificateView)[]).some(
    (key) => JSON.stringify(record[key]) !== JSON.stringify(view[key]),
  );
}
