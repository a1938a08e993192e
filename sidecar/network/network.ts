import { createHash } from "node:crypto";
import type { Clock } from "../clock";
import type { Config, NetworkConfig } from "../config/config";
import { memoryOf } from "../certificates/memory";
import { createCertificateRound } from "../certificates/round";
import type { EventsBody } from "../contract/requests";
import { openPool } from "../mysql/pool";
import { PermanentError } from "../errors";
import type { NetworkService } from "../http/routes";
import type { Logger } from "../log/logger";
import { createAppRecords } from "../mysql/app-record";
import { createLedger, createReminders, LAST_PASS_KEY } from "../mysql/ledger";
import { createLock } from "../mysql/lock";
import { createNamesView } from "../mysql/names";
import { createOutbox } from "../mysql/outbox";
import {
  CHALLENGE_KEY,
  createRegistrationStore,
  createRequestLog,
} from "../mysql/registration";
import { createRecordDatabase } from "../mysql/schema";
import { createMysqlSource } from "../mysql/source";
import { readFigures } from "../mysql/figures";
import { getState, setState, tryToWrite } from "../mysql/state";
import { normaliseHostname } from "../reconcile/hostnames";
import { runPass } from "../reconcile/pass";
import { wantedNames } from "../reconcile/policy";
import type {
  CertificateLedger,
  NetworkSnapshot,
  PassEntry,
  ServerPilot,
} from "../reconcile/ports";
import type { Probes } from "../reconcile/probes";
import { planFor } from "../reconcile/survey";
import type { Trigger } from "../trigger/trigger";
import {
  createNotifications,
  deliver,
  pausing,
} from "../wordpress/notifications";
import { createNonces } from "../wordpress/nonces";
import { runChecks } from "./check";
import { createConnections, refuseUnregistered } from "./connection";
import { createLanes, type LaneStates } from "./lanes";
import {
  observedNotifications,
  observedPass,
  type NetworkObserver,
} from "./observer";
import {
  addressOf,
  passView,
  previewOf,
  readName,
  readNames,
  readStatus,
  shownChecksum,
} from "./status";
import { createWitness } from "./witness";

export interface NetworkDeps {
  config: Config;
  clock: Clock;
  logger: Logger;
  probes: Probes;
  observer: NetworkObserver;
  trigger: Pick<Trigger, "createLane">;
  createClient: (credentials: {
    clientId: string;
    apiKey: string;
    appId: string;
  }) => ServerPilot;
  /** The id of another network that has this app; null where none has. */
  ownerOf(appId: string): string | null;
}

/** A network that this sidecar serves. */
export interface Network extends NetworkService {
  /** The app that it works on, as far as that is known in this process. */
  readonly appId: string | null;
  start(): void;
  /** Waits for work under way to reach a safe place, then closes the database connections. */
  stop(): Promise<void>;
  /** @throws TransientError | PermanentError with a `database-*` reason. */
  touchDatabase(): Promise<void>;
  lanes(): LaneStates;
}

/** Puts a network's parts together: its database, its app, its ledger, its lanes of work. */
export function createNetwork(own: NetworkConfig, deps: NetworkDeps): Network {
  const { config, clock, observer } = deps;
  const logger = deps.logger.child({ network: own.id });
  const now = (): number => clock.now();
  const lanes = createLanes({
    clock,
    logger,
    createLane: (name, options) =>
      deps.trigger.createLane(identityOf(own), name, options),
    resyncMs: own.resyncMs ?? config.resyncMs,
    debounceMs: config.debounceMs,
    debounceMaxMs: config.debounceMaxMs,
  });
  const parts = createParts(own, deps, logger);
  const { connections, ledger, records, names, source } = parts;
  const observed = { observer, logger, now };
  let isRegistered = false;
  let appId: string | null = null;

  const connect = async (evenDisabled = false) => {
    const connection = await connections.connect(evenDisabled);
    const owner = deps.ownerOf(connection.appId);
    if (owner !== null)
      throw new PermanentError("app-taken", { network: owner });
    appId = connection.appId;
    return connection;
  };
  const nonces = createNonces(wordpressOf(own, now), clock);
  const round = createCertificateRound({
    connect: async () => {
      const { serverPilot, settings } = await connect();
      const { sslMaxTries: maxTries, forceSsl, forceSslProxied } = settings;
      const answersNonces = settings.offers.includes("reach");
      return {
        serverPilot,
        settings: { maxTries, forceSsl, forceSslProxied },
        snapshot: () => source.read(settings.networkId),
        nonces: (all) =>
          answersNonces ? nonces(all) : Promise.resolve(new Map()),
      };
    },
    ledger: tellingLedger(ledger, () => {
      lanes.tellWordPress();
    }),
    records,
    lock: parts.appLock,
    probes: deps.probes,
    clock,
    pollMs: config.sslPollMs,
    windowMs: config.sslWindowMs,
    probeAddress: config.sslProbeAddress,
    serverAddresses: own.serverAddresses,
  });
  const notifications = observedNotifications(
    pausing(parts.notifications, {
      pause: () => connections.pause(),
      resume: () => connections.resume(),
      clock,
      logger,
    }),
    observed,
  );
  const tellFigures = async (): Promise<void> => {
    const figures = await readFigures(parts.database).catch(() => null);
    const { app } = figures === null ? { app: null } : await records.load();
    observer.figures(
      figures && { ...figures, domainsUsed: app?.domainsUsed ?? null },
    );
  };
  const witness = createWitness({
    own,
    keep: (challenge) => setState(parts.database, CHALLENGE_KEY, challenge),
    clock,
    server: { http: config.httpProbeAddress, https: config.sslProbeAddress },
  });
  const pass = observedPass(
    (request) =>
      runPass(
        {
          source,
          ledger,
          records,
          lock: parts.appLock,
          clock,
          connect,
          witness,
          secondReadMs: config.secondReadMs,
        },
        request,
      ),
    observed,
  );
  /** What a pass would do now. It changes nothing, so it needs no lock. */
  const look = async () => {
    const { serverPilot, settings } = await connect(true);
    const app = await serverPilot.getApp();
    const snapshot = await source.read(settings.networkId);
    const { names: all, reported, record } = await ledger.load();
    const wanted = wantedNames(snapshot, settings);
    const { planned } = planFor({
      record,
      before: record.believed,
      wanted,
      known: new Map(all.map((one) => [one.name, one])),
      mappings: snapshot.mappings,
      app,
      reported,
      refused: new Map(),
      urgent: false,
      settings,
      now: now(),
    });
    return { planned, wanted };
  };
  /** @throws PermanentError `plan-changed` when the checksum is not of what is to be approved now. */
  const approve = async (checksum: string, force: boolean): Promise<void> => {
    const { suspect } = await records.load();
    if (force && suspect?.checksum === checksum) {
      await records.update((record) => ({
        ...record,
        provenAppId: suspect.appId,
        suspect: null,
      }));
      return;
    }
    const { planned } = await look();
    if (![shownChecksum(planned), planned.plan.checksum].includes(checksum))
      throw new PermanentError("plan-changed");
    const { held } = planned;
    if (!force || held === null) return;
    await records.update((record) => ({
      ...record,
      held: {
        checksum: held.checksum,
        remove: [...held.names],
        reason: held.reason,
        params: held.params,
        approved: true,
      },
    }));
  };

  return {
    id: own.id,
    secrets: own.secrets,
    requestsPerMinute: own.requestsPerMinute,
    get appId() {
      return appId;
    },
    start() {
      // Nothing has been heard of the database yet.
      observer.figures(null);
      lanes.start({
        async runPass(request) {
          try {
            const result = await pass(request);
            if (result.snapshot && result.error === null)
              await parts.reminders.remind(withoutCertificate(result.snapshot));
            return result;
          } finally {
            await tellFigures();
          }
        },
        async runCertificates(request) {
          const { nextAt } = await round.run(request);
          await tellFigures();
          return nextAt;
        },
        deliver: () =>
          deliver({
            outbox: parts.outbox,
            lock: parts.notifyLock,
            notifications,
            logger,
          }),
        forceSsl: async () => ({
          wanted: (await connect()).settings.forceSsl,
          isHeld: memoryOf(await records.load()).forceHeld !== null,
        }),
      });
    },
    async stop() {
      await lanes.stop();
      await parts.close();
    },
    async touchDatabase() {
      await getState(parts.database, "");
    },
    async register(body, correlationId) {
      const owner = deps.ownerOf(body.appId);
      if (owner !== null)
        throw new PermanentError("app-taken", { network: owner });
      const isNew = await connections.register(body);
      isRegistered = true;
      lanes.pass.nudge({
        trigger: isNew ? "registration" : "resync",
        correlationId,
        urgent: isNew,
      });
    },
    async accept(events, correlationId) {
      if (!isRegistered) {
        await refuseUnregistered(() => connections.connect(true));
        isRegistered = true;
      }
      await connections.resume();
      await ledger.report(removedNames(events), now());
      observer.eventsAccepted(events.map(({ type }) => type));
      for (const { type } of events)
        lanes.pass.nudge({ trigger: type, correlationId });
    },
    async preview() {
      const { planned, wanted } = await look();
      return previewOf(planned, wanted);
    },
    async sync(request, correlationId) {
      const { checksum, force, retry, addNetworkDomain } = request;
      if (checksum !== undefined) await approve(checksum, force);
      if (addNetworkDomain)
        await records.update((record) => ({
          ...record,
          addNetworkDomain: true,
        }));
      const unknown = await ledger.retry(retry.map(comparableName));
      lanes.pass.nudge({ trigger: "manual", correlationId, urgent: true });
      if (retry.length > 0) lanes.checkCertificates("retry", correlationId);
      const [name] = unknown;
      if (name !== undefined)
        throw new PermanentError("name-unknown", { name });
    },
    check: () =>
      runChecks({
        touchDatabase: () => tryToWrite(parts.database),
        source,
        connect: () => connections.connect(true),
        notifications: parts.notifications,
      }),
    status: (withNames) =>
      readStatus(
        {
          network: own.id,
          names,
          records,
          serverAddresses: own.serverAddresses,
          lastPass: async () =>
            ((await getState(parts.database, LAST_PASS_KEY)) ??
              null) as PassEntry | null,
          registration: () => connections.registration(),
          pass: () => lanes.pass.view(),
          now,
        },
        withNames,
      ),
    names: (query) => readNames(names, query, now()),
    name: (name) => readName(names, comparableName(name), now()),
    async history(limit) {
      return { passes: (await ledger.history(limit)).map(passView) };
    },
    lanes: () => lanes.states(),
    claimRequest: (webhookId) => parts.requests.claim(webhookId),
  };
}

/** What a network has of its own: connections, tables, locks and ways out. */
function createParts(
  own: NetworkConfig,
  { clock, createClient }: NetworkDeps,
  logger: Logger,
) {
  const now = (): number => clock.now();
  const pool = openPool(own.database);
  // The pass, AutoSSL and the notifications may each hold or wait for a lock.
  const lockPool = openPool(own.database, 3);
  const database = createRecordDatabase(pool, own.tablePrefix, now);
  const lock = (purpose: string, waitSeconds: number) =>
    createLock({
      pool: lockPool,
      scope: `${own.database.name}\0${own.tablePrefix}`,
      purpose,
      waitSeconds,
    });
  const records = createAppRecords(database);
  return {
    database,
    ledger: createLedger(database),
    records,
    names: createNamesView(database),
    outbox: createOutbox(database, now),
    reminders: createReminders(database, now),
    requests: createRequestLog(database, now),
    source: createMysqlSource({ pool, prefix: own.tablePrefix }),
    appLock: lock("app", 10),
    notifyLock: lock("notify", 1),
    connections: createConnections({
      config: own,
      store: createRegistrationStore(database),
      createClient,
      redact: (secret) => {
        logger.redact.add(secret);
      },
      now,
    }),
    notifications: createNotifications(wordpressOf(own, now), () =>
      records.load().then(
        (record) => addressOf(record, own.serverAddresses),
        () => null,
      ),
    ),
    async close(): Promise<void> {
      await Promise.all([pool.end(), lockPool.end()]);
    },
  };
}

function wordpressOf(own: NetworkConfig, now: () => number) {
  const { id: network, wordpressUrl, secrets } = own;
  return { network, wordpressUrl, secrets, now };
}

/** One slow name in a round must not keep WordPress from hearing of the others. */
function tellingLedger(
  ledger: CertificateLedger,
  tell: () => void,
): CertificateLedger {
  return {
    certificateNames: () => ledger.certificateNames(),
    async saveCertificate(...saved) {
      await ledger.saveCertificate(...saved);
      tell();
    },
  };
}

function withoutCertificate({ mappings }: NetworkSnapshot): string[] {
  return mappings
    .filter(({ lacksCertificate }) => lacksCertificate)
    .map(({ domain }) => normaliseHostname(domain))
    .flatMap((one) => (one.ok ? one.name : []));
}

function comparableName(raw: string): string {
  const hostname = normaliseHostname(raw);
  return hostname.ok ? hostname.name : raw;
}

/** The names that events report as removed, each with the `www.` that goes with it. */
export function removedNames(events: EventsBody["events"]): string[] {
  const names = new Set<string>();
  for (const { type, domain } of events) {
    if (!type.endsWith(".removed") || domain === undefined) continue;
    const hostname = normaliseHostname(domain);
    if (!hostname.ok) continue;
    names.add(hostname.name);
    names.add(`www.${hostname.name}`);
  }
  return [...names];
}

/**
 * The same on every sidecar that serves the network. Its tables and address belong to it, so that two fleets with a
 * network `default` each may meet in one Redis and not run each other's work.
 */
export function identityOf(
  own: Pick<NetworkConfig, "id" | "database" | "tablePrefix" | "wordpressUrl">,
): string {
  const { id, database, tablePrefix, wordpressUrl } = own;
  const where = [database.name, tablePrefix, wordpressUrl].join("\0");
  const hash = createHash("sha256").update(where).digest("hex");
  return `${id}-${hash.slice(0, 12)}`;
}
