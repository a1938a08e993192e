import type { Clock } from "../clock";
import type { EndedPass, NetworkObserver } from "../network/observer";
import type { MetricSet } from "./definitions";

/** One network's counters, and how long its events wait. */
export interface NetworkMetrics extends NetworkObserver {
  /** Takes note of a pass that may have run in another process. */
  seen(pass: EndedPass): void;
  /** When the oldest event came that no pass has carried through yet; null for none. */
  readonly waitingSince: number | null;
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
    // A held plan was looked at: it waits for a person, not for a pass.
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
      const { startedAt, finishedAt, outcome, reason, added, removed } = pass;
      metrics.passes.inc({ network, outcome, reason: reason ?? "" });
      metrics.passDuration.observe(
        { outcome },
        (finishedAt - startedAt) / 1000,
      );
      metrics.changes.inc({ network, change: "added" }, added.length);
      metrics.changes.inc({ network, change: "removed" }, removed.length);
      if (outcome !== "failed" && covered !== null)
        metrics.eventLag.observe((finishedAt - covered) / 1000);
      seen(pass);
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
