import type { ReasonParams } from "../reasons/reasons";
import { checksumOf } from "./plan";

/** Below this many owned names a large share is a normal day's work. */
const SMALLEST_GUARDED = 10;
const LARGEST_UNREPORTED_SHARE = 0.3;

/** Removals that wait for a person. */
export interface Held {
  names: readonly string[];
  /** Of these names and no others: an approval is bound to it. */
  checksum: string;
  reason: "plan-held";
  params: ReasonParams;
}

export interface GuardFacts {
  /** Names on the app that the network owns. */
  owned: number;
  /** How many names were removed within the last day without a report. */
  recent: number;
  /** Checksum of the removals that a person approved, if any. */
  approved: string | null;
}

/**
 * Holds removals that UM has not reported where they would take a large part of the owned names within a day, or the
 * last one: an emptied, truncated or foreign mapping table looks just like that, and in small steps too. What UM has
 * reported is no part of it and goes. Pure.
 */
export function judge(
  unreported: readonly string[],
  { owned, recent, approved }: GuardFacts,
): Held | null {
  if (unreported.length === 0) return null;
  const names = [...unreported].sort();
  const checksum = checksumOf(names);
  if (checksum === approved) return null;
  const all = owned + recent;
  const removals = names.length + recent;
  const tooMany =
    all >= SMALLEST_GUARDED && removals / all > LARGEST_UNREPORTED_SHARE;
  const isLast = names.length >= owned;
  if (!tooMany && !isLast) return null;
  return {
    names,
    checksum,
    reason: "plan-held",
    params: {
      removals,
      owned: all,
      percent: Math.round((100 * removals) / all),
    },
  };
}
