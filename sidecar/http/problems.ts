import { STATUS_CODES } from "node:http";
import type { Problem } from "../contract/answers";
import { TransientError, isKnownError } from "../errors";
import {
  type ReasonCode,
  type ReasonParams,
  describeReason,
} from "../reasons/reasons";

/** How long a client should wait before it tries again where nobody knows better, in seconds. */
const RETRY_SECONDS = 5;

/** A request that is not answered as asked: its status, reason and further headers. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: ReasonCode;
  readonly params: ReasonParams;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: ReasonCode,
    params: ReasonParams = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(describeReason(reason, params).message);
    this.name = "Refusal";
    this.status = status;
    this.reason = reason;
    this.params = params;
    this.headers = headers;
  }
}

/** An address that exists, asked in the wrong way; `allowed` is written as in the header `Allow`. */
export function methodNotAllowed(method: string, allowed: string): Refusal {
  return new Refusal(405, "method-not-allowed", { method }, { allow: allowed });
}

/** The body of a refusal as RFC 9457 has it; `code` is what a client decides by. */
export function problemOf({ status, reason, params }: Refusal): Problem {
  const { message, remedy } = describeReason(reason, params);
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: message,
    code: reason,
    ...(Object.keys(params).length > 0 ? { params } : {}),
    remedy,
  };
}

/** The refusal for anything thrown; null for a bug, of which the client learns nothing. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (isKnownError(error)) {
    const status = statusOf(error.reason, error instanceof TransientError);
    const wait =
      error instanceof TransientError ? error.retryAfterMs : undefined;
    return new Refusal(status, error.reason, error.params, {
      ...(status === 503
        ? {
            "retry-after": String(
              wait ? Math.ceil(wait / 1000) : RETRY_SECONDS,
            ),
          }
        : {}),
    });
  }
  return refusalOfExpress(error);
}

/** Transient failures and whatever keeps the database away are 503; an upstream that says no is 502. */
function statusOf(reason: ReasonCode, transient: boolean): number {
  if (reason === "internal-error") return 500;
  if (reason === "name-unknown") return 404;
  if (transient || /^(database|table|column)-/.test(reason)) return 503;
  return /^(serverpilot|wordpress|autossl|action)-/.test(reason) ? 502 : 409;
}

/** Express and its body reader throw errors with a status of their own. */
function refusalOfExpress(error: unknown): Refusal | null {
  const { status, limit, type } = error as {
    status?: unknown;
    limit?: unknown;
    type?: unknown;
  };
  if (status === 413) {
    // The rest of the body is on its way: the connection is of no further use.
    return new Refusal(
      413,
      "body-too-large",
      { limit: Number(limit) },
      { connection: "close" },
    );
  }
  if (status === 415) return new Refusal(415, "body-not-json");
  if (status !== 400) return null;
  return typeof type === "string"
    ? new Refusal(400, "body-malformed")
    : new Refusal(404, "route-unknown");
}
