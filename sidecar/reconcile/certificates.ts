import type { Clock } from "../clock";
import { PermanentError } from "../errors";
import { once, soon } from "./async";
import { createSslWrites, type EnableResult } from "./autossl";
import { dnsChanged, lookAt, type LookContext } from "./certificate-look";
import type {
  AppState,
  CertificateLedger,
  NameRecord,
  NetworkLock,
  Server,
  ServerPilot,
  StateStore,
} from "./ports";
import type { Address, Probes } from "./probes";
import { isDue, scheduleOf } from "./ssl-schedule";

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

/** How often the DNS of names that failed is watched for a change. */
const WATCH_MS = 60_000;
/** A name server that hangs must not make the round, and with it the next poll, late for the others. */
const WATCH_PATIENCE_MS = 1_000;
const SHORTEST_WAIT_MS = 250;

export function createCertificateRound(
  deps: CertificateRoundDeps,
): CertificateRound {
  const { clock, ledger, probes } = deps;
  const writesFor = createSslWrites(deps);
  /** Covered names that were looked at since they became covered, so that each poll does not look again. */
  let seenCovered = new Set<string>();
  let expectedAddress: string | null | undefined;
  let lastSsl: string | null = null;

  return { run };

  async function run(
    request: CertificateRoundRequest,
  ): Promise<{ nextAt: number | null }> {
    const { signal, correlationId } = request;
    const records = await ledger.certificateNames();
    if (records.length === 0) return { nextAt: null };
    const { maxTries, forceSsl } = await deps.settings();
    const schedule = scheduleOf(maxTries, deps.windowMs);
    const serverPilot = await deps.serverPilot();
    const writes = writesFor(signal);
    const retry = new Set(request.retry);
    const startedAt = clock.now();
    const readApp = once(async () =>
      lowerCased(request.app ?? (await serverPilot.getApp())),
    );
    const wanted = (record: NameRecord): boolean =>
      retry.has(record.name) || isDue(record, startedAt, schedule);

    // Names that failed are only watched over DNS, which needs no call to ServerPilot.
    const eager =
      Boolean(request.app) ||
      expectedAddress === undefined ||
      records.some((record) => record.state === "securing" || wanted(record));
    const app = eager ? await readApp() : null;
    if (app) {
      expectedAddress = await addressOf(serverPilot, app);
    }
    const address = expectedAddress ?? null;
    const sslMode = app && `${app.ssl?.auto} ${app.ssl?.custom}`;
    const sslTurned =
      sslMode !== null && lastSsl !== null && sslMode !== lastSsl;
    lastSsl = sslMode ?? lastSsl;
    const covered = new Set(app?.autossl?.domains);

    let failure: { error: unknown } | null = null;
    const fail = (error: unknown): void => {
      failure ??= { error };
    };
    const context: LookContext = {
      ...{ ledger, probes, clock, schedule, correlationId, app: readApp },
      target:
        deps.probeAddress ??
        (address === null ? null : { host: address, port: 443 }),
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

    const visit = async (record: NameRecord): Promise<NameRecord> => {
      const { name, state } = record;
      const counted = isDue(record, startedAt, schedule);
      const turned =
        state === "secure"
          ? sslTurned
          : covered.has(name) && (!seenCovered.has(name) || writes.settling());
      if (!wanted(record) && !turned) {
        if (state === "secure") return record;
        const dns = await soon(probes.lookUp(name), WATCH_PATIENCE_MS, clock);
        if (!dns || !dnsChanged(record, dns, address)) return record;
      }
      signal?.throwIfAborted();
      return lookAt(context, { record, counted, retry: retry.has(name) });
    };
    const after = await Promise.all(
      inOrder(records).map((record) =>
        visit(record).catch((error: unknown) => {
          fail(error);
          return record;
        }),
      ),
    );
    if (app) seenCovered = covered;
    if (app && forceSsl && mayForce(app, after)) {
      await writes.force(app, serverPilot).catch(fail);
    }
    rethrow(failure);
    return { nextAt: nextLook(after) };
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

  function nextLook(records: readonly NameRecord[]): number {
    const now = clock.now();
    const times = records.map(({ state, nextTryAt }) => {
      const watch =
        state === "securing"
          ? deps.pollMs
          : state === "ssl-failed"
            ? WATCH_MS
            : Infinity;
      return Math.min(nextTryAt ?? now, now + watch);
    });
    return Math.max(Math.min(...times), now + SHORTEST_WAIT_MS);
  }
}

/** Names whose last look hung come last, so that they hold up nobody in a probe's queue. */
function inOrder(records: readonly NameRecord[]): NameRecord[] {
  const hung = ({ reason }: NameRecord): boolean =>
    reason === "dns-unanswered" || reason === "server-unreachable";
  return [
    ...records.filter((record) => !hung(record)),
    ...records.filter(hung),
  ];
}

/** ForceSSL breaks every name without a certificate, so a foreign name on the app has to be covered too. */
function mayForce(app: AppState, records: readonly NameRecord[]): boolean {
  if (app.ssl?.auto !== true || app.ssl.force) return false;
  const safe = new Set(app.autossl?.domains);
  for (const { name, state } of records) {
    if (state !== "secure") return false;
    safe.add(name);
  }
  return app.domains.every((name) => safe.has(name));
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

/** The result where it comes in time, else null; the work goes on, and a cache may have its result the next time. */
function soon<T>(
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

function rethrow(failure: { error: unknown } | null): void {
  if (failure) throw failure.error as Error;
}
