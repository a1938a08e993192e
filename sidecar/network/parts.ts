import type { Clock } from "../clock";
import type { Config, NetworkConfig } from "../config/config";
import type { Logger } from "../log/logger";
import { createAppRecords } from "../mysql/app-record";
import { createLedger } from "../mysql/ledger";
import { createLock } from "../mysql/lock";
import { createNamesView } from "../mysql/names";
import { createOutbox } from "../mysql/outbox";
import { openPool } from "../mysql/pool";
import {
  CHALLENGE_KEY,
  createRegistrationStore,
  createRequestLog,
} from "../mysql/registration";
import { createReminders } from "../mysql/reminders";
import { createRecordDatabase } from "../mysql/schema";
import { createMysqlSource } from "../mysql/source";
import { setState } from "../mysql/state";
import type { Probes } from "../reconcile/probes";
import type { ServerPilot } from "../reconcile/ports";
import type { Trigger } from "../trigger/trigger";
import { createNonces } from "../wordpress/nonces";
import { createNotifications } from "../wordpress/notifications";
import { createConnections } from "./connection";
import { logChanges, type NetworkObserver } from "./observer";
import { addressOf } from "./status";
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
  ownerOf: (appId: string) => string | null;
}

/** What a network has of its own. */
export type Parts = ReturnType<typeof createParts>;

/** Opens what a network has of its own: connections, tables, locks and ways out. */
export function createParts(
  own: NetworkConfig,
  { config, clock, createClient }: NetworkDeps,
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
  const { id: network, wordpressUrl, secrets } = own;
  const wordpress = { network, wordpressUrl, secrets, now };
  return {
    database,
    ledger: createLedger(database, (changes, correlationId) => {
      logChanges(logger, changes, correlationId);
    }),
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
    nonces: createNonces(wordpress, clock),
    notifications: createNotifications(wordpress, () =>
      records.load().then(
        (record) => addressOf(record, own.serverAddresses),
        () => null,
      ),
    ),
    witness: createWitness({
      own,
      keep: (challenge) => setState(database, CHALLENGE_KEY, challenge),
      clock,
      server: { http: config.httpProbeAddress, https: config.sslProbeAddress },
    }),
    async close(): Promise<void> {
      await Promise.all([pool.end(), lockPool.end()]);
    },
  };
}
