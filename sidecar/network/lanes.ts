import type { Clock } from "../clock";
import { memoryOf } from "../certificates/memory";
import {
  type CertificateRound,
  createCertificateRound,
} from "../certificates/round";
import { type ForceWish, needsRound } from "../certificates/schedule";
import type { NetworkConfig } from "../config/config";
import { isKnownError, reasonOf } from "../errors";
import type { Logger } from "../log/logger";
import { describeReason } from "../reasons/reasons";
import { readFigures } from "../mysql/figures";
import { normaliseHostname } from "../reconcile/hostnames";
import { type PassRequest, type PassResult, runPass } from "../reconcile/pass";
import type { AppState, NetworkSnapshot } from "../reconcile/ports";
import type {
  LaneName,
  LaneOptions,
  LaneView,
  Nudge,
  WorkLane,
} from "../trigger/trigger";
import { deliver, pausing } from "../wordpress/notifications";
import type { Connection } from "./connection";
import {
  type NetworkObserver,
  observedNotifications,
  observedPass,
} from "./observer";
import type { NetworkDeps, Parts } from "./parts";

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
  /** Gives when it has to be run again, in milliseconds since the epoch; null where it has not. */
  deliver(): Promise<number | null>;
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

/** What the lanes hand on from one to another. */
interface Shared {
  work: Work | null;
  /** The app as the last pass read it. */
  fresh: { app: AppState; at: number } | null;
  /** The app as the last round of certificates saw it, as text. */
  checked: string | null;
}

/** The lanes are made first, and started with what they run: that may nudge them. */
export function createLanes(deps: LanesDeps): Lanes {
  const shared: Shared = { work: null, fresh: null, checked: null };
  const notify = notifyLane(deps, shared);
  const certificates = certificatesLane(deps, shared);
  const pass = passLane(deps, shared, notify, certificates);
  const all = [pass, certificates, notify];
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
    start(work) {
      shared.work = work;
      for (const lane of all)
        lane.nudge({ trigger: "start", correlationId: "" });
    },
    async stop() {
      await Promise.all(all.map((lane) => lane.stop()));
    },
  };
}

function commonOptions({ clock, logger, debounceMaxMs, resyncMs }: LanesDeps) {
  return {
    clock,
    debounceMaxMs,
    longestRetryMs: resyncMs,
    onFailure(error: unknown, tryAgainInMs: number) {
      const { reason, params } = reasonOf(error);
      const { remedy } = describeReason(reason, params);
      if (isKnownError(error))
        logger.warn(error.message, { reason, remedy, tryAgainInMs });
      else logger.error("internal error", { reason, tryAgainInMs, error });
    },
  };
}

function notifyLane(deps: LanesDeps, shared: Shared): WorkLane {
  return deps.createLane("notify", {
    ...commonOptions(deps),
    debounceMs: 50,
    firstRetryMs: 1_000,
    async run() {
      return (await shared.work?.deliver()) ?? null;
    },
  });
}

function certificatesLane(deps: LanesDeps, shared: Shared): WorkLane {
  const { clock } = deps;
  return deps.createLane("certificates", {
    ...commonOptions(deps),
    debounceMs: 0,
    firstRetryMs: 5_000,
    async run(nudges, signal) {
      const { work, fresh } = shared;
      if (work === null) return null;
      // The pass may be long ago: with several sidecars, another one had the round that followed it.
      const isFresh = fresh !== null && clock.now() - fresh.at < FRESH_MS;
      const app = isFresh ? fresh.app : null;
      shared.fresh = null;
      const correlationId = correlationOf(nudges);
      const next = await work.runCertificates({ app, correlationId, signal });
      shared.checked = app && JSON.stringify(app);
      return next;
    },
  });
}

function passLane(
  deps: LanesDeps,
  shared: Shared,
  notify: WorkLane,
  certificates: WorkLane,
): WorkLane {
  const { clock, resyncMs } = deps;
  return deps.createLane("pass", {
    ...commonOptions(deps),
    debounceMs: deps.debounceMs,
    firstRetryMs: 2_000,
    async run(nudges, signal) {
      const { work } = shared;
      if (work === null) return null;
      const correlationId = correlationOf(nudges);
      const result = await work.runPass({
        trigger: triggerOf(nudges),
        correlationId,
        signal,
        urgent: nudges.some(({ urgent }) => urgent === true),
      });
      const { app, known, hasNewNames } = result;
      shared.fresh = app && { app, at: clock.now() };
      notify.nudge({ trigger: "change", correlationId: "" });
      if (app !== null) {
        const isDue =
          hasNewNames ||
          JSON.stringify(app) !== shared.checked ||
          known === null ||
          needsRound(known, app, await work.forceSsl(), clock.now());
        if (isDue) certificates.nudge({ trigger: "pass", correlationId });
      }
      if (result.error !== null) throw result.error as Error;
      return result.nextAt ?? clock.now() + resyncMs;
    },
  });
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

export interface WorkDeps {
  own: NetworkConfig;
  deps: Pick<NetworkDeps, "config" | "clock" | "probes" | "observer">;
  parts: Parts;
  logger: Logger;
  connect: () => Promise<Connection>;
  tellWordPress: () => void;
}

/** What the lanes of a network run, counted and logged. */
export function createWork(work: WorkDeps): Work {
  const { parts, connect, logger } = work;
  const { clock, observer } = work.deps;
  const observed = { observer, logger, now: () => clock.now() };
  const pass = observedPass(
    (request) =>
      runPass(
        {
          source: parts.source,
          ledger: parts.ledger,
          records: parts.records,
          lock: parts.appLock,
          clock,
          connect,
          witness: parts.witness,
          secondReadMs: work.deps.config.secondReadMs,
        },
        request,
      ),
    observed,
  );
  const round = createRound(work);
  const notifications = observedNotifications(
    pausing(parts.notifications, {
      pause: () => parts.connections.pause(),
      resume: () => parts.connections.resume(),
      clock,
      logger,
    }),
    observed,
  );
  return {
    async runPass(request) {
      try {
        const result = await pass(request);
        if (result.snapshot && result.error === null)
          await parts.reminders.remind(withoutCertificate(result.snapshot));
        return result;
      } finally {
        await tellFigures(parts, observer);
      }
    },
    async runCertificates(request) {
      const { nextAt } = await round.run(request);
      await tellFigures(parts, observer);
      return nextAt;
    },
    deliver: () =>
      deliver({
        outbox: parts.outbox,
        lock: parts.notifyLock,
        notifications,
        logger,
      }),
    forceSsl: async () => ({
      wanted: (await connect()).settings.forceSsl,
      isHeld: memoryOf(await parts.records.load()).forceHeld !== null,
    }),
  };
}

function createRound({
  own,
  deps: { config, clock, probes },
  parts,
  connect,
  tellWordPress,
}: WorkDeps): CertificateRound {
  return createCertificateRound({
    connect: async () => {
      const { serverPilot, settings } = await connect();
      const { sslMaxTries: maxTries, forceSsl, forceSslProxied } = settings;
      const answersNonces = settings.offers.includes("reach");
      return {
        serverPilot,
        settings: { maxTries, forceSsl, forceSslProxied },
        snapshot: () => parts.source.read(settings.networkId),
        nonces: (names) =>
          answersNonces ? parts.nonces(names) : Promise.resolve(new Map()),
      };
    },
    ledger: parts.ledger,
    records: parts.records,
    lock: parts.appLock,
    onSaved: tellWordPress,
    probes,
    clock,
    pollMs: config.sslPollMs,
    windowMs: config.sslWindowMs,
    probeAddress: config.sslProbeAddress,
    serverAddresses: own.serverAddresses,
  });
}

async function tellFigures(
  { database, records }: Parts,
  observer: NetworkObserver,
): Promise<void> {
  const figures = await readFigures(database).catch(() => null);
  const { app } = figures === null ? { app: null } : await records.load();
  observer.figures(
    figures && { ...figures, domainsUsed: app?.domainsUsed ?? null },
  );
}

function withoutCertificate({ mappings }: NetworkSnapshot): string[] {
  return mappings
    .filter(({ lacksCertificate }) => lacksCertificate)
    .map(({ domain }) => normaliseHostname(domain))
    .flatMap((one) => (one.ok ? one.name : []));
}
