import type { ReasonTexts } from "./reason";

/** ServerPilot's API and what it did with a change. */
export const serverPilotReasons = {
  "credentials-missing": {
    severity: "critical",
    actor: "network-admin",
    message: "The sidecar does not know {missing}.",
    remedy:
      "Define {missing} in wp-config.php and enable ServerPilot in Ultimate Multisite's settings.",
  },
  "serverpilot-credentials-invalid": {
    severity: "critical",
    actor: "network-admin",
    message: "ServerPilot refuses the client id or the API key.",
    remedy:
      "Check WU_SERVER_PILOT_CLIENT_ID and WU_SERVER_PILOT_API_KEY in wp-config.php; making a new API key ends the old one.",
  },
  "serverpilot-payment-required": {
    severity: "critical",
    actor: "network-admin",
    message: "ServerPilot says that the account has no valid credit card.",
    remedy:
      "The owner of the ServerPilot account has to update the billing details.",
  },
  "serverpilot-forbidden": {
    severity: "critical",
    actor: "network-admin",
    message: "ServerPilot does not allow this account to change the app.",
    remedy:
      "Use the API key of the account that owns the app, or ask its owner for permission.",
  },
  "serverpilot-app-not-found": {
    severity: "critical",
    actor: "network-admin",
    message: "ServerPilot has no app {appId} in this account.",
    remedy:
      "Check WU_SERVER_PILOT_APP_ID in wp-config.php: it is the id in the app's address in the ServerPilot panel.",
  },
  "serverpilot-not-found": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot does not know {resource}.",
    remedy: "Nothing to do at first; it is tried again by itself.",
  },
  "serverpilot-rejected": {
    severity: "action",
    actor: "network-admin",
    message: "ServerPilot refuses the request: {message}",
    remedy:
      "Read ServerPilot's words; if a domain name is named there, correct or delete its mapping.",
  },
  "serverpilot-conflict": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot is busy with another change to the app. {message}",
    remedy: "Nothing to do; it is tried again by itself.",
  },
  "serverpilot-rate-limited": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot asks for fewer requests.",
    remedy: "Nothing to do; it is tried again when ServerPilot allows it.",
  },
  "serverpilot-unavailable": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot's API does not answer properly ({detail}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at ServerPilot's status page and the server's outgoing connections.",
  },
  "serverpilot-unreadable": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot's answer cannot be read ({detail}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, report it to the developers of the bridge.",
  },
  "serverpilot-budget-spent": {
    severity: "waiting",
    actor: "nobody",
    message:
      "The number of API calls allowed per minute for this ServerPilot account is used up.",
    remedy: "Nothing to do; the work goes on by itself.",
  },
  "action-failed": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot could not finish the change on the server.",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at the server in the ServerPilot panel.",
  },
  "action-unfinished": {
    severity: "warning",
    actor: "operator",
    message:
      "ServerPilot has not finished the change on the server after {minutes} minutes.",
    remedy:
      "Check in the ServerPilot panel that the server is connected; it is checked again by itself.",
  },
  "list-not-as-written": {
    severity: "warning",
    actor: "nobody",
    message:
      "The app's list of domains is not what was written; somebody else may have changed it at the same moment.",
    remedy: "Nothing to do; the list is compared and written again.",
  },
  "list-too-old": {
    severity: "waiting",
    actor: "nobody",
    message:
      "Too much time passed between reading the app's domains and writing them, so nothing was written.",
    remedy:
      "Nothing to do; it is read and planned again. If it stays, look at what slows the database down.",
  },
  "write-unanswered": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot did not answer whether it took the list of domains.",
    remedy: "Nothing to do; the list is read and written again.",
  },
} as const satisfies ReasonTexts;
