import type { Clock } from "../clock";
import type {
  AppState,
  CertificateLedger,
  CertificateView,
  NameRecord,
} from "../reconcile/ports";
import type { Address } from "../reconcile/probes";
import type { Wish } from "./attempts";
import type { EnableResult } from "./autossl";
import { dnsFingerprint, meaningOf, meansChange } from "./dns-findings";
import { dnsView } from "./dns-view";
import {
  type CertificateFacts,
  type Gathered,
  enablingHelps,
  isNeed,
  isValid,
  where,
} from "./facts";
import { gather, type GatherContext, type GatherOptions } from "./gather";
import { judge, type Verdict } from "./judgement";
import { type Schedule, type Standing, isLast, settle } from "./schedule";
import type { Steadiness } from "./steadiness";

/** What all checks of one round share. */
export interface CheckContext extends GatherContext {
  ledger: CertificateLedger;
  onSaved: () => void;
  clock: Clock;
  schedule: Schedule;
  correlationId: string;
  /** Whom to shake hands with; null where the server's address is not known. */
  target: Address | null;
  steadiness: Steadiness;
  reachWorks: boolean;
  /** Whether a name is one that the network has on the app. */
  isKnown(name: string): boolean;
  /** Whether DNS has made the name's tries begin again within the last hour. */
  wasRestarted: (name: string) => boolean;
  app(): Promise<AppState>;
  /** Enables AutoSSL, once a round, however many checks ask; a failure that ends the round is kept for its end. */
  enable(wish: Wish): Promise<EnableResult>;
}

type TrendContext = Pick<
  CheckContext,
  "clock" | "steadiness" | "place" | "wasRestarted"
>;

export interface CheckRequest {
  record: NameRecord;
  counted: boolean;
  /** A person asked, or the name is new: DNS is asked anew and the tries begin again. */
  retry: boolean;
}

/** The record as it stands now, and what else the round has to know of it. */
export interface NameCheck {
  record: NameRecord;
  wasChecked: boolean;
  hasCertificate: boolean;
  /** UM answered to a nonce through the name. */
  wasReached: boolean;
  /** DNS made the tries begin again. */
  restarted: boolean;
  /** AutoSSL is to be enabled for it in a moment. */
  isPostponed: boolean;
}

/** Reasons that may be over in a moment and say nothing of the certificate. */
const DOUBTFUL: ReadonlySet<Verdict["reason"]> = new Set([
  "server-unreachable",
  "cdn-not-reaching",
] as const);

/** They do not go away soon: checking often would be for nothing. */
const LASTING: ReadonlySet<Verdict["reason"]> = new Set([
  "only-www-mapped",
] as const);

/**
 * Checks one name, from DNS to the site behind it, enables AutoSSL where that is what is missing, and saves what it
 * found at once.
 */
export async function checkName(
  context: CheckContext,
  request: CheckRequest,
): Promise<NameCheck> {
  const { record, counted, retry } = request;
  const { clock, place, schedule } = context;
  const startedAt = clock.now();
  if (retry) context.steadiness.forget(record.name);
  const first = await firstFacts(context, request);
  const { isUnsteady, dnsTurned, restarted } = trendOf(context, record, first);
  const restart = retry || restarted;
  const isFinal = !restart && isLast(record, counted, schedule);
  const enabled = await enabling(context, record, {
    ...first,
    isUnsteady,
    isFinal,
  });
  const isCalm = !retry && record.state === "secure" && !dnsTurned;
  const how = { fresh: retry, isCalm };
  const once = await judged(context, enabled.facts, how);
  const { facts, verdict } =
    once.verdict.secure && record.state !== "secure"
      ? await confirmed(context, once, how)
      : once;
  const standing = settle(
    record,
    {
      // What was tried during this check was tried within its tries.
      now: startedAt,
      secure: verdict.secure,
      warned: verdict.reason !== null && !LASTING.has(verdict.reason),
      doubtful: DOUBTFUL.has(verdict.reason),
      counted,
      restart,
    },
    schedule,
  );
  const view: CertificateView & Standing = {
    ...standing,
    reason: verdict.reason,
    params: verdict.params,
    certificateEndsAt: endOf(facts, record),
    dnsSeen: dnsFingerprint(facts.dns, place.ours) ?? record.dnsSeen,
    liveSince: record.liveSince ?? (verdict.secure ? facts.now : null),
    dns: viewOf(facts, verdict, record, place),
  };
  await save(context, record, view, facts.now);
  return {
    record: { ...record, ...view },
    wasChecked: true,
    hasCertificate: isValid(facts),
    wasReached: facts.gathered.reach?.answer?.https.kind === "reached",
    restarted,
    isPostponed: enabled.isPostponed,
  };
}

/** How DNS compares with what the last check saw; takes note of it. */
function trendOf(
  { clock, steadiness, place, wasRestarted }: TrendContext,
  { name, reason, dnsSeen, triesSince }: NameRecord,
  { dns }: CertificateFacts,
): { isUnsteady: boolean; dnsTurned: boolean; restarted: boolean } {
  const now = clock.now();
  const seen = dnsFingerprint(dns, place.ours);
  if (seen !== null) steadiness.note(name, meaningOf(seen), now);
  const isUnsteady = steadiness.isUnsteady(name, now);
  const hasSettled = reason === "dns-alternates" && !isUnsteady;
  const dnsTurned = seen !== null && (hasSettled || meansChange(dnsSeen, seen));
  const mayRestart = triesSince !== null && !isUnsteady && !wasRestarted(name);
  return { isUnsteady, dnsTurned, restarted: dnsTurned && mayRestart };
}

async function firstFacts(
  context: CheckContext,
  { record, counted, retry }: CheckRequest,
): Promise<CertificateFacts> {
  const { name } = record;
  const { probes, clock, place, reachWorks } = context;
  const gatherRecords = () =>
    gather("records", name, context, { fresh: retry });
  const isDaily = counted || record.dns === null;
  const [app, dns, served, daily] = await Promise.all([
    context.app(),
    probes.lookUp(name, { fresh: retry }),
    handshake(context, name),
    isDaily ? gatherRecords() : null,
  ]);
  const isNews = dnsFingerprint(dns, place.ours) !== record.dnsSeen;
  const gathered = daily ?? (isNews ? await gatherRecords() : {});
  const asked = gathered.records?.zone;
  const zone = asked?.kind === "zone" ? asked.zone : (record.dns?.zone ?? null);
  return {
    name,
    app,
    place,
    dns,
    served,
    enableFailure: null,
    wasSecure: record.state === "secure",
    isUnsteady: false,
    isFinal: false,
    reachWorks,
    bareZone: bareZoneOf(record, zone, context),
    gathered,
    now: clock.now(),
  };
}

/** The zone of which only the `www.` name is mapped; null where the name is another one, or both are. */
function bareZoneOf(
  { name, kind }: NameRecord,
  zone: string | null,
  context: CheckContext,
): string | null {
  const isBare = kind === "mapping" && zone !== null && name === `www.${zone}`;
  return isBare && !context.isKnown(zone) ? zone : null;
}

/** The facts once AutoSSL was enabled, where that helps. */
async function enabling(
  context: CheckContext,
  { name, triesSince, state }: NameRecord,
  facts: CertificateFacts,
): Promise<{ facts: CertificateFacts; isPostponed: boolean }> {
  if (!enablingHelps(facts)) return { facts, isPostponed: false };
  // A name that was secure until now has no tries yet.
  const since = state === "secure" ? facts.now : triesSince;
  const result = await context.enable({ name, since });
  const { isPostponed, failure } = result;
  const now = context.clock.now();
  if (!result.enabled)
    return { facts: { ...facts, enableFailure: failure, now }, isPostponed };
  const { app } = facts;
  const ssl = { auto: true, force: app.ssl?.force ?? false, custom: false };
  const served = await handshake(context, name);
  return {
    facts: {
      ...facts,
      app: { ...app, ssl },
      served,
      now: context.clock.now(),
    },
    isPostponed,
  };
}

/** Judges as often as it takes, with each fact that the judgement asks for. */
async function judged(
  context: CheckContext,
  first: CertificateFacts,
  how: GatherOptions,
): Promise<{ facts: CertificateFacts; verdict: Verdict }> {
  let facts = first;
  for (;;) {
    const said = judge(facts);
    if (!isNeed(said)) return { facts, verdict: said };
    const found = await gather(said.need, facts.name, context, how);
    facts = { ...facts, gathered: { ...facts.gathered, ...found } };
  }
}

/** Before a name is called secure, DNS is asked once more: name servers that do not agree answer in turns. */
async function confirmed(
  context: CheckContext,
  once: { facts: CertificateFacts; verdict: Verdict },
  how: GatherOptions,
): Promise<{ facts: CertificateFacts; verdict: Verdict }> {
  const { facts } = once;
  const { name, place } = facts;
  const dns = await context.probes.lookUp(name, { fresh: true });
  const seen = dnsFingerprint(dns, place.ours);
  if (
    seen === null ||
    !meansChange(dnsFingerprint(facts.dns, place.ours), seen)
  )
    return once;
  context.steadiness.note(name, meaningOf(seen), context.clock.now());
  const { records } = facts.gathered;
  const gathered: Gathered = records === undefined ? {} : { records };
  return judged(context, { ...facts, dns, gathered }, how);
}

function viewOf(
  facts: CertificateFacts,
  verdict: Verdict,
  record: NameRecord,
  place: GatherContext["place"],
): CertificateView["dns"] {
  const { records, reach, caa } = facts.gathered;
  // DNS is as it was at an earlier check, which has told all of it.
  if (records === undefined) return record.dns;
  const answer = reach?.answer ?? null;
  const led = where(facts).kind;
  const reached =
    answer?.https.kind === "reached" || answer?.http.kind === "reached";
  return dnsView({
    name: facts.name,
    dns: facts.dns,
    place,
    zone: records.zone,
    alias: records.alias,
    caa: caa ?? null,
    reaches:
      led === "proxied" && verdict.reason === "cdn-not-reaching"
        ? false
        : reached
          ? true
          : null,
    before: record.dns,
    now: facts.now,
  });
}

async function save(
  { ledger, correlationId, onSaved }: CheckContext,
  record: NameRecord,
  view: CertificateView & Standing,
  changedAt: number,
): Promise<void> {
  if (!differs(record, view)) return;
  const saved = { ...view, changedAt };
  await ledger.saveCertificate(record.name, saved, correlationId);
  onSaved();
}

function handshake({ target, probes }: CheckContext, name: string) {
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
