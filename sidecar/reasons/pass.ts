import type { ReasonTexts } from "./reason";

/** The work as a whole. */
export const passReasons = {
  "network-not-registered": {
    severity: "action",
    actor: "network-admin",
    message: "WordPress has not registered this network with the sidecar yet.",
    remedy:
      "Enable ServerPilot in Ultimate Multisite's settings, or open the bridge's screen once.",
  },
  "integration-disabled": {
    severity: "ok",
    actor: "nobody",
    message:
      "ServerPilot is not enabled in Ultimate Multisite's settings, so the app is left as it is.",
    remedy:
      "Enable ServerPilot under Ultimate Multisite → Settings → Integrations.",
  },
  "lock-held": {
    severity: "waiting",
    actor: "nobody",
    message: "Another sidecar is working on this network.",
    remedy: "Nothing to do; it is tried again in a moment.",
  },
  "lock-lost": {
    severity: "waiting",
    actor: "nobody",
    message:
      "The database lock was lost before the change was written, so nothing was written.",
    remedy: "Nothing to do; it is tried again by itself.",
  },
  "plan-held": {
    severity: "critical",
    actor: "network-admin",
    message:
      "{removals} of {owned} domains would be removed ({percent} %) that Ultimate Multisite did not report as deleted.",
    remedy:
      "Look at the held plan. If the removals are right, approve it; if not, restore the mapping table.",
  },
  "plan-changed": {
    severity: "action",
    actor: "network-admin",
    message: "The plan is no longer the one that was shown.",
    remedy: "Look at the new plan and decide again.",
  },
  stopped: {
    severity: "waiting",
    actor: "nobody",
    message: "The sidecar was stopped during the work.",
    remedy: "Nothing to do; the work goes on when the sidecar runs again.",
  },
  "internal-error": {
    severity: "warning",
    actor: "operator",
    message: "The sidecar met an error of its own.",
    remedy:
      "Look into the sidecar's log and report it to the developers of the bridge.",
  },
  "list-in-doubt": {
    severity: "waiting",
    actor: "nobody",
    message:
      "ServerPilot's answer lacks domains that were on the app, or has some that were removed. It is asked again before anything is changed.",
    remedy: "Nothing to do.",
  },
  "list-unstable": {
    severity: "warning",
    actor: "nobody",
    message:
      "ServerPilot's answers about the app's domains contradict each other, so nothing was changed.",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at ServerPilot's status page.",
  },
  "write-repeated": {
    severity: "warning",
    actor: "nobody",
    message:
      "The last change to the app had no good end; it is made again in a while.",
    remedy:
      "Nothing to do at first; “Sync now” makes it at once. If it stays, look at the server in the ServerPilot panel.",
  },
  "write-under-way": {
    severity: "waiting",
    actor: "nobody",
    message: "ServerPilot is carrying out a change to the app.",
    remedy: "Nothing to do.",
  },
  "another-installation": {
    severity: "critical",
    actor: "network-admin",
    message:
      "This WordPress and the sidecar do not use the same database, so the sidecar belongs to another installation.",
    remedy:
      "On a copy of the site, deactivate the plugin or set WU_SERVER_PILOT_SIDECAR_URL to a sidecar of its own. If this is the live site, correct the sidecar's DB_HOST, DB_NAME and TABLE_PREFIX.",
  },
  "app-suspect": {
    severity: "critical",
    actor: "network-admin",
    message:
      "Nothing shows that this network belongs to the ServerPilot app {app}: none of its domains is the network's, and the network does not answer there. Nothing is written.",
    remedy:
      "Check WU_SERVER_PILOT_APP_ID. If the app is right, approve it on the bridge's screen or with “domain-bridge sync --force --checksum {checksum}”.",
  },
  "app-taken": {
    severity: "critical",
    actor: "network-admin",
    message: "Another network of this sidecar ({network}) has the same app.",
    remedy:
      "Give each network an app of its own: check WU_SERVER_PILOT_APP_ID in both.",
  },
  "network-domain-missing": {
    severity: "critical",
    actor: "network-admin",
    message:
      "The network's own domain {domain} was on the app and is no longer there, so the network may not be reachable.",
    remedy:
      "If nobody moved it to another app on purpose, add it: on the bridge's screen, or in the ServerPilot panel.",
  },
} as const satisfies ReasonTexts;
