import type { Clock } from "../clock";
import { isKnownError, reasonOf } from "../errors";
import type { Logger } from "../logger";
import type { AppState } from "../reconcile/ports";
import type { PassResult } from "../reconcile/pass";
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
  const common = {
    clock,
    debounceMaxMs: deps.debounceMaxMs,
    longestRetryMs: deps.resyncMs,
    onFailure(error: unknown, tryAgainInMs: number) {
      const { reason } = reasonOf(error);
      if (isKnownError(error))
        logger.warn(error.message, { reason, tryAgainInMs });
      else logger.error("internal error", { reason, tryAgainInMs, error });
    },
  };

  const pass = deps.createLane("pass", {
    ...common,
    debounceMs: deps.debounceMs,
    firstRetryMs: 2_000,
    async run(nudges, signal) {
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
    },
  });
  const certificates = deps.createLane("certificates", {
    ...common,
    debounceMs: 0,
    firstRetryMs: 5_000,
    async run(nudges, signal) {
      // The pass may be long ago: with several sidecars, another one had the round that followed it.
      const isFresh = fresh !== null && clock.now() - fresh.at < FRESH_MS;
      const app = isFresh ? (fresh?.app ?? null) : null;
      fresh = null;
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
  });
  const notify = deps.createLane("notify", {
    ...common,
    debounceMs: 50,
    firstRetryMs: 1_000,
    async run() {
      await deps.deliver();
      return null;
    },
  });
  return {
    pass,
    lookAtCertificates(names, correlationId) {
      names.forEach((name) => owed.add(name));
      certificates.nudge({ trigger: "retry", correlationId, urgent: true });
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
