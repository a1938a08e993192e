import { randomUUID } from "node:crypto";
import axios, { isAxiosError } from "axios";
import { PermanentError, TransientError } from "../errors";
import type { NotificationBody } from "../http/contract/notification";
import { sign } from "../signature";
import type { OutgoingChange } from "../record/outbox";

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
