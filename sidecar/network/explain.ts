import type { Explained } from "../http/contract/vocabulary";
import { describeReason, type ReasonCode, type ReasonParams } from "../reasons";

/** A reason in the form in which it leaves the sidecar. */
export function explain(
  reason: ReasonCode | null,
  params: ReasonParams = {},
): Explained {
  if (reason === null) return { reason, params: {}, message: "", remedy: "" };
  return { reason, params, ...describeReason(reason, params) };
}
