import {
  type MeasuredNetwork,
  createMetrics,
} from "../../../sidecar/metrics/metrics";
import type {
  EndedPass,
  NetworkFigures,
} from "../../../sidecar/network/observer";
import { createFakeClock } from "../fake-clock";
import { samplesOf } from "./page";

export const figures: NetworkFigures = {
  names: { secure: 3, pending: 1 },
  certificateEndsAt: Date.UTC(2026, 3, 1),
  waiting: 2,
  lastPass: null,
  domainsUsed: 5,
};

export function createMeasured(id: string): MeasuredNetwork {
  return {
    id,
    lanes: () => ({ pass: "running", certificates: "waiting", notify: "idle" }),
  };
}

/** Metrics over networks in memory, read as samples. */
export function createMetricsWorld(ids: readonly string[] = ["one", "two"]) {
  const clock = createFakeClock();
  const networks = ids.map(createMeasured);
  const metrics = createMetrics({ version: "1.2.3", clock });
  for (const id of ids) metrics.of(id).figures(figures);
  const page = () => metrics.page(networks);
  return {
    clock,
    networks,
    metrics,
    page,
    samples: async (): Promise<Map<string, number>> => samplesOf(await page()),
    /** A pass that began `before` milliseconds ago and ends now. */
    pass: (outcome: EndedPass["outcome"], before = 0): EndedPass => {
      const finishedAt = clock.now();
      const reason = outcome === "failed" ? "serverpilot-unavailable" : null;
      const startedAt = finishedAt - before;
      return {
        startedAt,
        finishedAt,
        outcome,
        reason,
        added: ["a.example"],
        removed: [],
      };
    },
  };
}
