import type { ReasonParams } from "../reasons/reasons";
import type { Plan } from "./plan";

/** Below this many owned names a large share is a normal day's work. */
const SMALLEST_GUARDED = 10;
const LARGEST_UNNAMED_SHARE = 0.3;

export type Verdict =
  { held: false } | { held: true; reason: "plan-held"; params: ReasonParams };

/**
 * Holds a plan that would remove a large part of the owned names without UM having named them in remove events: an
 * emptied, truncated or foreign mapping table looks just like that. Pure.
 *
 * @param named names that UM reported as removed.
 * @param approved checksum of the plan that a person approved, if any.
 */
export function judge(
  plan: Plan,
  ownedCount: number,
  named: ReadonlyMap<string, number>,
  approved: string | null,
): Verdict {
  const unnamed = plan.remove.filter((name) => !named.has(name)).length;
  const tooMany =
    ownedCount >= SMALLEST_GUARDED &&
    unnamed / ownedCount > LARGEST_UNNAMED_SHARE;
  if (!tooMany || plan.checksum === approved) return { held: false };
  return {
    held: true,
    reason: "plan-held",
    params: {
      removals: unnamed,
      owned: ownedCount,
      percent: Math.round((100 * unnamed) / ownedCount),
    },
  };
}
