import { systemClock } from "../clock";
import type { Config } from "../config/config";
import type { CheckReport } from "../contract/answers";
import { openPool } from "../mysql/pool";
import { reasonOf } from "../errors";
import { createRegistrationStore } from "../mysql/registration";
import { createRecordDatabase } from "../mysql/schema";
import { createMysqlSource } from "../mysql/source";
import { tryToWrite } from "../mysql/state";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { ServerPilot, Source } from "../reconcile/ports";
import { createBudget } from "../serverpilot/budget";
import { createServerPilot } from "../serverpilot/client";
import { version } from "../version";
import {
  type Notifications,
  createNotifications,
} from "../wordpress/notifications";
import { createConnections } from "./connection";
import { explain } from "./status";

type CheckId = CheckReport["checks"][number]["id"];

export interface CheckDeps {
  /** Tries to write to the sidecar's own tables. */
  touchDatabase(): Promise<unknown>;
  source: Source;
  connect(): Promise<{ serverPilot: ServerPilot }>;
  notifications: Pick<Notifications, "send">;
}

/** Reasons that are about the app's id, not about the credentials. */
const APP_REASONS: ReadonlySet<ReasonCode> = new Set([
  "serverpilot-app-not-found",
]);

/** Tries each connection by itself and says for each what is wrong and where to look. Never throws. */
export async function runChecks(deps: CheckDeps): Promise<CheckReport> {
  const checks: CheckReport["checks"] = [];
  const found = (
    id: CheckId,
    reason: ReasonCode | null,
    params: ReasonParams = {},
  ): void => {
    checks.push({ id, ok: reason === null, ...explain(reason, params) });
  };
  const attempt = async (
    id: CheckId,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      await work();
      found(id, null);
    } catch (error) {
      const { reason, params } = reasonOf(error);
      found(id, reason, params);
    }
  };

  await attempt("database", () => deps.touchDatabase());
  if (checks[0]?.ok) {
    await attempt("table", () => deps.source.read(null));
    await checkServerPilot(deps, found, attempt);
  }
  await attempt("wordpress", () => deps.notifications.send([], ""));
  return { ok: checks.every(({ ok }) => ok), version, checks };
}

async function checkServerPilot(
  deps: CheckDeps,
  found: (
    id: CheckId,
    reason: ReasonCode | null,
    params?: ReasonParams,
  ) => void,
  attempt: (id: CheckId, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  try {
    const { serverPilot } = await deps.connect();
    const app = await serverPilot.getApp();
    found("credentials", null);
    found("app", null);
    await attempt("server", () => serverPilot.getServer(app.serverId));
  } catch (error) {
    const { reason, params } = reasonOf(error);
    const aboutApp = APP_REASONS.has(reason);
    if (aboutApp) found("credentials", null);
    found(aboutApp ? "app" : "credentials", reason, params);
  }
}

/** Tries every connection of the first network once, without serving anything and without changing the app. */
export async function checkOnce(config: Config): Promise<CheckReport> {
  const [own] = config.networks;
  if (own === undefined) throw new Error("no network is configured");
  const clock = systemClock;
  const now = (): number => clock.now();
  const pool = openPool(own.database);
  const stop = new AbortController();
  try {
    const database = createRecordDatabase(pool, own.tablePrefix, now);
    const connections = createConnections({
      config: own,
      store: createRegistrationStore(database),
      createClient: (credentials) =>
        createServerPilot({
          apiUrl: config.serverPilotApiUrl,
          ...credentials,
          clock,
          budget: createBudget({ perMinute: config.callsPerMinute, clock }),
          signal: stop.signal,
        }),
      redact: () => undefined,
      now,
    });
    return await runChecks({
      touchDatabase: () => tryToWrite(database),
      source: createMysqlSource({ pool, prefix: own.tablePrefix }),
      connect: () => connections.connect(true),
      notifications: createNotifications({
        network: own.id,
        wordpressUrl: own.wordpressUrl,
        secrets: own.secrets,
        now,
      }),
    });
  } finally {
    stop.abort();
    await pool.end();
  }
}
