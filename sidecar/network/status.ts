import { memoryOf } from "../certificates/memory";
import { addressesToTell } from "../certificates/place";
import type {
  AppView,
  NameAnswer,
  NamesAnswer,
  NamesQuery,
  NameView,
  PassView,
  StatusAnswer,
} from "../contract/answers";
import { features, type Explained } from "../contract/vocabulary";
import { PermanentError } from "../errors";
import type { NamesView } from "../mysql/names";
import {
  describeReason,
  type ReasonCode,
  type ReasonParams,
} from "../reasons/reasons";
import type { AppRecord } from "../reconcile/app-record";
import { APP_CAPACITY } from "../reconcile/plan";
import type { AppRecords, NameRecord, PassEntry } from "../reconcile/ports";
import {
  standingOf,
  standingOfReason,
  type Standing,
} from "../reconcile/standing";
import type { LaneView } from "../trigger/trigger";
import { version } from "../version";

export interface StatusDeps {
  network: string;
  names: NamesView;
  records: Pick<AppRecords, "load">;
  /** The operator's `SERVER_ADDRESSES`. */
  serverAddresses: readonly string[];
  lastPass(): Promise<PassEntry | null>;
  /** Null where WordPress has not registered; else by what the plugin recognises its registration. */
  registration(): Promise<{ mark: string } | null>;
  pass(): Promise<LaneView>;
  now(): number;
}

/** A plugin of 0.1.0 is given so many names at most: more would be more than it takes. */
const MOST_NAMES = 1_000;

/**
 * What the screen, Site Health and the command line show at a glance, read from the ledger; no call leaves the machine.
 *
 * @param withNames as a plugin of 0.1.0 wants it; later ones ask for the names page by page.
 */
export async function readStatus(
  deps: StatusDeps,
  withNames: boolean,
): Promise<StatusAnswer> {
  const [counts, record, lastPass, registration] = await Promise.all([
    deps.names.counts(),
    deps.records.load(),
    deps.lastPass(),
    deps.registration(),
  ]);
  const lane = await deps.pass();
  const now = deps.now();
  return {
    network: deps.network,
    version,
    features: [...features],
    registered: registration !== null,
    mark: registration?.mark ?? "",
    now: iso(now),
    address: addressOf(record, deps.serverAddresses),
    app: appView(record),
    pass: {
      // While an action is open or a read waits for a second one, no run is under way, but the work is.
      state: isUnderWay(record) ? "running" : lane.state,
      lastAt: iso(lastPass?.finishedAt ?? null),
      lastOutcome: lastPass?.outcome ?? null,
      ...explain(lastPass?.reason ?? null, lastPass?.params),
      nextAt: iso(lane.nextAt),
    },
    held: heldView(record),
    suspect: suspectView(record),
    findings: findingsOf(record),
    counts: counts.states,
    severities: counts.severities,
    withoutPlace: record.withoutPlace,
    ...(withNames ? { names: await firstNames(deps.names, now) } : {}),
  };
}

/** The one address that names are to point at; null where it is not known. */
export function addressOf(
  record: AppRecord,
  configured: readonly string[],
): string | null {
  const address = ownServer(record)?.lastAddress ?? null;
  const { ipv4, ipv6 } = addressesToTell(configured, address);
  return ipv4 ?? ipv6;
}

function isUnderWay({ write, doubt }: AppRecord): boolean {
  return write !== null || doubt !== null;
}

async function firstNames(names: NamesView, now: number): Promise<NameView[]> {
  const page = await names.page({
    search: "",
    state: null,
    needsAction: false,
    order: "name",
    isDescending: false,
    offset: 0,
    limit: MOST_NAMES,
    only: [],
  });
  return page.names.map((record) => nameView(record, now));
}

/** A page of the names. */
export async function readNames(
  names: NamesView,
  query: NamesQuery,
  now: number,
): Promise<NamesAnswer> {
  const page = await names.page({
    search: query.search,
    state: query.state ?? null,
    needsAction: query.needs === "action",
    order: query.order,
    isDescending: query.desc,
    offset: query.offset,
    limit: query.limit,
    only: query.only,
  });
  return {
    total: page.total,
    names: page.names.map((record) => nameView(record, now)),
  };
}

/** @throws PermanentError `name-unknown` */
export async function readName(
  names: NamesView,
  name: string,
  now: number,
): Promise<NameAnswer> {
  const known = await names.one(name);
  if (known === null) throw new PermanentError("name-unknown", { name });
  return {
    ...nameView(known.record, now),
    history: known.history.map(({ at, from, to, reason, params }) => ({
      at: iso(at),
      from,
      to,
      ...explain(reason, params),
    })),
  };
}

/** The app's server; null where another one was last seen. */
function ownServer({ app, server }: AppRecord): AppRecord["server"] {
  return server?.id === app?.serverId ? server : null;
}

function appView(record: AppRecord): AppView | null {
  const { app } = record;
  if (app === null) return null;
  const own = ownServer(record);
  return {
    id: app.id,
    name: app.name,
    serverId: app.serverId,
    serverName: own?.name ?? null,
    serverAddress: own?.lastAddress ?? null,
    domainsUsed: app.domainsUsed,
    capacity: APP_CAPACITY,
    autossl: app.autossl && {
      available: app.autossl.available,
      enabled: app.ssl?.auto ?? false,
      domains: [...app.autossl.domains],
    },
    customCertificate: app.ssl?.custom ?? false,
    seenAt: iso(app.seenAt),
  };
}

function heldView({ held }: AppRecord): StatusAnswer["held"] {
  if (held === null || held.approved) return null;
  return {
    checksum: held.checksum,
    remove: [...held.remove],
    ...explain(held.reason, held.params),
  };
}

function suspectView({ suspect, app }: AppRecord): StatusAnswer["suspect"] {
  if (suspect === null) return null;
  const params = {
    app: app?.name ?? suspect.appId,
    checksum: suspect.checksum,
  };
  return { checksum: suspect.checksum, ...explain("app-suspect", params) };
}

function findingsOf(record: AppRecord): Explained[] {
  const { networkDomainLost, networkDomain, app } = record;
  const { forceHeld, forced } = memoryOf(record);
  const found: Explained[] = [];
  if (networkDomainLost && networkDomain !== null)
    found.push(explain("network-domain-missing", { domain: networkDomain }));
  const failure = app?.ssl?.force === true ? null : (forced?.failure ?? null);
  const held = forceHeld ?? failure;
  if (held !== null) found.push(explain(held.reason, held.params));
  return found;
}

function nameView(record: NameRecord, now: number): NameView {
  const { dns } = record;
  return {
    name: record.name,
    state: record.state,
    ...explain(record.reason, record.params, standingOf(record, now)),
    tries: record.tries,
    nextTryAt: iso(record.nextTryAt),
    certificateEndsAt: iso(record.certificateEndsAt),
    siteId: record.siteId,
    kind: record.kind,
    owned: record.owned,
    knownSince: iso(record.knownSince),
    changedAt: iso(record.changedAt),
    liveSince: iso(record.liveSince),
    dns: dns && {
      zone: dns.zone,
      registered: dns.registered,
      provider: dns.provider,
      checkedAt: iso(dns.checkedAt),
      records: dns.records.map(({ type, host, expected, found, ok }) => ({
        type,
        host,
        expected,
        found: [...found],
        ok,
      })),
    },
  };
}

/** A pass as the history shows it. */
export function passView(pass: PassEntry & { id: number }): PassView {
  const { id, trigger, correlationId, outcome, added, removed, calls } = pass;
  return {
    id,
    trigger,
    correlationId,
    outcome,
    added,
    removed,
    calls,
    ...explain(pass.reason, pass.params),
    startedAt: iso(pass.startedAt),
    finishedAt: iso(pass.finishedAt),
  };
}

/** A reason in the form in which it leaves the sidecar. */
export function explain(
  reason: ReasonCode | null,
  params: ReasonParams = {},
  { severity, actor }: Standing = standingOfReason(reason),
): Explained {
  const { message, remedy } =
    reason === null
      ? { message: "", remedy: "" }
      : describeReason(reason, params);
  return { reason, params, message, remedy, severity, actor };
}

/** Milliseconds since the epoch as ISO 8601. */
export function iso(time: number): string;
export function iso(time: number | null): string | null;
export function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
