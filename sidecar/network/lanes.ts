import type { Clock } from "../clock";
import {
  PermanentError,
  TransientError,
  isKnownError,
  reasonOf,
} from "../errors";
import type { Logger } from "../log/logger";
import type { PassResult } from "../reconcile/pass";
import type { AppState } from "../reconcile/ports";
import { type Backoff, createBackoff } from "../trigger/backoff";
import { Stopped } from "../trigger/lane";
import type {
  LaneName,
  LaneOptions,
  LaneView,
  Nudge,
  WorkLane,
} from "../trigger/trigger";

export interface LanesDeps {
  clock: Clock;
  logger: Logger;
  createLane(name: LaneName, options: LaneOptions): WorkLane;
  resyncMs: number;
  debounceMs: number;
  debounceMaxMs: number;
  runPass(
    trigger: string,
    correlationId: string,
    signal: AbortSignal,
  ): Promise<PassResult>;
  /** Gives when certificates are to be looked at next, in milliseconds since the epoch. */
  runCertificates(request: CertificateRequest): Promise<number | null>;
  deliver(): Promise<void>;
}

export interface CertificateRequest {
  /** The app as the pass just read it, so that it is not read twice. */
  app: AppState | null;
  retry: readonly string[];
  correlationId: string;
  signal: AbortSignal;
}

export type LaneStates = Readonly<Record<LaneName, LaneView["state"]>>;

/** A network's three kinds of work, each with one run at a time, none waiting for another. */
export interface Lanes {
  pass: WorkLane;
  /** Looks at certificates; `retry` names are looked at whatever their schedule says. */
  lookAtCertificates(retry: readonly string[], correlationId: string): void;
  /** Sends WordPress what has changed so far, without waiting for the run that changed it to end. */
  tellWordPress(): void;
  states(): LaneStates;
  start(): void;
  stop(): Promise<void>;
}

export function createLanes(deps: LanesDeps): Lanes {
  const { clock, logger } = deps;
  let fresh: { app: AppState; at: number } | null = null;
  /** The app as the last round of certificates saw it, as text. */
  let lookedAt: string | null = null;
  /** Names that a person wants looked at, until a run that had them has succeeded. */
  const owed = new Set<string>();
  const tellWordPress = (): void => {
    notify.nudge({ trigger: "change", correlationId: "" });
  };
  const onError = (lane: string) => (error: unknown) => {
    logger.error("a run ended unexpectedly", { lane, error });
  };
  const common = {
    clock,
    debounceMaxMs: deps.debounceMaxMs,
    retryMs: deps.resyncMs,
  };

  const passBackoff = createBackoff(2_000, deps.resyncMs);
  const pass = deps.createLane("pass", {
    ...common,
    debounceMs: deps.debounceMs,
    onError: onError("pass"),
    run: counted(passBackoff, clock, logger, async (nudges, signal) => {
      const result = await deps.runPass(
        triggerOf(nudges),
        correlationOf(nudges),
        signal,
      );
      fresh = result.app && { app: result.app, at: clock.now() };
      tellWordPress();
      const { app, needsRound } = result;
      if (app && (needsRound || JSON.stringify(app) !== lookedAt))
        certificates.nudge({
          trigger: "pass",
          correlationId: correlationOf(nudges),
        });
      if (result.error !== null) throw result.error as Error;
      return clock.now() + deps.resyncMs;
    }),
  });
  const certificates = deps.createLane("certificates", {
    ...common,
    debounceMs: 0,
    onError: onError("certificates"),
    run: counted(
      createBackoff(5_000, deps.resyncMs),
      clock,
      logger,
      async (nudges, signal) => {
        // The pass may be long ago: with several sidecars, another one had the round that followed it.
        const isFresh = fresh !== null && clock.now() - fresh.at < FRESH_MS;
        const app = isFresh ? (fresh?.app ?? null) : null;
        fresh = null;
        for (const { names } of nudges)
          names?.forEach((name) => owed.add(name));
        const retry = [...owed];
        const next = await deps.runCertificates({
          app,
          retry,
          correlationId: correlationOf(nudges),
          signal,
        });
        retry.forEach((name) => owed.delete(name));
        lookedAt = app && JSON.stringify(app);
        return next;
      },
    ),
  });
  const notify = deps.createLane("notify", {
    ...common,
    debounceMs: 50,
    onError: onError("notify"),
    run: counted(
      createBackoff(1_000, deps.resyncMs),
      clock,
      logger,
      async () => {
        await deps.deliver();
        return null;
      },
    ),
  });
  return {
    pass,
    lookAtCertificates(names, correlationId) {
      certificates.nudge({ trigger: "retry", correlationId, names });
    },
    tellWordPress,
    states: () => ({
      pass: pass.state,
      certificates: certificates.state,
      notify: notify.state,
    }),
    start() {
      pass.nudge({ trigger: "start", correlationId: "" });
      certificates.nudge({ trigger: "start", correlationId: "" });
      notify.nudge({ trigger: "start", correlationId: "" });
    },
    async stop() {
      await Promise.all([pass.stop(), certificates.stop(), notify.stop()]);
    },
  };
}

/** How long the app that a pass has read saves the certificate round a call, in milliseconds. */
const FRESH_MS = 10_000;

type Run = (
  nudges: readonly Nudge[],
  signal: AbortSignal,
) => Promise<number | null>;

/**
 * Turns a failure into the next try: a passing one is tried again soon and then less and less often, one that needs a
 * person at the pace of the slowest. A bug is logged with its stack and counts as one that needs a person.
 */
function counted(
  backoff: Backoff,
  clock: Clock,
  logger: Logger,
  run: Run,
): Run {
  let failures = 0;
  return async (nudges, signal) => {
    try {
      const next = await run(nudges, signal);
      failures = 0;
      return next;
    } catch (error) {
      if (error instanceof Stopped) return null;
      failures += 1;
      const waitMs = waitAfter(error, failures, backoff);
      const { reason } = reasonOf(error);
      if (isKnownError(error))
        logger.warn(error.message, { reason, tryAgainInMs: waitMs });
      else
        logger.error("internal error", { reason, tryAgainInMs: waitMs, error });
      return clock.now() + waitMs;
    }
  };
}

function waitAfter(error: unknown, failures: number, backoff: Backoff): number {
  if (error instanceof TransientError)
    return Math.max(error.retryAfterMs ?? 0, backoff.afterFailure(failures));
  return backoff.afterFailure(
    error instanceof PermanentError
      ? failures + PERMANENT_HEADSTART
      : PAST_ALL_DOUBLING,
  );
}

/** A failure that needs a person starts at sixteen times the first wait: it is mended in minutes, not in seconds. */
const PERMANENT_HEADSTART = 4;
const PAST_ALL_DOUBLING = 1_000;

function triggerOf(nudges: readonly Nudge[]): string {
  return [...new Set(nudges.map(({ trigger }) => trigger))]
    .join(" ")
    .slice(0, 200);
}

/** The newest one: with many changes in one pass, only one can travel on. */
function correlationOf(nudges: readonly Nudge[]): string {
  return (
    nudges.findLast(({ correlationId }) => correlationId !== "")
      ?.correlationId ?? ""
  );
}
