import type { Clock } from "../clock";
import { PermanentError } from "../errors";
import type {
  AppRecords,
  AppState,
  CertificateLedger,
  NameRecord,
  NetworkLock,
  Server,
  ServerPilot,
} from "../reconcile/ports";
import type { Address, Probes } from "../reconcile/probes";
import { type EnableResult, type SslWrites, createSslWrites } from "./autossl";
import { memoryOf } from "./memory";
import { type LookContext, dnsChanged, lookAt } from "./look";
import { type Schedule, isDue, scheduleOf } from "./schedule";

export interface CertificateRoundDeps {
  connect: () => Promise<{
    serverPilot: ServerPilot;
    maxTries: number;
    forceSsl: boolean;
  }>;
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

/** What a round knows before it looks at the first name. */
interface World {
  /** Null where no name needed it. */
  app: AppState | null;
  readApp: () => Promise<AppState>;
  serverPilot: ServerPilot;
  writes: SslWrites;
  address: string | null;
  covered: Set<string>;
  /** AutoSSL or a custom certificate came or went since the last round. */
  sslTurned: boolean;
  due: ReadonlySet<NameRecord>;
  seenCovered: ReadonlySet<string>;
}

/** A name server that hangs must not make the round, and with it the next poll, late for the others. */
const WATCH_PATIENCE_MS = 1_000;

export function createCertificateRound(
  deps: CertificateRoundDeps,
): CertificateRound {
  const { clock, ledger, probes } = deps;
  let expectedAddress: string | null | undefined;

  return {
    async run(request) {
      const records = await ledger.certificateNames();
      if (records.length === 0) return { nextAt: null };
      const { serverPilot, maxTries, forceSsl } = await deps.connect();
      const schedule = scheduleOf(maxTries, deps.windowMs);
      const failures: unknown[] = [];
      const fail = (error: unknown): void => {
        failures.push(error);
      };
      const world = await readWorld(
        request,
        serverPilot.inBackground(),
        records,
        schedule,
      );
      const context = contextOf(request, world, schedule, fail);

      const after = await Promise.all(
        inOrder(records).map((record) =>
          visit(record, request, world, context).catch((error: unknown) => {
            fail(error);
            return record;
          }),
        ),
      );
      if (forceSsl && world.app && mayForce(world.app, after))
        await world.writes.force(world.app, world.serverPilot).catch(fail);
      // What failed is tried again soon, so the names that it concerns must still count as news then.
      if (failures.length > 0) throw failures[0] as Error;
      if (world.app) await remember(world.app);
      return { nextAt: nextLook(after, clock.now(), deps.pollMs) };
    },
  };

  async function readWorld(
    request: CertificateRoundRequest,
    serverPilot: ServerPilot,
    records: readonly NameRecord[],
    schedule: Schedule,
  ): Promise<World> {
    const startedAt = clock.now();
    const memory = memoryOf(await deps.records.load());
    const readApp = once(async () =>
      lowerCased(request.app ?? (await serverPilot.getApp())),
    );
    const due = new Set(
      records.filter((record) => isDue(record, startedAt, schedule)),
    );
    // Names that failed are only watched over DNS, which needs no call to ServerPilot.
    const needed =
      expectedAddress === undefined ||
      due.size > 0 ||
      records.some(({ state }) => state === "securing");
    const app = request.app || needed ? await readApp() : null;
    if (app) expectedAddress = await addressOf(serverPilot, app);
    const sslMode = app && sslModeOf(app);
    return {
      app,
      readApp,
      serverPilot,
      due,
      sslTurned:
        sslMode !== null &&
        memory.sslMode !== null &&
        sslMode !== memory.sslMode,
      writes: createSslWrites(deps, memory),
      address: expectedAddress ?? null,
      covered: new Set(app?.autossl?.domains),
      seenCovered: new Set(memory.seenCovered),
    };
  }

  async function remember(app: AppState): Promise<void> {
    const sslMode = sslModeOf(app);
    const seenCovered = [...(app.autossl?.domains ?? [])].sort();
    await deps.records.update((record) => {
      const memory = memoryOf(record);
      const isSame =
        memory.sslMode === sslMode &&
        JSON.stringify(memory.seenCovered) === JSON.stringify(seenCovered);
      return isSame
        ? null
        : { ...record, certificates: { ...memory, sslMode, seenCovered } };
    });
  }

  function contextOf(
    { correlationId }: CertificateRoundRequest,
    { address, readApp, writes, serverPilot }: World,
    schedule: Schedule,
    fail: (error: unknown) => void,
  ): LookContext {
    const own = address === null ? null : { host: address, port: 443 };
    return {
      ledger,
      probes,
      clock,
      schedule,
      correlationId,
      app: readApp,
      target: deps.probeAddress ?? own,
      expectedAddress: address,
      enable: once(async (): Promise<EnableResult> => {
        try {
          return await writes.enable(await readApp(), serverPilot);
        } catch (error) {
          fail(error);
          return { enabled: false, failure: null };
        }
      }),
    };
  }

  /** Looks at one name where there is a reason to; else gives its record as it is. */
  async function visit(
    record: NameRecord,
    { signal }: CertificateRoundRequest,
    { due, covered, seenCovered, sslTurned, address, writes }: World,
    context: LookContext,
  ): Promise<NameRecord> {
    const { name, state } = record;
    const counted = due.has(record);
    const turned =
      state === "secure"
        ? sslTurned
        : covered.has(name) && (!seenCovered.has(name) || writes.settling());
    if (!counted && !turned) {
      if (state === "secure") return record;
      const dns = await soon(probes.lookUp(name), WATCH_PATIENCE_MS, clock);
      if (!dns || !dnsChanged(record, dns, address)) return record;
    }
    signal?.throwIfAborted();
    // Without a beginning of its tries it is new, or a person asked for it.
    const isFresh = record.triesSince === null && state !== "secure";
    return lookAt(context, { record, counted, retry: isFresh });
  }

  /** Without leave to read the server, handshakes may still tell enough. */
  async function addressOf(
    serverPilot: ServerPilot,
    app: AppState,
  ): Promise<string | null> {
    try {
      return (await serverOf(serverPilot, app)).lastAddress;
    } catch (error) {
      if (error instanceof PermanentError) return expectedAddress ?? null;
      throw error;
    }
  }

  /** The app's server, read once a day or when the app moved to another. */
  async function serverOf(
    serverPilot: ServerPilot,
    app: AppState,
  ): Promise<Server> {
    const { server } = await deps.records.load();
    // What was seen in the future was seen by a clock that was wrong.
    const age = Math.abs(clock.now() - (server?.seenAt ?? 0));
    if (server?.id === app.serverId && age < SERVER_KEPT_MS) return server;
    const seen = await serverPilot.getServer(app.serverId);
    const seenAt = clock.now();
    await deps.records.update((record) => ({
      ...record,
      server: { ...seen, seenAt },
    }));
    return seen;
  }
}

const SERVER_KEPT_MS = 24 * 3_600_000;

function sslModeOf({ ssl }: AppState): string {
  return JSON.stringify([ssl?.auto, ssl?.custom]);
}

function lowerCased(app: AppState): AppState {
  const lower = (names: readonly string[]): string[] =>
    names.map((name) => name.toLowerCase());
  const autossl = app.autossl && {
    ...app.autossl,
    domains: lower(app.autossl.domains),
  };
  return { ...app, domains: lower(app.domains), autossl };
}

/** How often the DNS of names that failed is watched for a change. */
const WATCH_MS = 60_000;
const SHORTEST_WAIT_MS = 250;

/** Names whose last look hung come last, so that they hold up nobody in a probe's queue. */
export function inOrder(records: readonly NameRecord[]): NameRecord[] {
  const hung = ({ reason }: NameRecord): boolean =>
    reason === "dns-unanswered" || reason === "server-unreachable";
  return [
    ...records.filter((record) => !hung(record)),
    ...records.filter(hung),
  ];
}

/**
 * Whether a pass has seen something for a round of certificates to do. A round on its own schedule comes anyway; this is
 * for what other sidecars, a person or a clock that was wrong may have changed.
 */
export function needsRound(
  known: ReadonlyMap<string, NameRecord>,
  app: AppState,
  forceSsl: boolean,
  now: number,
): boolean {
  if (forceSsl && app.ssl?.auto && !app.ssl.force) return true;
  return [...known.values()].some((record) => {
    if (record.state === "secure") return isDue(record, now, SECURE_NAMES);
    return record.state !== "blocked";
  });
}

/** Secure names have no tries. */
const SECURE_NAMES = { maxTries: 1, windowMs: 0 };

/** ForceSSL breaks every name without a certificate, so a foreign name on the app has to be covered too. */
export function mayForce(
  app: AppState,
  records: readonly NameRecord[],
): boolean {
  if (app.ssl?.auto !== true || app.ssl.force) return false;
  const safe = new Set(app.autossl?.domains);
  for (const { name, state } of records) {
    if (state !== "secure") return false;
    safe.add(name);
  }
  return app.domains.every((name) => safe.has(name));
}

/** When the next round is due: for the next try, the next poll or the next watch of DNS, whichever comes first. */
export function nextLook(
  records: readonly NameRecord[],
  now: number,
  pollMs: number,
): number {
  const watchMs = { securing: pollMs, "ssl-failed": WATCH_MS };
  const times = records.map(({ state, nextTryAt }) => {
    const between =
      state === "securing" || state === "ssl-failed"
        ? watchMs[state]
        : Infinity;
    return Math.min(nextTryAt ?? now, now + between);
  });
  return Math.max(Math.min(...times), now + SHORTEST_WAIT_MS);
}

/** Starts the work when it is first asked for; everybody gets the one result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

/** The result where it comes in time, else null; the work goes on, and a cache may have its result the next time. */
export function soon<T>(
  work: Promise<T>,
  patienceMs: number,
  clock: Clock,
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () => {
      resolve(null);
    });
    work.then(resolve, reject).finally(cancel);
  });
}
