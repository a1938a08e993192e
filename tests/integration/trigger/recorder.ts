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
  /** Milliseconds since the epoch. */
  startedAt: number;
  signal: AbortSignal;
  /** Lets the run end. */
  end(): void;
}

/** The runs of one network's lane, whichever sidecar has them, and how many there were at once at most. */
export interface Recorder {
  network: string;
  runs: RecordedRun[];
  errors: unknown[];
  /** How long the next try was to wait after each error, in milliseconds. */
  waits: number[];
  most(): number;
  /** The n-th run, from 1, as soon as it has begun. */
  run(n: number): Promise<RecordedRun>;
  /** Ends the runs under way, and holds no further one. */
  release(): void;
  /** Joins a sidecar to the network; `by` names it in the runs. */
  join(trigger: Trigger, by?: string): WorkLane;
}

interface RecorderOptions extends Partial<LaneOptions> {
  /** Whether runs wait for `end()`. */
  holds?: boolean;
  /** When the n-th run wants to run again. */
  next?: (n: number) => number | null;
  onBegin?: () => void;
  /** Called at the end of the n-th run; throws what it is to fail with. */
  atEnd?: (n: number) => void;
}

let networks = 0;

export function createRecorder({
  holds = false,
  next = () => null,
  onBegin = () => undefined,
  atEnd = () => undefined,
  ...options
}: RecorderOptions = {}): Recorder {
  networks += 1;
  const network = `network-${networks}`;
  const runs: RecordedRun[] = [];
  const errors: unknown[] = [];
  const waits: number[] = [];
  let now = 0;
  let most = 0;
  let held = holds;
  return {
    network,
    runs,
    errors,
    waits,
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
        firstRetryMs: 200,
        longestRetryMs: 3_600_000,
        onFailure(error, waitMs) {
          errors.push(error);
          waits.push(waitMs);
        },
        async run(nudges, signal) {
          now += 1;
          most = Math.max(most, now);
          let end = (): void => undefined;
          const ended = new Promise<void>((resolve) => (end = resolve));
          const triggers = nudges.map(({ trigger: why }) => why);
          const startedAt = Date.now();
          runs.push({ triggers, nudges, by, startedAt, signal, end });
          const n = runs.length;
          onBegin();
          try {
            if (held) await ended;
            atEnd(n);
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

export function urgentNudge(lane: WorkLane, trigger: string): void {
  lane.nudge({ trigger, correlationId: "", urgent: true });
}
