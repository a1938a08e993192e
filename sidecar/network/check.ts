import { reasonOf } from "../errors";
import type { CheckReport } from "../http/contract/check";
import type { ServerPilot, Source } from "../reconcile/ports";
import type { ReasonCode, ReasonParams } from "../reasons";
import { version } from "../version";
import type { Notifications } from "../wordpress/notifications";
import { explain } from "./explain";

type CheckId = CheckReport["checks"][number]["id"];

export interface CheckDeps {
  /** Reads anything of the sidecar's own tables. */
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
    await attempt("table", () => deps.source.read());
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
