import type { Clock } from "../clock";
import type { Config, NetworkConfig } from "../config";
import { openPool } from "../database";
import { PermanentError } from "../errors";
import type { NetworkService } from "../http/service";
import type { Logger } from "../logger";
import { createCertificateRound } from "../reconcile/certificates";
import { runPass } from "../reconcile/pass";
import type { NetworkSnapshot, ServerPilot } from "../reconcile/ports";
import type { Probes } from "../reconcile/probes";
import { HELD_KEY, survey, type Survey } from "../reconcile/survey";
import { createLedger } from "../record/ledger";
import { createLock } from "../record/lock";
import { createOutbox } from "../record/outbox";
import { createRecordDatabase } from "../record/record-database";
import { createRegistrationStore } from "../record/registration";
import { createReminders } from "../record/reminders";
import { createRequestLog } from "../record/requests";
import { createStateStore } from "../record/state";
import { normaliseHostname } from "../source/hostname";
import { createMysqlSource } from "../source/mysql-source";
import type { Trigger } from "../trigger/trigger";
import { deliver } from "../wordpress/deliver";
import { createNotifications } from "../wordpress/notifications";
import { createAppMemory } from "./app-view";
import { runChecks } from "./check";
import { createConnections } from "./connection";
import { networkFigures, type NetworkFigures } from "./figures";
import { identityOf } from "./identity";
import { createLanes, type LaneStates } from "./lanes";
import { observed } from "./observed";
import type { NetworkObserver } from "./observer";
import { previewOf } from "./preview";
import { connectable, refuseUnregistered } from "./registered";
import { removedNames } from "./removed-names";
import { passView, readStatus } from "./status";

export interface NetworkDeps {
  config: Config;
  clock: Clock;
  logger: Logger;
  probes: Probes;
  observer: NetworkObserver;
  trigger: Pick<Trigger, "createLane">;
  createClient(credentials: {
    clientId: string;
    apiKey: string;
    appId: string;
  }): ServerPilot;
}

/** A network that this sidecar serves. */
export interface Network extends NetworkService {
  start(): void;
  /** Waits for work under way to reach a safe place, then closes the database connections. */
  stop(): Promise<void>;
  /** @throws TransientError | PermanentError with a `database-*` reason. */
  touchDatabase(): Promise<void>;
  /** @throws TransientError | PermanentError with a `database-*` reason. */
  figures(): Promise<NetworkFigures>;
  lanes(): LaneStates;
}

/** Puts a network's parts together: its database, its app, its ledger, its lanes of work. */
export function createNetwork(own: NetworkConfig, deps: NetworkDeps): Network {
  const { config, clock, probes, observer } = deps;
  const logger = deps.logger.child({ network: own.id });
  const now = (): number => clock.now();
  const watch = observed({ observer, logger, now });
  const pool = openPool(own.database);
  // The pass, AutoSSL and the notifications may each hold or wait for a lock.
  const lockPool = openPool(own.database, 3);
  const database = createRecordDatabase(pool, own.tablePrefix, now);
  const ledger = createLedger(database);
  const state = createStateStore(database);
  const outbox = createOutbox(database);
  const reminders = createReminders(database, now);
  const requests = createRequestLog(database, now);
  const source = createMysqlSource({ pool, prefix: own.tablePrefix });
  const app = createAppMemory(state);
  const connections = createConnections({
    config: own,
    store: createRegistrationStore(database),
    createClient: (credentials) => deps.createClient(credentials),
    redact: (secret) => {
      logger.redact.add(secret);
    },
    now,
  });
  const lock = (purpose: string, waitSeconds: number) =>
    createLock({
      pool: lockPool,
      scope: `${own.database.name}\0${own.tablePrefix}`,
      purpose,
      waitSeconds,
    });
  const appLock = lock("app", 10);
  const notifyLock = lock("notify", 1);
  const notifications = createNotifications({
    network: own.id,
    wordpressUrl: own.wordpressUrl,
    secrets: own.secrets,
    now,
  });
  const connect = () => connections.connect();
  const connectEvenDisabled = () => connections.connect(true);
  const round = createCertificateRound({
    serverPilot: async () => app.watching((await connect()).serverPilot, now),
    server: (serverPilot, seen) => app.server(serverPilot, seen, now()),
    settings: async () => {
      const { settings } = await connect();
      return { maxTries: settings.sslMaxTries, forceSsl: settings.forceSsl };
    },
    ...{ state, lock: appLock, probes, clock },
    ledger: {
      certificateNames: () => ledger.certificateNames(),
      // One slow name in a round must not keep WordPress from hearing of the others.
      async saveCertificate(...saved) {
        await ledger.saveCertificate(...saved);
        lanes.tellWordPress();
      },
    },
    pollMs: config.sslPollMs,
    windowMs: config.sslWindowMs,
    probeAddress: config.sslProbeAddress,
  });
  const lanes = createLanes({
    clock,
    logger,
    createLane: (name, options) =>
      deps.trigger.createLane(identityOf(own), name, options),
    resyncMs: own.resyncMs ?? config.resyncMs,
    debounceMs: config.debounceMs,
    debounceMaxMs: config.debounceMaxMs,
    runPass: watch.passes(async (trigger, correlationId, signal) => {
      const result = await runPass(
        { source, ledger, state, lock: appLock, clock, connect },
        { trigger, correlationId, signal },
      );
      if (result.app) await app.remember(result.app, now());
      if (result.snapshot && result.error === null)
        await remindOfSecureNames(result.snapshot);
      return result;
    }),
    async runCertificates(request) {
      return (await round.run(request)).nextAt;
    },
    deliver: () =>
      deliver(outbox, notifyLock, watch.notifications(notifications)),
  });
  const remindOfSecureNames = async ({
    mappings,
  }: NetworkSnapshot): Promise<void> => {
    const names = mappings
      .filter(({ lacksCertificate }) => lacksCertificate)
      .map(({ domain }) => normaliseHostname(domain));
    await reminders.remind(names.flatMap((one) => (one.ok ? one.name : [])));
  };
  const look = async (): Promise<Survey> => {
    const { serverPilot, settings } = await connectEvenDisabled();
    return survey({ source, ledger, state }, serverPilot, settings);
  };
  let isRegistered = false;

  return {
    id: own.id,
    secrets: own.secrets,
    requestsPerMinute: own.requestsPerMinute,
    start: () => {
      lanes.start();
    },
    async stop() {
      await lanes.stop();
      await Promise.all([pool.end(), lockPool.end()]);
    },
    async touchDatabase() {
      await state.get("");
    },
    async register(body, correlationId) {
      await connections.register(body);
      isRegistered = true;
      lanes.pass.nudge({
        trigger: "registration",
        correlationId,
        urgent: true,
      });
    },
    async accept(events, correlationId) {
      if (!isRegistered) {
        await refuseUnregistered(connectEvenDisabled);
        isRegistered = true;
      }
      await ledger.report(removedNames(events), now());
      observer.eventsAccepted(events.map(({ type }) => type));
      for (const { type } of events)
        lanes.pass.nudge({ trigger: type, correlationId });
    },
    async preview() {
      return previewOf(await look());
    },
    async sync(request, correlationId) {
      const { checksum, force, retry } = request;
      if (checksum !== undefined) {
        const seen = await look();
        if (seen.plan.checksum !== checksum)
          throw new PermanentError("plan-changed");
        if (force && seen.verdict.held) {
          const { reason, params } = seen.verdict;
          await state.set(HELD_KEY, {
            checksum,
            remove: seen.plan.remove,
            reason,
            params,
            approved: true,
          });
        }
      }
      lanes.pass.nudge({ trigger: "manual", correlationId, urgent: true });
      if (retry.length > 0) lanes.lookAtCertificates(retry, correlationId);
    },
    check: () =>
      runChecks({
        touchDatabase: () => state.get(""),
        source,
        connect: connectEvenDisabled,
        notifications,
      }),
    status: () =>
      readStatus({
        ...{ network: own.id, ledger, state, app, now },
        isRegistered: () => connectable(connectEvenDisabled),
        pass: () => lanes.pass.view(),
      }),
    async history(limit) {
      return { passes: (await ledger.history(limit)).map(passView) };
    },
    figures: () => networkFigures(database, app),
    lanes: () => lanes.states(),
    claimRequest: (webhookId) => requests.claim(webhookId),
  };
}
