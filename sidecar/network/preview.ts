import type { Preview } from "../http/contract/sync";
import { APP_CAPACITY } from "../reconcile/plan";
import type { Survey } from "../reconcile/survey";
import { explain } from "./explain";

/** A survey as it is shown: what a pass would do right now. */
export function previewOf({ plan, wanted, verdict }: Survey): Preview {
  const { checksum, add, remove, adopt, disown, keep, result } = plan;
  return {
    ...{ checksum, add, remove, adopt, disown, keep, result },
    blocked: [
      ...wanted.blocked.map(({ name, reason, params }) => ({
        name,
        ...explain(reason, params),
      })),
      ...plan.overCapacity.map((name) => ({
        name,
        ...explain("over-capacity", { capacity: APP_CAPACITY }),
      })),
    ],
    held: verdict.held ? explain(verdict.reason, verdict.params) : null,
  };
}
