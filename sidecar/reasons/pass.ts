import type { ReasonTexts } from "./reason-text";

/** The work as a whole. */
export const passReasons = {
  "network-not-registered": {
    message: "WordPress has not registered this network with the sidecar yet.",
    remedy:
      "Enable ServerPilot in Ultimate Multisite's settings, or open the bridge's screen once.",
  },
  "integration-disabled": {
    message:
      "ServerPilot is not enabled in Ultimate Multisite's settings, so the app is left as it is.",
    remedy:
      "Enable ServerPilot under Ultimate Multisite → Settings → Integrations.",
  },
  "lock-held": {
    message: "Another sidecar is working on this network.",
    remedy: "Nothing to do; it is tried again in a moment.",
  },
  "lock-lost": {
    message:
      "The database lock was lost before the change was written, so nothing was written.",
    remedy: "Nothing to do; it is tried again by itself.",
  },
  "plan-held": {
    message:
      "{removals} of {owned} domains would be removed ({percent} %) that Ultimate Multisite did not report as deleted.",
    remedy:
      "Look at the held plan. If the removals are right, approve it; if not, restore the mapping table.",
  },
  "plan-changed": {
    message: "The plan is no longer the one that was shown.",
    remedy: "Look at the new plan and decide again.",
  },
  stopped: {
    message: "The sidecar was stopped during the work.",
    remedy: "Nothing to do; the work goes on when the sidecar runs again.",
  },
  "internal-error": {
    message: "The sidecar met an error of its own.",
    remedy:
      "Look into the sidecar's log and report it to the developers of the bridge.",
  },
} as const satisfies ReasonTexts;
