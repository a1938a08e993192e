import type { Clock } from "../clock";
import { type ForceWish, needsRound } from "../certificates/schedule";
import { isKnownError, reasonOf } from "../errors";
import type { Logger } from "../log/logger";
import type { PassRequest, PassResult } from "../reconcile/pass";
import type { AppState } from "../reconcile/ports";
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
}

/** What the lanes run. */
export interface Work {
  runPass(request: PassRequest): Promise<PassResult>;
  /** Gives when certificates are to be checked next, in milliseconds since the epoch. */
  runCertificates(request: CertificateRequest): Promise<number | null>;
  deliver(): Promise<void>;
  forceSsl(): Promise<ForceWish>;
}

export interface CertificateRequest {
  /** The app as the pass just read it, so that it is not read twice. */
  app: AppState | null;
  correlationId: string;
  signal: AbortSignal;
}

export type LaneStates = Readonly<Record<LaneName, LaneView["state"]>>;

/** A network's three kinds of work, each with one run at a time, none waiting for another. */
export interface Lanes {
  pass: WorkLane;
  checkCertificates(trigger: string, correlationId: string): void;
  /** Sends WordPress what has changed so far, without waiting for the run that changed it to end. */
  tellWordPress(): void;
  states(): LaneStates;
  /** Begins to run the work; a nudge before that would find nothing to run. */
  start(work: Work): void;
  stop(): Promise<void>;
}

/** How long the app that a pass has read saves the certificate round a call, in milliseconds. */
const FRESH_MS = 10_000;

export function createLanes(deps: LanesDeps): Lanes {
  const { clock, logger, resyncMs } = deps;
  let work: Work | null = null;
  let fresh: { app: AppState; at: number } | null = null;
  /** The app as the last round of certificates saw it, as text. */
  let checked: string | null = null;
  const common = {
    clock,
    debounceMaxMs: deps.debounceMaxMs,
    longestRetryMs: resyncMs,
    onFailure(error: unknown, tryAgainInMs: number) {
      const { reason } = reasonOf(error);
      if (isKnownError(error))
        logger.warn(error.message, { reason, tryAgainInMs });
      else logger.error("internal error", { reason, tryAgainInMs, error });
    },
  };

  const notify = deps.createLane("notify", {
    ...common,
    debounceMs: 50,
    firstRetryMs: 1_000,
    async run() {
      await work?.deliver();
      return null;
    },
  });
  const certificates = deps.createLane("certificates", {
    ...common,
    debounceMs: 0,
    firstRetryMs: 5_000,
    async run(nudges, signal) {
      if (work === null) return null;
      // The pass may be long ago: with several sidecars, another one had the round that followed it.
      const isFresh = fresh !== null && clock.now() - fresh.at < FRESH_MS;
      const app = isFresh ? (fresh?.app ?? null) : null;
      fresh = null;
      const correlationId = correlationOf(nudges);
      const next = await work.runCertificates({ app, correlationId, signal });
      checked = app && JSON.stringify(app);
      return next;
    },
  });
  const pass = deps.createLane("pass", {
    ...common,
    debounceMs: deps.debounceMs,
    firstRetryMs: 2_000,
    async run(nudges, signal) {
      if (work === null) return null;
      const correlationId = correlationOf(nudges);
      const result = await work.runPass({
        trigger: triggerOf(nudges),
        correlationId,
        signal,
        urgent: nudges.some(({ urgent }) => urgent === true),
      });
      const { app, known, hasNewNames } = result;
      fresh = app && { app, at: clock.now() };
      notify.nudge({ trigger: "change", correlationId: "" });
      if (app !== null) {
        const isDue =
          hasNewNames ||
          JSON.stringify(app) !== checked ||
          known === null ||
          needsRound(known, app, await work.forceSsl(), clock.now());
        if (isDue) certificates.nudge({ trigger: "pass", correlationId });
      }
      if (result.error !== null) throw result.error as Error;
      return result.nextAt ?? clock.now() + resyncMs;
    },
  });

  return {
    pass,
    checkCertificates(trigger, correlationId) {
      certificates.nudge({ trigger, correlationId, urgent: true });
    },
    tellWordPress() {
      notify.nudge({ trigger: "change", correlationId: "" });
    },
    states: () => ({
      pass: pass.state,
      certificates: certificates.state,
      notify: notify.state,
    }),
    start(started) {
      work = started;
      for (const one of [pass, certificates, notify])
        one.nudge({ trigger: "start", correlationId: "" });
    },
    async stop() {
      await Promise.all([pass.stop(), certificates.stop(), notify.stop()]);
    },
  };
}

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
