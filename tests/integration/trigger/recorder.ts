import { systemClock } from "../../../sidecar/clock";
import type {
  LaneOptions,
  Nudge,
  Trigger,
  WorkLane,
} from "../../../sidecar/trigger/trigger";
import { until } from "../../stack/until";

export interface RecordedRun {
  /** What was nudged with, in order. */
  triggers: string[];
  nudges: readonly Nudge[];
  /** The sidecar that ran it. */
  by: string;
  signal: AbortSignal;
  /** Lets the run end. */
  end(): void;
}

/** The runs of one network's lane, whichever sidecar has them, and how many there were at once at most. */
export interface Recorder {
  network: string;
  runs: RecordedRun[];
  errors: unknown[];
  most(): number;
  /** The n-th run, from 1, as soon as it has begun. */
  run(n: number): Promise<RecordedRun>;
  /** Ends the runs under way, and holds no further one. */
  release(): void;
  /** Joins a sidecar to the network; `by` names it in the runs. */
  join(trigger: Trigger, by?: string): WorkLane;
}

let networks = 0;

/** Runs wait for `end()` where `holds` is set; `next` says when each wants to run again. */
export function createRecorder({
  holds = false,
  next = () => null,
  before = () => undefined,
  ...options
}: Partial<LaneOptions> & {
  holds?: boolean;
  next?: (n: number) => number | null;
  /** Throws what the n-th run is to fail with. */
  before?: (n: number) => void;
} = {}): Recorder {
  networks += 1;
  const network = `network-${networks}`;
  const runs: RecordedRun[] = [];
  const errors: unknown[] = [];
  let now = 0;
  let most = 0;
  let held = holds;
  return {
    network,
    runs,
    errors,
    most: () => most,
    release() {
      held = false;
      for (const run of runs) run.end();
    },
    run: (n) => until(`run ${n}`, () => runs[n - 1] ?? null),
    join: (trigger, by = "one") =>
      trigger.createLane(network, "pass", {
        clock: systemClock,
        debounceMs: 100,
        debounceMaxMs: 500,
        retryMs: 200,
        onError: (error) => errors.push(error),
        async run(nudges, signal) {
          now += 1;
          most = Math.max(most, now);
          let end = (): void => undefined;
          const ended = new Promise<void>((resolve) => (end = resolve));
          const triggers = nudges.map(({ trigger: why }) => why);
          runs.push({ triggers, nudges, by, signal, end });
          const n = runs.length;
          try {
            before(n);
            if (held) await ended;
            return next(n);
          } finally {
            now -= 1;
          }
        },
        ...options,
      }),
  };
}

export function nudge(lane: WorkLane, trigger: string): void {
  lane.nudge({ trigger, correlationId: "" });
}
