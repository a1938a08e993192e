import { randomUUID } from "node:crypto";
import axios, { isAxiosError } from "axios";
import type { Clock } from "../clock";
import type { NotificationBody } from "../contract/notification";
import { sign } from "../contract/signature";
import { PermanentError, TransientError, isKnownError } from "../errors";
import type { Logger } from "../log/logger";
import type { Outbox, OutgoingChange } from "../mysql/outbox";
import type { Connections } from "../network/connection";
import type { NetworkLock } from "../reconcile/ports";

export interface NotificationsOptions {
  network: string;
  /** Without a final slash. */
  wordpressUrl: string;
  secrets: readonly string[];
  now: () => number;
  timeoutMs?: number;
}

export interface Notifications {
  /**
   * Sends changes in one signed message. An empty list only asks whether WordPress listens.
   *
   * @throws TransientError `wordpress-unreachable`; PermanentError `plugin-missing` where WordPress answers that it has
   * no such route, else `wordpress-refused`.
   */
  send(
    changes: readonly OutgoingChange[],
    correlationId: string,
  ): Promise<void>;
}

/** The plain form of the REST address works whatever the permalinks are. Source: WordPress, `rest_url()`. */
const TARGET = "/?rest_route=/domain-bridge/v1/notifications";

/** Source: WordPress, `WP_REST_Server::match_request_to_handler()`. */
const NO_ROUTE = "rest_no_route";

export function createNotifications(
  options: NotificationsOptions,
): Notifications {
  const { network, wordpressUrl, secrets, now, timeoutMs = 15_000 } = options;
  const url = new URL(wordpressUrl + TARGET);
  return {
    async send(changes, correlationId) {
      const message: NotificationBody = {
        network,
        correlationId,
        changes: [...changes],
      };
      const body = JSON.stringify(message);
      const signature = sign({
        secrets,
        id: `msg_${randomUUID()}`,
        timestamp: Math.floor(now() / 1000),
        method: "POST",
        target: url.pathname + url.search,
        body,
      });
      let response;
      try {
        response = await axios.post(url.href, body, {
          headers: {
            ...signature,
            "content-type": "application/json",
            ...(correlationId === ""
              ? {}
              : { "x-correlation-id": correlationId }),
          },
          timeout: timeoutMs,
          signal: AbortSignal.timeout(timeoutMs),
          // A redirect would be another target than the signed one.
          maxRedirects: 0,
          maxContentLength: 100_000,
          proxy: false,
          validateStatus: () => true,
          transformRequest: [(data: string) => data],
        });
      } catch (error) {
        const detail = isAxiosError(error)
          ? (error.code ?? "no answer")
          : "no answer";
        throw new TransientError("wordpress-unreachable", {
          url: url.origin,
          detail,
        });
      }
      if (
        response.status === 200 &&
        typeof (response.data as { accepted?: unknown } | null)?.accepted ===
          "number"
      ) {
        return;
      }
      if (response.status === 404 && codeOf(response.data) === NO_ROUTE)
        throw new PermanentError("plugin-missing", { url: url.origin });
      throw new PermanentError("wordpress-refused", {
        detail: `HTTP ${response.status}`,
      });
    },
  };
}

/** The code of one of WordPress's REST errors. */
function codeOf(answer: unknown): unknown {
  return typeof answer === "object" && answer !== null && "code" in answer
    ? answer.code
    : undefined;
}

/** Most changes in one message. */
const BATCH = 200;

/**
 * Sends what waits in the outbox, oldest first, until it is empty. One sender at a time, so that order holds with
 * several sidecars.
 *
 * @throws what the outbox, the lock or the notification throws; what was not accepted stays in the outbox.
 */
export async function deliver(
  outbox: Outbox,
  lock: NetworkLock,
  notifications: Notifications,
): Promise<void> {
  if (await outbox.isEmpty()) return;
  await lock.run(async (stillHeld) => {
    for (;;) {
      const { changes, correlationId } = await outbox.next(BATCH);
      const last = changes.at(-1);
      if (!last) return;
      await stillHeld();
      await notifications.send(changes, correlationId);
      await outbox.accepted(last.seq);
    }
  });
}

/** Seen once, the plugin may just be being updated; what lies further back is another story. */
const LEAST_APART_MS = 60_000;
const MOST_APART_MS = 10 * 60_000;

/**
 * The same notifications, but where WordPress twice has no route for them, a minute to ten minutes apart, the network is
 * paused: the plugin's folder was deleted, and UM's own code works on the app. A message that is taken ends the pause.
 */
export function pausing(
  notifications: Notifications,
  connections: Pick<Connections, "pause" | "resume">,
  { clock, logger }: { clock: Clock; logger: Logger },
): Notifications {
  let missingSince: number | null = null;
  /** Also after a start: the sidecar before may have paused the network. */
  let mayBePaused = true;
  return {
    async send(changes, correlationId) {
      try {
        await notifications.send(changes, correlationId);
      } catch (error) {
        if (isKnownError(error) && error.reason === "plugin-missing")
          await missing(error.message);
        throw error;
      }
      missingSince = null;
      if (mayBePaused) await connections.resume();
      mayBePaused = false;
    },
  };

  async function missing(message: string): Promise<void> {
    const now = clock.now();
    const apart = now - (missingSince ?? -Infinity);
    if (apart < 0 || apart > MOST_APART_MS) missingSince = now;
    if (apart < LEAST_APART_MS || apart > MOST_APART_MS) return;
    await connections.pause();
    mayBePaused = true;
    logger.warn(message, { reason: "plugin-missing" });
  }
}
