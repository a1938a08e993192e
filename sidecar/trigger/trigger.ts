import type { Clock } from "../clock";

/** Why a run is wanted; many nudges collapse into one run that carries them all. */
export interface Nudge {
  /** Such as `mapping.saved`, `resync` or `manual`. */
  trigger: string;
  correlationId: string;
  /** Names that a person wants looked at now. */
  names?: readonly string[];
}

/** A network's three kinds of work. */
export type LaneName = "pass" | "certificates" | "notify";

export interface LaneOptions {
  /** Does the work once and says when it wants to run again by itself: milliseconds since the epoch, or null. */
  run: (
    nudges: readonly Nudge[],
    signal: AbortSignal,
  ) => Promise<number | null>;
  clock: Clock;
  /** How long to wait for further nudges, from the last one, in milliseconds. */
  debounceMs: number;
  /** How long to wait for further nudges, from the first one, in milliseconds. */
  debounceMaxMs: number;
  /** When to run again after an error that `run` did not expect, in milliseconds. */
  retryMs: number;
  onError: (error: unknown) => void;
}

export interface LaneView {
  state: "idle" | "waiting" | "running";
  /** When the next run starts, in milliseconds since the epoch; null while one runs or none is planned. */
  nextAt: number | null;
}

/**
 * One run under way and at most one waiting, over all sidecars. However many nudges come in, and whenever, there is
 * always a run that began after the last of them.
 */
export interface WorkLane {
  /** Asks for a run soon. */
  nudge(nudge: Nudge): void;
  /** How it is over all sidecars. */
  view(): Promise<LaneView>;
  /** How it is in this sidecar. */
  readonly state: LaneView["state"];
  /** Starts no further run, tells the one under way to stop at its next wait, and resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Trigger {
  /** `network` is the same on every sidecar that serves the network, and no other network's. */
  createLane(network: string, name: LaneName, options: LaneOptions): WorkLane;
  /** Takes no further work, stops all lanes and resolves when the work under way has ended. */
  close(): Promise<void>;
}

/** The nudge of a run that nobody asked for: its own time had come. */
export const SCHEDULED: Nudge = { trigger: "schedule", correlationId: "" };
