import type { Clock } from "../clock";
import { needsRound } from "../certificates/schedule";
import {
  isKnownError,
  PermanentError,
  reasonOf,
  TransientError,
} from "../errors";
import type { Logger } from "../log/logger";
import type { AppState } from "../reconcile/ports";
import type { PassRequest, PassResult } from "../reconcile/pass";
import { createBackoff, type Backoff } from "../trigger/backoff";
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
}

/** What the lanes run. */
export interface Work {
  runPass(request: PassRequest): Promise<PassResult>;
  /** Gives when certificates are to be checked next, in milliseconds since the epoch. */
  runCertificates(request: CertificateRequest): Promise<number | null>;
  deliver(): Promise<void>;
  /** Whether ForceSSL is wanted once every name is secure. */
  forceSsl(): Promise<boolean>;
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

/** Triggers for which a pause after a failure is not waited out: a person asked, or what was wrong may be corrected. */
const URGENT: ReadonlySet<string> = new Set(["manual", "registration"]);

/** How long the app that a pass has read saves the certificate round a call, in milliseconds. */
const FRESH_MS = 10_000;

export function createLanes(deps: LanesDeps): Lanes {
  const { clock, logger, resyncMs } = deps;
  let work: Work | null = null;
  let fresh: { app: AppState; at: number } | null = null;
  /** The app as the last round of certificates saw it, as text. */
  let checked: string | null = null;

  const lane = (
    name: LaneName,
    debounceMs: number,
    firstMs: number,
    run: Run,
  ) =>
    deps.createLane(name, {
      clock,
      debounceMs,
      debounceMaxMs: deps.debounceMaxMs,
      retryMs: resyncMs,
      onError: (error) => {
        logger.error("a run ended unexpectedly", { lane: name, error });
      },
      run: counted(createBackoff(firstMs, resyncMs), clock, logger, run),
    });

  const notify = lane("notify", 50, 1_000, async () => {
    await work?.deliver();
    return null;
  });
  const certificates = lane(
    "certificates",
    0,
    5_000,
    async (nudges, signal) => {
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
  );
  const pass = lane("pass", deps.debounceMs, 2_000, async (nudges, signal) => {
    if (work === null) return null;
    const correlationId = correlationOf(nudges);
    const result = await work.runPass({
      trigger: triggerOf(nudges),
      correlationId,
      signal,
      urgent: isUrgent(nudges),
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
  });

  return {
    pass,
    checkCertificates(trigger, correlationId) {
      certificates.nudge({ trigger, correlationId });
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

type Run = (
  nudges: readonly Nudge[],
  signal: AbortSignal,
) => Promise<number | null>;

/**
 * Turns a failure into the next try: a passing one is tried again soon and then less and less often, one that needs a
 * person at the pace of the slowest. Until then nudges wait, but for those of a person. A bug is logged with its stack
 * and counts as one that needs a person.
 */
function counted(
  backoff: Backoff,
  clock: Clock,
  logger: Logger,
  run: Run,
): Run {
  let failures = 0;
  let notBefore = -Infinity;
  return async (nudges, signal) => {
    const now = clock.now();
    // A time further away than any pause comes from a clock that was wrong.
    const left = notBefore - now;
    if (left > 0 && left <= LONGEST_PAUSE_MS && !isUrgent(nudges))
      return notBefore;
    try {
      const next = await run(nudges, signal);
      failures = 0;
      notBefore = -Infinity;
      return next;
    } catch (error) {
      if (error instanceof Stopped) return null;
      failures += 1;
      const waitMs = waitAfter(error, failures, backoff);
      notBefore = clock.now() + waitMs;
      const { reason } = reasonOf(error);
      if (isKnownError(error))
        logger.warn(error.message, { reason, tryAgainInMs: waitMs });
      else
        logger.error("internal error", { reason, tryAgainInMs: waitMs, error });
      return notBefore;
    }
  };
}

const LONGEST_PAUSE_MS = 3_600_000;

function waitAfter(error: unknown, failures: number, backoff: Backoff): number {
  if (error instanceof TransientError)
    return Math.min(
      Math.max(error.retryAfterMs ?? 0, backoff.afterFailure(failures)),
      LONGEST_PAUSE_MS,
    );
  return backoff.afterFailure(
    error instanceof PermanentError
      ? failures + PERMANENT_HEADSTART
      : PAST_ALL_DOUBLING,
  );
}

/** A failure that needs a person starts at sixteen times the first wait: it is corrected in minutes, not in seconds. */
const PERMANENT_HEADSTART = 4;
const PAST_ALL_DOUBLING = 1_000;

function isUrgent(nudges: readonly Nudge[]): boolean {
  return nudges.some(({ trigger }) => URGENT.has(trigger));
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
