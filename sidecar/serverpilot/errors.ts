import { isAxiosError } from "axios";
import {
  isKnownError,
  NotAppliedError,
  PermanentError,
  TransientError,
  type KnownError,
} from "../errors";
import { readErrorMessage } from "./answers";

/** Which call an error belongs to: it decides what a 400 and a 404 mean. */
export interface CallContext {
  appId: string;
  /** `app`, or what else was asked for, such as `action abc`. */
  resource: string;
  enablesAutoSsl: boolean;
  /** What must not appear in any message. */
  secrets: readonly string[];
}

/** An answer as the transport saw it; `body` is undefined where it was not JSON. */
export interface Answer {
  status: number;
  body: unknown;
  retryAfter: string | undefined;
}

const LONGEST_MESSAGE = 300;

/** A wish to be left alone for longer than an hour counts as an hour. */
const LONGEST_WISH_MS = 3_600_000;

/** Connections that never came about, so that no request was sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_.*|.*_CERT.*|ERR_TLS_.*|EPROTO)$/;

/**
 * The error for an answer other than 2xx. The meanings of 400 to 409 are those of ServerPilot's API document (README of
 * its repository `ServerPilot/API`, "Errors"); 429 and the other 5xx are not documented there.
 */
export function errorFromAnswer(
  { status, body, retryAfter }: Answer,
  call: CallContext,
  now: number,
): KnownError {
  const wish = retryAfterMs(retryAfter, now);
  const options =
    wish === undefined ? {} : { retryAfterMs: Math.min(wish, LONGEST_WISH_MS) };
  if (status === 429) {
    return new NotAppliedError("serverpilot-rate-limited", {}, options);
  }
  const detail = `HTTP ${status}`;
  if (status >= 500 || status < 400 || status === 408 || status === 425) {
    return new TransientError("serverpilot-unavailable", { detail }, options);
  }
  if (body === undefined) {
    // Not ServerPilot's API but something in between, such as a firewall's page: its refusal is no verdict.
    return new TransientError("serverpilot-unreadable", {
      detail: `${detail}, not JSON`,
    });
  }
  const words = clean(readErrorMessage(body), call.secrets);
  const message = words === "" ? detail : words;
  switch (status) {
    case 400:
      return new PermanentError(
        call.enablesAutoSsl ? "autossl-refused" : "serverpilot-rejected",
        { message },
      );
    case 401:
      return new PermanentError("serverpilot-credentials-invalid");
    case 402:
      return new PermanentError("serverpilot-payment-required");
    case 403:
      return new PermanentError("serverpilot-forbidden");
    case 404:
      return call.resource === "app"
        ? new PermanentError("serverpilot-app-not-found", { appId: call.appId })
        : new TransientError("serverpilot-not-found", {
            resource: call.resource,
          });
    case 409:
      return new TransientError(
        "serverpilot-conflict",
        { message: words },
        options,
      );
    default:
      return new PermanentError("serverpilot-rejected", { message });
  }
}

/**
 * The error for a request that got no answer. The thrown value itself is not kept as a cause: axios hangs the request's
 * credentials and the answer's body on it. Anything that axios did not throw is a bug and comes back unchanged.
 */
export function errorFromFailure(failure: unknown): unknown {
  if (!isAxiosError(failure)) return failure;
  if (failure.message.startsWith("maxContentLength")) {
    return new TransientError("serverpilot-unreadable", {
      detail: "answer too large",
    });
  }
  const detail = failure.code ?? "no answer";
  return NEVER_SENT.test(detail)
    ? new NotAppliedError("serverpilot-unavailable", { detail })
    : new TransientError("serverpilot-unavailable", { detail });
}

/** Whether ServerPilot says that there is no such action. */
export function isUnknownAction(error: unknown): boolean {
  return isKnownError(error) && error.reason === "serverpilot-not-found";
}

/** Another party's words, made fit for logs and screens: one line, at most 300 characters, without secrets. */
function clean(message: string, secrets: readonly string[]): string {
  let text = message;
  for (const secret of secrets) {
    if (secret !== "") text = text.replaceAll(secret, "[redacted]");
  }
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > LONGEST_MESSAGE
    ? `${line.slice(0, LONGEST_MESSAGE - 1)}…`
    : line;
}

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`, or undefined where it says nothing that can
 * be understood. RFC 9110, 10.2.3: whole seconds or an HTTP date.
 */
export function retryAfterMs(
  header: string | undefined,
  now: number,
): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Date.parse takes numbers and other loose forms too; an HTTP date begins with the name of a day.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
