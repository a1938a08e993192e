import { type Clock, soon } from "../clock";
import type {
  AppState,
  CertificateLedger,
  NameRecord,
  NetworkLock,
  NetworkSnapshot,
  ServerPilot,
} from "../reconcile/ports";
import type { AppRecords } from "../reconcile/ports";
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
import { dnsChanged, type LookContext, type Looked, lookAt } from "./look";
import { createPlaceFinder } from "./place";
import { createRoundMemory, type World } from "./round-memory";
import { inOrder, nextLook, type Schedule, scheduleOf } from "./schedule";
import { createSteadiness } from "./steadiness";

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
   * Looks at the names whose time has come, or for which something changed, and says when to come again (null: no
   * names). Must not be called while the network's lock is held.
   *
   * @throws TransientError | PermanentError of ServerPilot, the lock or the database, after all looks are done.
   */
  run(request: CertificateRoundRequest): Promise<{ nextAt: number | null }>;
}

/** A name server that hangs must not make the round, and with it the next poll, late for the others. */
const WATCH_PATIENCE_MS = 1_000;

/** How often a name is looked at while the server takes a certificate up. */
const SETTLING_POLL_MS = 3_000;

export function createCertificateRound(
  deps: CertificateRoundDeps,
): CertificateRound {
  const { clock, ledger, probes, records: appRecords } = deps;
  const places = createPlaceFinder({
    clock,
    probes,
    configured: deps.serverAddresses,
  });
  const steadiness = createSteadiness();
  const reached: ReachMemory = new Map();
  const roundMemory = createRoundMemory({
    records: appRecords,
    lock: deps.lock,
    clock,
    places,
  });

  return {
    async run(request) {
      const records = await ledger.certificateNames();
      if (records.length === 0) return { nextAt: null };
      forgetOthers(records);
      const connection = await deps.connect();
      const { settings, serverPilot } = connection;
      const schedule = scheduleOf(settings.maxTries, deps.windowMs);
      const failures: unknown[] = [];
      const fail = (error: unknown): void => {
        failures.push(error);
      };
      const world = await roundMemory.readWorld(
        request.app ?? null,
        serverPilot.inBackground(),
        records,
        schedule,
      );
      const writes = createSslWrites(deps, serverPilot, world.seen.turnedAt);
      await writes.follow().catch(fail);
      const context = contextOf(request, connection, world, {
        records,
        schedule,
        writes,
        fail,
      });
      const looks = await Promise.all(
        inOrder(records).map((record) =>
          visit(record, request, world, context).catch((error: unknown) => {
            fail(error);
            return untouched(record);
          }),
        ),
      );
      const after = looks.map(({ record }) => record);
      if (looks.some(doubtsAddress)) places.doubt();
      const held = await holdOrForce({
        world,
        settings,
        records: after,
        lookUp: (name) => probes.lookUp(name),
        force: () => writes.force(),
      }).catch((error: unknown) => {
        fail(error);
        return world.memory.forceHeld;
      });
      // What failed is tried again soon, so the names that it concerns must still count as news then.
      if (failures.length > 0) throw failures[0] as Error;
      const memory = await roundMemory.remember(world, looks, held);
      const pollMs = isSettling(memory, clock.now())
        ? Math.min(SETTLING_POLL_MS, deps.pollMs)
        : deps.pollMs;
      return { nextAt: nextLook(after, clock.now(), pollMs) };
    },
  };

  /** What is kept in memory is about names that are on the app. */
  function forgetOthers(records: readonly NameRecord[]): void {
    const names = new Set(records.map(({ name }) => name));
    steadiness.keep(names);
    for (const name of reached.keys())
      if (!names.has(name)) reached.delete(name);
  }

  function contextOf(
    { correlationId }: CertificateRoundRequest,
    connection: CertificateConnection,
    world: World,
    parts: {
      records: readonly NameRecord[];
      schedule: Schedule;
      writes: SslWrites;
      fail: (error: unknown) => void;
    },
  ): LookContext {
    const { records, schedule, writes, fail } = parts;
    const { place, memory, covered } = world;
    const names = new Set(records.map(({ name }) => name));
    const own =
      place.server === null ? null : { host: place.server, port: 443 };
    const serverPilot = connection.serverPilot.inBackground();
    let enabling: Promise<EnableResult> | undefined;
    return {
      ledger,
      probes,
      clock,
      schedule,
      correlationId,
      steadiness,
      reached,
      place,
      target: deps.probeAddress ?? own,
      reachWorks: memory.reachWorks,
      isKnown: (name) => names.has(name),
      wasRestarted: (name) => name in memory.restarts,
      app: world.readApp,
      mappingOf: mappingsOf(() => connection.snapshot()),
      nonces: (wanted) => connection.nonces(wanted),
      // Without the other apps only their names cannot be said.
      apps: once(() => serverPilot.getApps().catch(() => null)),
      enable(wish) {
        enabling ??= writes
          .enable(wishesOf(wish, records, covered))
          .catch((error: unknown) => {
            fail(error);
            return { enabled: false, failure: null, isPostponed: true };
          });
        return enabling;
      },
    };
  }

  /** Looks at one name where there is a reason to; else gives its record as it is. */
  async function visit(
    record: NameRecord,
    { signal }: CertificateRoundRequest,
    world: World,
    context: LookContext,
  ): Promise<Looked> {
    const { name, state } = record;
    const { due, covered, seenCovered, place } = world;
    const counted = due.has(record);
    const isTurned =
      state === "secure"
        ? world.turned
        : covered.has(name) && (!seenCovered.has(name) || world.settling);
    if (!counted && !isTurned) {
      if (state === "secure") return untouched(record);
      const dns = await soon(probes.lookUp(name), WATCH_PATIENCE_MS, clock);
      const seen = dns && dnsFingerprint(dns, place.ours);
      if (dns === null || seen === null) return untouched(record);
      steadiness.note(name, meaningOf(seen), clock.now());
      // Where it is known to change all the time, the news is that it has settled.
      const isOld =
        record.reason === "dns-alternates"
          ? steadiness.isUnsteady(name, clock.now())
          : !dnsChanged(record, dns, place.ours);
      if (isOld) return untouched(record);
    }
    signal?.throwIfAborted();
    // Without a beginning of its tries it is new, or a person asked for it.
    const isFresh = record.triesSince === null && state !== "secure";
    return lookAt(context, { record, counted, retry: isFresh });
  }
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

function untouched(record: NameRecord): Looked {
  return {
    record,
    isLookedAt: false,
    hasCertificate: false,
    wasReached: false,
    restarted: false,
    isPostponed: false,
  };
}

/** A server that does not answer, or names that lead to another address, may be a server that has moved. */
function doubtsAddress({ record, isLookedAt }: Looked): boolean {
  const { reason } = record;
  return (
    isLookedAt &&
    (reason === "server-unreachable" || reason === "dns-elsewhere")
  );
}
