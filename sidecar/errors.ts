import {
  type ReasonCode,
  type ReasonParams,
  describeReason,
} from "./reasons/reasons";

/**
 * A failure that this program understands. Its class decides whether it is tried again; its reason says what a person
 * can do. Anything that is not a BridgeError is a bug and is never retried as if it were a passing failure.
 */
abstract class BridgeError extends Error {
  readonly reason: ReasonCode;
  readonly params: ReasonParams;

  constructor(
    reason: ReasonCode,
    params: ReasonParams = {},
    options?: ErrorOptions,
  ) {
    super(describeReason(reason, params).message, options);
    this.name = new.target.name;
    this.reason = reason;
    this.params = params;
  }
}

/** May work when tried again; `retryAfterMs` is the other side's wish, in milliseconds. */
export class TransientError extends BridgeError {
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: ReasonCode,
    params: ReasonParams = {},
    options?: ErrorOptions & { retryAfterMs?: number },
  ) {
    super(reason, params, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** A failure before the other side can have acted, so that nothing has to be repeated for safety's sake. */
export class NotAppliedError extends TransientError {}

/** Will fail the same way until a person changes something. */
export class PermanentError extends BridgeError {}

export type KnownError = TransientError | PermanentError;

/** True for failures with a reason, false for bugs. */
export function isKnownError(error: unknown): error is KnownError {
  return error instanceof BridgeError;
}

/** The reason of any thrown value; a bug is `internal-error`, whose text carries no detail that could hold a secret. */
export function reasonOf(error: unknown): {
  reason: ReasonCode;
  params: ReasonParams;
} {
  return isKnownError(error)
    ? { reason: error.reason, params: error.params }
    : { reason: "internal-error", params: {} };
}
