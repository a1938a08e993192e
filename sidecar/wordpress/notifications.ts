import { randomUUID } from "node:crypto";
import axios, { isAxiosError, type AxiosResponse } from "axios";
import type { Clock } from "../clock";
import {
  notificationAnswer,
  type NotificationBody,
} from "../contract/notification";
import { sign } from "../contract/signature";
import {
  isKnownError,
  PermanentError,
  TransientError,
  type KnownError,
} from "../errors";
import type { Logger } from "../log/logger";
import type { Outbox, OutgoingChange } from "../mysql/outbox";
import type { ReasonCode } from "../reasons/reasons";
import type { NetworkLock } from "../reconcile/ports";

export interface WordpressOptions {
  network: string;
  /** Without a final slash. */
  wordpressUrl: string;
  secrets: readonly string[];
  now: () => number;
  timeoutMs?: number;
}

/** A change that WordPress did not take, by its number. */
export interface Rejected {
  seq: number;
  reason: string;
}

export interface Notifications {
  /**
   * Sends changes in one signed message and gives those that were not taken. An empty list only asks whether WordPress
   * listens.
   *
   * @throws TransientError `wordpress-unreachable`, `wordpress-maintenance`, `wordpress-broken`; PermanentError
   * `plugin-missing`, `wordpress-redirects`, `wordpress-password`, `wordpress-rest-closed`, `wordpress-firewall`,
   * `wordpress-refused`.
   */
  send(
    changes: readonly OutgoingChange[],
    correlationId: string,
  ): Promise<readonly Rejected[]>;
}

/** The plain form of the REST address works whatever the permalinks are. Source: WordPress, `rest_url()`. */
export const ROUTES = "/?rest_route=/domain-bridge/v1/";

/** Source: WordPress, `WP_REST_Server::match_request_to_handler()`. */
const NO_ROUTE = "rest_no_route";

/** @param address what WordPress is told of where names are to point; see the contract. */
export function createNotifications(
  options: WordpressOptions,
  address: () => Promise<string | null> = () => Promise.resolve(null),
): Notifications {
  const ask = createWordpress(options);
  return {
    async send(changes, correlationId) {
      const message: NotificationBody = {
        network: options.network,
        correlationId,
        address: await address(),
        changes: [...changes],
      };
      const answer = await ask("notifications", message, correlationId);
      const parsed = notificationAnswer.safeParse(answer);
      if (parsed.success) return parsed.data.rejected;
      throw new PermanentError("wordpress-refused", { detail: "HTTP 200" });
    },
  };
}

/** Asks one of the plugin's signed routes and gives its JSON; throws as {@link Notifications.send} does. */
export function createWordpress(options: WordpressOptions) {
  const { wordpressUrl, secrets, now, timeoutMs = 15_000 } = options;
  return async (
    route: string,
    message: object,
    correlationId = "",
  ): Promise<unknown> => {
    const url = new URL(wordpressUrl + ROUTES + route);
    const body = JSON.stringify(message);
    const signature = sign({
      secrets,
      id: `msg_${randomUUID()}`,
      timestamp: Math.floor(now() / 1000),
      method: "POST",
      target: url.pathname + url.search,
      body,
    });
    const headers: Record<string, string> = {
      ...signature,
      "content-type": "application/json",
    };
    if (correlationId !== "") headers["x-correlation-id"] = correlationId;
    const response = await axios
      .post<unknown>(url.href, body, {
        headers,
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        // A redirect would be another target than the signed one.
        maxRedirects: 0,
        maxContentLength: 1_000_000,
        proxy: false,
        validateStatus: () => true,
        transformRequest: [(data: string) => data],
      })
      .catch((error: unknown) => {
        const code = isAxiosError(error) ? error.code : undefined;
        const detail = code ?? "no answer";
        throw new TransientError("wordpress-unreachable", {
          url: url.origin,
          detail,
        });
      });
    const isJson = typeof response.data === "object" && response.data !== null;
    if (response.status === 200 && isJson) return response.data;
    throw refusalOf(response, url.origin);
  };
}

/** Tells apart what stands between the sidecar and the plugin, because each has a remedy of its own. */
function refusalOf(response: AxiosResponse<unknown>, url: string): KnownError {
  const { status, headers, data } = response;
  const code = codeOf(data);
  const detail = code === "" ? `HTTP ${status}` : `HTTP ${status}, ${code}`;
  if (status === 404 && code === NO_ROUTE)
    return new PermanentError("plugin-missing", { url });
  if (status >= 300 && status < 400) {
    const location = String(headers["location"] ?? "?").slice(0, 200);
    return new PermanentError("wordpress-redirects", { url, location });
  }
  if (status === 401 && headers["www-authenticate"] !== undefined)
    return new PermanentError("wordpress-password", { url });
  if (code.startsWith("rest_") && (status === 401 || status === 403))
    return new PermanentError("wordpress-rest-closed", { detail });
  if (status === 503 && code === "")
    return new TransientError("wordpress-maintenance", { url });
  if ((status === 403 || status === 406 || status === 429) && code === "")
    return new PermanentError("wordpress-firewall", { detail });
  if (status >= 500) return new TransientError("wordpress-broken", { detail });
  return new PermanentError("wordpress-refused", { detail });
}

/** The code of one of WordPress's REST errors, or of the plugin's; empty where the answer is something else. */
function codeOf(answer: unknown): string {
  return typeof answer === "object" &&
    answer !== null &&
    "code" in answer &&
    typeof answer.code === "string"
    ? answer.code.slice(0, 100)
    : "";
}

/** Most changes in one message. */
const BATCH = 200;

/** Changes that wait while WordPress is away; above that, only the last one of each name is kept. */
const MOST_WAITING = 5_000;

/** Refusals of a message as a whole that one of its changes may be the cause of. */
const OF_CONTENT: ReadonlySet<ReasonCode> = new Set([
  "wordpress-refused",
  "wordpress-broken",
]);

export interface DeliveryDeps {
  outbox: Outbox;
  lock: NetworkLock;
  notifications: Notifications;
  logger: Pick<Logger, "warn">;
}

/**
 * Sends what waits in the outbox, oldest first, until it is empty. One sender at a time, so that order holds with
 * several sidecars. What WordPress does not take is set aside, so that it never holds back the rest; gives when it is
 * told of it again, in milliseconds since the epoch, or null.
 *
 * @throws what the outbox, the lock or the notification throws; what was not accepted stays in the outbox.
 */
export async function deliver({
  outbox,
  lock,
  notifications,
  logger,
}: DeliveryDeps): Promise<number | null> {
  if (await outbox.isEmpty()) return outbox.nextDue();
  await lock.run(async (stillHeld) => {
    await outbox.revive();
    for (;;) {
      const { changes, correlationId } = await outbox.next(BATCH);
      const last = changes.at(-1);
      if (!last) return;
      await stillHeld();
      const rejected = await sendAll(changes, correlationId, notifications)
        // Whoever is away for days must not fill the database.
        .catch(async (error: unknown) => {
          await outbox.trim(MOST_WAITING);
          throw error;
        });
      const aside = rejected.flatMap(({ seq, reason }) => {
        const name = changes.find((change) => change.seq === seq)?.name;
        return name === undefined ? [] : [{ name, reason }];
      });
      await outbox.accepted(
        last.seq,
        aside.map(({ name }) => name),
      );
      for (const one of aside)
        logger.warn("WordPress does not take a change; it is set aside", one);
    }
  });
  return outbox.nextDue();
}

async function sendAll(
  changes: readonly OutgoingChange[],
  correlationId: string,
  notifications: Notifications,
): Promise<readonly Rejected[]> {
  try {
    return await notifications.send(changes, correlationId);
  } catch (error) {
    if (!isKnownError(error) || !OF_CONTENT.has(error.reason)) throw error;
    // Where not even nothing is taken, no change is to blame.
    await notifications.send([], correlationId).catch(() => {
      throw error;
    });
    return halved(changes, correlationId, notifications, error);
  }
}

/** Sends the halves of a refused message, and theirs, until what is refused stands alone. */
async function halved(
  changes: readonly OutgoingChange[],
  correlationId: string,
  notifications: Notifications,
  refusal: KnownError,
): Promise<readonly Rejected[]> {
  const [only] = changes;
  if (only === undefined) return [];
  if (changes.length === 1) return [{ seq: only.seq, reason: refusal.reason }];
  const middle = Math.ceil(changes.length / 2);
  const rejected: Rejected[] = [];
  for (const half of [changes.slice(0, middle), changes.slice(middle)])
    try {
      rejected.push(...(await notifications.send(half, correlationId)));
    } catch (error) {
      if (!isKnownError(error) || !OF_CONTENT.has(error.reason)) throw error;
      rejected.push(
        ...(await halved(half, correlationId, notifications, error)),
      );
    }
  return rejected;
}

/** Seen once, the plugin may just be being updated; what lies further back is another story. */
const LEAST_APART_MS = 60_000;
const MOST_APART_MS = 10 * 60_000;

export interface PausingDeps {
  /** Leaves the app alone from now on. */
  pause: () => Promise<void>;
  resume: () => Promise<void>;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

/**
 * The same notifications, but where WordPress twice has no route for them, a minute to ten minutes apart, the network is
 * paused: the plugin's folder was deleted, and UM's own code works on the app. A message that is taken ends the pause.
 */
export function pausing(
  notifications: Notifications,
  { pause, resume, clock, logger }: PausingDeps,
): Notifications {
  let missingSince: number | null = null;
  /** Also after a start: the sidecar before may have paused the network. */
  let mayBePaused = true;
  return {
    async send(changes, correlationId) {
      let rejected: readonly Rejected[];
      try {
        rejected = await notifications.send(changes, correlationId);
      } catch (error) {
        if (isKnownError(error) && error.reason === "plugin-missing")
          await missing(error.message);
        throw error;
      }
      missingSince = null;
      if (mayBePaused) await resume();
      mayBePaused = false;
      return rejected;
    },
  };

  async function missing(message: string): Promise<void> {
    const now = clock.now();
    const apart = now - (missingSince ?? -Infinity);
    if (apart < 0 || apart > MOST_APART_MS) missingSince = now;
    if (apart < LEAST_APART_MS || apart > MOST_APART_MS) return;
    await pause();
    mayBePaused = true;
    logger.warn(message, { reason: "plugin-missing" });
  }
}
