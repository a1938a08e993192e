import type { ReasonParams } from "../reasons/reasons";
import type { Plan } from "./plan";

/** Below this many owned names a large share is a normal day's work. */
const SMALLEST_GUARDED = 10;
const LARGEST_UNREPORTED_SHARE = 0.3;

export type Verdict =
  { held: false } | { held: true; reason: "plan-held"; params: ReasonParams };

export interface GuardFacts {
  /** Names on the app that the network owns. */
  owned: number;
  /** Names that UM reported as removed. */
  reported: ReadonlyMap<string, number>;
  /** How many names were removed within the last day without a report. */
  recent: number;
  /** Checksum of the removals that a person approved, if any. */
  approved: string | null;
}

/**
 * Holds removals that UM has not reported where they would take a large part of the owned names within a day, or the
 * last one: an emptied, truncated or foreign mapping table looks just like that, and in small steps too. Pure.
 */
export function judge(
  plan: Pick<Plan, "remove" | "removalsChecksum">,
  { owned, reported, recent, approved }: GuardFacts,
): Verdict {
  const unreported = plan.remove.filter((name) => !reported.has(name)).length;
  if (unreported === 0 || plan.removalsChecksum === approved)
    return { held: false };
  const all = owned + recent;
  const removals = unreported + recent;
  const tooMany =
    all >= SMALLEST_GUARDED && removals / all > LARGEST_UNREPORTED_SHARE;
  const isLast = plan.remove.length >= owned;
  if (!tooMany && !isLast) return { held: false };
  return {
    held: true,
    reason: "plan-held",
    params: {
      removals,
      owned: all,
      percent: Math.round((100 * removals) / all),
    },
  };
}
