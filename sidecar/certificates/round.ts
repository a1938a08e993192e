import { type Clock, soon } from "../clock";
import type {
  AppRecords,
  AppState,
  CertificateLedger,
  NameRecord,
  NetworkLock,
  NetworkSnapshot,
  ServerPilot,
} from "../reconcile/ports";
import type { Address, Probes } from "../reconcile/probes";
import type { Wish } from "./attempts";
import {
  createSslWrites,
  type EnableResult,
  isSettling,
  type SslWrites,
} from "./autossl";
import { dnsFingerprint, meaningOf } from "./dns-findings";
import { holdOrForce } from "./force-ssl";
import { mappingsOf, once, type ReachMemory } from "./gather";
import { type CheckContext, type NameCheck, checkName } from "./name-check";
import { createPlaceFinder, type PlaceFinder } from "./place";
import { readWorld, remember, type World } from "./round-memory";
import { inOrder, nextCheck, type Schedule, scheduleOf } from "./schedule";
import { createSteadiness, type Steadiness } from "./steadiness";

export interface CertificateSettings {
  maxTries: number;
  forceSsl: boolean;
  /** ForceSSL also where names are behind a proxy. */
  forceSslProxied: boolean;
}

/** What a round works with, as it is by then. */
export interface CertificateConnection {
  serverPilot: ServerPilot;
  settings: CertificateSettings;
  /** The mappings: read once a round at most, where a name is asked for with its nonce. */
  snapshot(): Promise<NetworkSnapshot>;
  /** UM's nonces by name; none where the plugin gives none, or is away. */
  nonces(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface CertificateRoundDeps {
  connect: () => Promise<CertificateConnection>;
  ledger: CertificateLedger;
  records: AppRecords;
  lock: NetworkLock;
  /** A name was saved: one slow name must not keep WordPress from hearing of the others. */
  onSaved: () => void;
  probes: Probes;
  clock: Clock;
  /** How often the app is read while a name waits for its certificate, in milliseconds. */
  pollMs: number;
  /** Over how long the tries are spread, in milliseconds. */
  windowMs: number;
  /** Where handshakes go; undefined = the server's address, port 443. */
  probeAddress: Address | undefined;
  /** The operator's `SERVER_ADDRESSES`. */
  serverAddresses: readonly string[];
}

export interface CertificateRoundRequest {
  /** The app where a pass has just read it. */
  app?: AppState | null | undefined;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

export interface CertificateRound {
  /**
   * Checks the names that are due, or for which something changed, and says when to come again (null: no
   * names). Must not be called while the network's lock is held.
   *
   * @throws TransientError | PermanentError of ServerPilot, the lock or the database, after all checks are done.
   */
  run(request: CertificateRoundRequest): Promise<{ nextAt: number | null }>;
}

/** A name server that hangs must not make the round, and with it the next poll, late for the others. */
const WATCH_PATIENCE_MS = 1_000;

/** How often a name is checked while the server takes a certificate up. */
const SETTLING_POLL_MS = 3_000;

/** What a round keeps in the process, from one to the next. */
interface Parts extends CertificateRoundDeps {
  places: PlaceFinder;
  steadiness: Steadiness;
  reached: ReachMemory;
}

/** One round: what it works with, and what it has found out. */
interface Run {
  request: CertificateRoundRequest;
  connection: CertificateConnection;
  names: readonly NameRecord[];
  schedule: Schedule;
  world: World;
  writes: SslWrites;
  failures: unknown[];
}

export function createCertificateRound(
  deps: CertificateRoundDeps,
): CertificateRound {
  const { clock, probes, serverAddresses: configured } = deps;
  const parts: Parts = {
    ...deps,
    places: createPlaceFinder({ clock, probes, configured }),
    steadiness: createSteadiness(),
    reached: new Map(),
  };
  let isFirst = true;
  return {
    async run(request) {
      const names = await deps.ledger.certificateNames();
      if (names.length === 0) return { nextAt: null };
      forgetOthers(parts, names);
      const run = await begin(parts, request, names, isFirst);
      isFirst = false;
      return { nextAt: await checkAll(parts, run) };
    },
  };
}

/** What is kept in memory is about names that are on the app. */
function forgetOthers(
  { steadiness, reached }: Parts,
  records: readonly NameRecord[],
): void {
  const names = new Set(records.map(({ name }) => name));
  steadiness.keep(names);
  for (const name of reached.keys()) if (!names.has(name)) reached.delete(name);
}

async function begin(
  parts: Parts,
  request: CertificateRoundRequest,
  names: readonly NameRecord[],
  isFirst: boolean,
): Promise<Run> {
  const connection = await parts.connect();
  const { settings, serverPilot } = connection;
  const schedule = scheduleOf(settings.maxTries, parts.windowMs);
  const world = await readWorld(parts, {
    given: request.app ?? null,
    serverPilot: serverPilot.inBackground(),
    names,
    schedule,
    isFirst,
  });
  const { records, lock, clock } = parts;
  const { turnedAt } = world.seen;
  return {
    request,
    connection,
    names,
    schedule,
    world,
    writes: createSslWrites({ records, lock, clock, serverPilot, turnedAt }),
    failures: [],
  };
}

/** Gives when to come again. */
async function checkAll(parts: Parts, run: Run): Promise<number> {
  const { clock, probes, places } = parts;
  const { connection, world, writes, failures } = run;
  const fail = (error: unknown): void => {
    failures.push(error);
  };
  await writes.follow().catch(fail);
  const context = contextOf(parts, run);
  const checks = await Promise.all(
    inOrder(run.names).map((record) =>
      visit(parts, run, record, context).catch((error: unknown) => {
        fail(error);
        return untouched(record);
      }),
    ),
  );
  const after = checks.map(({ record }) => record);
  if (checks.some(doubtsAddress)) places.doubt();
  const held = await holdOrForce({
    world,
    settings: connection.settings,
    records: after,
    lookUp: (name) => probes.lookUp(name),
    force: () => writes.force(),
  }).catch((error: unknown) => {
    fail(error);
    return world.memory.forceHeld;
  });
  // What failed is tried again soon, so the names that it concerns must still count as news then.
  if (failures.length > 0) throw failures[0] as Error;
  const memory = await remember(parts, world, checks, held);
  const isAwaited = after.some(
    ({ state, reason }) =>
      state === "securing" && reason === "certificate-not-served",
  );
  const pollMs =
    isAwaited && isSettling(memory, clock.now())
      ? Math.min(SETTLING_POLL_MS, parts.pollMs)
      : parts.pollMs;
  return nextCheck(after, clock.now(), pollMs);
}

function contextOf(parts: Parts, run: Run): CheckContext {
  const { ledger, probes, clock, steadiness, reached } = parts;
  const { connection, world, writes, names, failures } = run;
  const { place, memory, covered } = world;
  const known = new Set(names.map(({ name }) => name));
  const own = place.server === null ? null : { host: place.server, port: 443 };
  const serverPilot = connection.serverPilot.inBackground();
  let enabling: Promise<EnableResult> | undefined;
  return {
    ledger,
    onSaved: parts.onSaved,
    probes,
    clock,
    schedule: run.schedule,
    correlationId: run.request.correlationId,
    steadiness,
    reached,
    place,
    target: parts.probeAddress ?? own,
    reachWorks: memory.reachWorks,
    isKnown: (name) => known.has(name),
    wasRestarted: (name) => name in memory.restarts,
    app: world.readApp,
    mappingOf: mappingsOf(() => connection.snapshot()),
    nonces: (wanted) => connection.nonces(wanted),
    // Without the other apps only their names cannot be said.
    apps: once(() => serverPilot.getApps().catch(() => null)),
    enable(wish) {
      enabling ??= writes
        .enable(wishesOf(wish, names, covered))
        .catch((error: unknown) => {
          failures.push(error);
          return { enabled: false, failure: null, isPostponed: true };
        });
      return enabling;
    },
  };
}

/** Checks one name where there is a reason to; else gives its record as it is. */
async function visit(
  parts: Parts,
  { request, world }: Run,
  record: NameRecord,
  context: CheckContext,
): Promise<NameCheck> {
  const { name, state } = record;
  const { due, covered, seenCovered } = world;
  const counted = due.has(record);
  const isTurned =
    state === "secure"
      ? world.turned
      : covered.has(name) && (!seenCovered.has(name) || world.settling);
  const isTime = counted || isTurned;
  const isSecure = state === "secure";
  if (!isTime && (isSecure || !(await hasNewDns(parts, world, record))))
    return untouched(record);
  request.signal?.throwIfAborted();
  // Without a beginning of its tries it is new, or a person asked for it; a secure name has none, but a next time.
  const isFresh =
    record.triesSince === null && (!isSecure || record.nextTryAt === null);
  return checkName(context, { record, counted, retry: isFresh });
}

/** Whether DNS says something else than at the last check; where it keeps changing, whether it has settled. */
async function hasNewDns(
  { probes, clock, steadiness }: Parts,
  { place }: World,
  { name, reason, dnsSeen }: NameRecord,
): Promise<boolean> {
  const dns = await soon(probes.lookUp(name), WATCH_PATIENCE_MS, clock);
  // No answer is no news.
  const seen = dns && dnsFingerprint(dns, place.ours);
  if (seen === null) return false;
  steadiness.note(name, meaningOf(seen), clock.now());
  return reason === "dns-alternates"
    ? !steadiness.isUnsteady(name, clock.now())
    : seen !== dnsSeen;
}

/** Names that enabling AutoSSL may help: the one that asks, and all that are covered and not secure. */
function wishesOf(
  wish: Wish,
  records: readonly NameRecord[],
  covered: ReadonlySet<string>,
): Wish[] {
  const others = records
    .filter(
      ({ name, state }) =>
        name !== wish.name && state !== "secure" && covered.has(name),
    )
    .map(({ name, triesSince }) => ({ name, since: triesSince }));
  return [wish, ...others];
}

function untouched(record: NameRecord): NameCheck {
  return {
    record,
    wasChecked: false,
    hasCertificate: false,
    wasReached: false,
    restarted: false,
    isPostponed: false,
  };
}

/** A server that does not answer, or names that lead to another address, may be a server that has moved. */
function doubtsAddress({ record, wasChecked }: NameCheck): boolean {
  const { reason } = record;
  return (
    wasChecked &&
    (reason === "server-unreachable" || reason === "dns-elsewhere")
  );
}
