import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Seconds, for what is done in one go: a request, a call. */
const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
/** Seconds, for what may wait for others: a pass, an event. */
const SLOW = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

const PREFIX = "domain_bridge_";

export type MetricSet = ReturnType<typeof defineMetrics>;

/** Makes metrics of our own in a registry. */
class Maker {
  readonly #registers: Registry[];

  constructor(register: Registry) {
    this.#registers = [register];
  }

  counter<L extends string>(name: string, help: string, ...labelNames: L[]) {
    const registers = this.#registers;
    return new Counter({ name: PREFIX + name, help, labelNames, registers });
  }

  gauge<L extends string>(name: string, help: string, ...labelNames: L[]) {
    const registers = this.#registers;
    return new Gauge({ name: PREFIX + name, help, labelNames, registers });
  }

  histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: L[]
  ) {
    return new Histogram({
      name: PREFIX + name,
      help,
      buckets,
      labelNames,
      registers: this.#registers,
    });
  }
}

/**
 * Every metric that is our own. Labels have few values each: no hostname ever is one, and histograms, which cost a dozen
 * series each, do not carry the network.
 */
export function defineMetrics(register: Registry) {
  const make = new Maker(register);
  return {
    ...processMetrics(make),
    ...eventMetrics(make),
    ...passMetrics(make),
    ...callMetrics(make),
    ...nameMetrics(make),
    ...laneMetrics(make),
    ...requestMetrics(make),
  };
}

/** This process and the networks that it serves. */
function processMetrics(make: Maker) {
  return {
    buildInfo: make.gauge(
      "build_info",
      "Always 1; the labels say which version runs on which Node.js.",
      "version",
      "node",
    ),
    networks: make.gauge("networks", "Networks that this sidecar serves."),
    reloads: make.counter(
      "networks_reloads_total",
      "Reloads of the networks file, by outcome.",
      "outcome",
    ),
    reloadSuccess: make.gauge(
      "networks_last_reload_success",
      "1 where the networks in force are those of the file as last read, else 0.",
    ),
  };
}

/** Events, from their arrival to the pass that carries them through. */
function eventMetrics(make: Maker) {
  return {
    events: make.counter(
      "events_total",
      "Events that WordPress sent and that were accepted.",
      "network",
      "type",
    ),
    eventWaiting: make.gauge(
      "event_waiting_seconds",
      "Age of the oldest event that no pass has carried through yet; 0 for none.",
      "network",
    ),
    eventLag: make.histogram(
      "event_lag_seconds",
      "From an event's arrival to the end of the pass that carried it through.",
      SLOW,
    ),
  };
}

/** Passes, and what they change. */
function passMetrics(make: Maker) {
  return {
    passes: make.counter(
      "passes_total",
      "Passes that ended, by outcome (ok, held, failed) and reason.",
      "network",
      "outcome",
      "reason",
    ),
    passDuration: make.histogram(
      "pass_duration_seconds",
      "How long passes took.",
      SLOW,
      "outcome",
    ),
    lastSuccess: make.gauge(
      "last_success_timestamp_seconds",
      "When a pass last ended well.",
      "network",
    ),
    lastPass: make.gauge(
      "last_pass_timestamp_seconds",
      "When a pass last ended, however.",
      "network",
    ),
    changes: make.counter(
      "changes_total",
      "Names that passes added to and removed from the app.",
      "network",
      "change",
    ),
    planHeld: make.gauge(
      "plan_held",
      "1 while a plan waits for a person's approval.",
      "network",
    ),
  };
}

/** Requests to ServerPilot. */
function callMetrics(make: Maker) {
  return {
    calls: make.counter(
      "serverpilot_calls_total",
      "Requests to ServerPilot, retries included, by HTTP status (none: no answer).",
      "network",
      "method",
      "status",
    ),
    callDuration: make.histogram(
      "serverpilot_call_duration_seconds",
      "How long ServerPilot took to answer.",
      QUICK,
      "method",
    ),
  };
}

/** Names, the app and its certificates. */
function nameMetrics(make: Maker) {
  return {
    names: make.gauge("names", "Names by state.", "network", "state"),
    appDomains: make.gauge(
      "app_domains",
      "Domains on the app, foreign ones included.",
      "network",
    ),
    appCapacity: make.gauge(
      "app_capacity",
      "Domains that the app can have at most.",
      "network",
    ),
    certificateEnd: make.gauge(
      "certificate_end_timestamp_seconds",
      "When the first of the certificates seen ends.",
      "network",
    ),
  };
}

/** Work, messages to WordPress and the database. */
function laneMetrics(make: Maker) {
  return {
    laneRunning: make.gauge(
      "lane_running",
      "1 while work of this kind (pass, certificates, notify) is under way.",
      "network",
      "lane",
    ),
    laneWaiting: make.gauge(
      "lane_waiting",
      "1 while work of this kind was asked for and has not begun.",
      "network",
      "lane",
    ),
    notifications: make.counter(
      "notifications_total",
      "Messages to WordPress, by outcome (accepted, failed).",
      "network",
      "outcome",
    ),
    notificationsWaiting: make.gauge(
      "notifications_waiting",
      "Changes that WordPress has not been told of yet.",
      "network",
    ),
    databaseUp: make.gauge(
      "database_up",
      "1 where the network's database answered when it was last asked for these figures.",
      "network",
    ),
  };
}

/** Requests to this sidecar. */
function requestMetrics(make: Maker) {
  return {
    requests: make.counter(
      "http_requests_total",
      "Requests that were answered.",
      "method",
      "route",
      "status",
    ),
    requestDuration: make.histogram(
      "http_request_duration_seconds",
      "How long requests took to be answered.",
      QUICK,
      "route",
    ),
  };
}
