import { Registry, collectDefaultMetrics } from "prom-client";
import type { Clock } from "../clock";
import type { LaneStates } from "../network/lanes";
import type {
  EndedPass,
  NetworkObserver,
  NetworkFigures,
} from "../network/observer";
import { APP_CAPACITY } from "../reconcile/plan";
import type { NameState } from "../reconcile/ports";
import { type MetricSet, defineMetrics } from "./definitions";

/** What a scrape reads of each network. */
export interface MeasuredNetwork {
  readonly id: string;
  lanes: () => LaneStates;
}

export interface AnsweredRequest {
  method: string;
  /** The address's pattern, never the address itself. */
  route: string;
  status: number;
  /** Milliseconds. */
  ms: number;
}

export interface Metrics {
  /** Where a network's work is counted. */
  of(network: string): NetworkMetrics;
  /** Takes a network that is no longer served off the page. */
  forget(network: string): Promise<void>;
  reloaded(success: boolean): void;
  answered(request: AnsweredRequest): void;
  /** The page that Prometheus reads, in its text format; no database is asked for it. */
  page(networks: readonly MeasuredNetwork[]): Promise<string>;
  readonly contentType: string;
}

export interface MetricsDeps {
  version: string;
  clock: Clock;
}

const STATES: readonly NameState[] = [
  "pending",
  "securing",
  "secure",
  "ssl-failed",
  "blocked",
  "removing",
];

const MISNAMED = ["handles", "requests", "resources"].map(
  (what) => `nodejs_active_${what}_total`,
);

export function createMetrics({ version, clock }: MetricsDeps): Metrics {
  const registry = new Registry();
  // The default is to wake up a hundred times a second, on a machine that has other things to do.
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: 200,
  });
  // Gauges named like counters, which promtool refuses; the same numbers are there without the suffix.
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const set = defineMetrics(registry);
  const all = new Map<string, NetworkMetrics>();
  set.buildInfo.set({ version, node: process.version }, 1);
  set.reloadSuccess.set(1);

  const of = (network: string): NetworkMetrics => {
    const known = all.get(network) ?? createNetworkMetrics(network, set, clock);
    all.set(network, known);
    return known;
  };

  const show = ({ id: network, lanes }: MeasuredNetwork): void => {
    for (const [lane, state] of Object.entries(lanes())) {
      set.laneRunning.set({ network, lane }, state === "running" ? 1 : 0);
      set.laneWaiting.set({ network, lane }, state === "waiting" ? 1 : 0);
    }
    const since = of(network).waitingSince;
    set.eventWaiting.set(
      { network },
      since === null ? 0 : (clock.now() - since) / 1000,
    );
  };

  return {
    of,
    async forget(network) {
      all.delete(network);
      for (const metric of Object.values(set)) {
        const { values } = await metric.get();
        for (const { labels } of values) {
          if ("network" in labels && labels.network === network)
            metric.remove(labels as never);
        }
      }
    },
    reloaded(success) {
      set.reloads.inc({ outcome: success ? "ok" : "failed" });
      set.reloadSuccess.set(success ? 1 : 0);
    },
    answered({ method, route, status, ms }) {
      set.requests.inc({ method, route, status });
      set.requestDuration.observe({ route }, ms / 1000);
    },
    page(measured) {
      set.networks.set(measured.length);
      measured.forEach(show);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** One network's counters, and how long its events wait. */
export interface NetworkMetrics extends NetworkObserver {
  /** Takes note of a pass that may have run in another process. */
  seen(pass: EndedPass): void;
  /** When the oldest event came that no pass has carried through yet; null for none. */
  readonly waitingSince: number | null;
}

/** Shows a network in numbers, as its database has them. */
function showFigures(
  network: string,
  metrics: MetricSet,
  { names, waiting, domainsUsed, certificateEndsAt }: NetworkFigures,
): void {
  for (const state of STATES)
    metrics.names.set({ network, state }, names[state] ?? 0);
  metrics.notificationsWaiting.set({ network }, waiting);
  metrics.appCapacity.set({ network }, APP_CAPACITY);
  if (domainsUsed !== null) metrics.appDomains.set({ network }, domainsUsed);
  if (certificateEndsAt === null) metrics.certificateEnd.remove({ network });
  else metrics.certificateEnd.set({ network }, certificateEndsAt / 1000);
}

/** Counts a pass that ended, and what it changed. */
function countPass(
  network: string,
  metrics: MetricSet,
  { startedAt, finishedAt, outcome, reason, added, removed }: EndedPass,
): void {
  metrics.passes.inc({ network, outcome, reason: reason ?? "" });
  metrics.passDuration.observe({ outcome }, (finishedAt - startedAt) / 1000);
  metrics.changes.inc({ network, change: "added" }, added.length);
  metrics.changes.inc({ network, change: "removed" }, removed.length);
}

/** Requests to ServerPilot that got no answer have this status. */
const NO_STATUS = "none";

export function createNetworkMetrics(
  network: string,
  metrics: MetricSet,
  clock: Clock,
): NetworkMetrics {
  /** The oldest event before the pass under way, and the oldest one since it began. */
  let covered: number | null = null;
  let fresh: number | null = null;
  let newest = 0;

  const seen = ({ startedAt, finishedAt, outcome }: EndedPass): void => {
    if (finishedAt < newest) return;
    newest = finishedAt;
    metrics.lastPass.set({ network }, finishedAt / 1000);
    if (outcome === "ok")
      metrics.lastSuccess.set({ network }, finishedAt / 1000);
    metrics.planHeld.set({ network }, outcome === "held" ? 1 : 0);
    // A held plan was read: it waits for a person, not for a pass.
    if (outcome === "failed") return;
    if (covered !== null && covered <= startedAt) covered = null;
    if (fresh !== null && fresh <= startedAt) fresh = null;
  };

  return {
    seen,
    get waitingSince() {
      return covered ?? fresh;
    },
    eventsAccepted(types) {
      fresh ??= clock.now();
      for (const type of types) metrics.events.inc({ network, type });
    },
    passStarted() {
      covered ??= fresh;
      fresh = null;
    },
    passEnded(pass) {
      countPass(network, metrics, pass);
      if (pass.outcome !== "failed" && covered !== null)
        metrics.eventLag.observe((pass.finishedAt - covered) / 1000);
      seen(pass);
    },
    figures(figures) {
      metrics.databaseUp.set({ network }, figures === null ? 0 : 1);
      if (figures === null) return;
      // A pass that another sidecar has run.
      if (figures.lastPass) seen(figures.lastPass);
      showFigures(network, metrics, figures);
    },
    notified(accepted) {
      metrics.notifications.inc({
        network,
        outcome: accepted ? "accepted" : "failed",
      });
    },
    called({ method, status, ms }) {
      metrics.calls.inc({ network, method, status: status ?? NO_STATUS });
      metrics.callDuration.observe({ method }, ms / 1000);
    },
  };
}
