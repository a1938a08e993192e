import type { Clock } from "../clock";
import { PermanentError } from "../errors";
import type { Survey } from "../reconcile/pass";
import type {
  AppState,
  CertificateLedger,
  NameRecord,
  NetworkLock,
  Server,
  ServerPilot,
  StateStore,
} from "../reconcile/ports";
import type { Address, Probes } from "../reconcile/probes";
import { type EnableResult, type SslWrites, createSslWrites } from "./autossl";
import { type LookContext, dnsChanged, lookAt } from "./look";
import { type Schedule, isDue, scheduleOf } from "./schedule";

export interface CertificateRoundDeps {
  serverPilot: () => Promise<ServerPilot>;
  /** The app's server; expected to remember it, for it is asked for in every round. */
  server: (serverPilot: ServerPilot, app: AppState) => Promise<Server>;
  ledger: CertificateLedger;
  state: StateStore;
  lock: NetworkLock;
  probes: Probes;
  clock: Clock;
  settings: () => Promise<{ maxTries: number; forceSsl: boolean }>;
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
  /** Names that are looked at whatever their schedule says, from the beginning. */
  retry: readonly string[];
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
  retry: ReadonlySet<string>;
}

/** A name server that hangs must not make the round, and with it the next poll, late for the others. */
const WATCH_PATIENCE_MS = 1_000;

export function createCertificateRound(
  deps: CertificateRoundDeps,
): CertificateRound {
  const { clock, ledger, probes } = deps;
  const writesFor = createSslWrites(deps);
  /** Covered names that were looked at since they became covered, so that each poll does not look again. */
  let seenCovered = new Set<string>();
  let expectedAddress: string | null | undefined;
  let lastSsl: string | null = null;

  return {
    async run(request) {
      const records = await ledger.certificateNames();
      if (records.length === 0) return { nextAt: null };
      const { maxTries, forceSsl } = await deps.settings();
      const schedule = scheduleOf(maxTries, deps.windowMs);
      const failures: unknown[] = [];
      const fail = (error: unknown): void => {
        failures.push(error);
      };
      const world = await readWorld(request, records, schedule);
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
      if (world.app) seenCovered = world.covered;
      return { nextAt: nextLook(after, clock.now(), deps.pollMs) };
    },
  };

  async function readWorld(
    request: CertificateRoundRequest,
    records: readonly NameRecord[],
    schedule: Schedule,
  ): Promise<World> {
    const startedAt = clock.now();
    const serverPilot = await deps.serverPilot();
    const retry = new Set(request.retry);
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
      records.some(
        ({ name, state }) => state === "securing" || retry.has(name),
      );
    const app = request.app || needed ? await readApp() : null;
    if (app) expectedAddress = await addressOf(serverPilot, app);
    const sslMode = app && JSON.stringify([app.ssl?.auto, app.ssl?.custom]);
    const sslTurned =
      sslMode !== null && lastSsl !== null && sslMode !== lastSsl;
    lastSsl = sslMode ?? lastSsl;
    return {
      ...{ app, readApp, serverPilot, due, retry, sslTurned },
      writes: writesFor(request.signal),
      address: expectedAddress ?? null,
      covered: new Set(app?.autossl?.domains),
    };
  }

  function contextOf(
    { correlationId }: CertificateRoundRequest,
    { address, readApp, writes, serverPilot }: World,
    schedule: Schedule,
    fail: (error: unknown) => void,
  ): LookContext {
    const own = address === null ? null : { host: address, port: 443 };
    return {
      ...{ ledger, probes, clock, schedule, correlationId, app: readApp },
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
    { due, retry, covered, sslTurned, address, writes }: World,
    context: LookContext,
  ): Promise<NameRecord> {
    const { name, state } = record;
    const counted = due.has(record);
    const asked = counted || retry.has(name);
    const turned =
      state === "secure"
        ? sslTurned
        : covered.has(name) && (!seenCovered.has(name) || writes.settling());
    if (!asked && !turned) {
      if (state === "secure") return record;
      const dns = await soon(probes.lookUp(name), WATCH_PATIENCE_MS, clock);
      if (!dns || !dnsChanged(record, dns, address)) return record;
    }
    signal?.throwIfAborted();
    return lookAt(context, { record, counted, retry: retry.has(name) });
  }

  /** Without leave to read the server, handshakes may still tell enough. */
  async function addressOf(
    serverPilot: ServerPilot,
    app: AppState,
  ): Promise<string | null> {
    try {
      return (await deps.server(serverPilot, app)).lastAddress;
    } catch (error) {
      if (error instanceof PermanentError) return expectedAddress ?? null;
      throw error;
    }
  }
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
  { plan, known, app }: Pick<Survey, "plan" | "known" | "app">,
  forceSsl: boolean,
  now: number,
): boolean {
  if (plan.add.length + plan.adopt.length > 0) return true;
  if (forceSsl && app.ssl?.auto && !app.ssl.force) return true;
  return [...known.values()].some((record) => {
    if (record.state === "secure") return isDue(record, now, SECURE_NAMES);
    return record.state !== "blocked";
  });
}

/** Tries are of no account to secure names. */
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
