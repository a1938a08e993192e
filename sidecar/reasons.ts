/**
 * Every reason that the bridge can give, defined once: the plugin's translatable catalogue and the troubleshooting page
 * are generated from here. `{name}` in a text is replaced by the parameter of that name.
 */
interface ReasonText {
  message: string;
  remedy: string;
}

export type ReasonParams = Readonly<Record<string, string | number>>;

export const reasons = {
  // Names that cannot be put on an app.
  "hostname-empty": {
    message: "The mapping has no domain name.",
    remedy: "Edit the mapping and enter a domain name, or delete the mapping.",
  },
  "hostname-too-long": {
    message: "The domain name is longer than 253 characters.",
    remedy: "Map a shorter domain name.",
  },
  "hostname-label-too-long": {
    message:
      "The part “{label}” of the domain name is longer than 63 characters.",
    remedy:
      "Map a domain name whose parts between the dots have at most 63 characters.",
  },
  "hostname-invalid-character": {
    message:
      "The domain name contains “{character}”, which is not allowed in a host name.",
    remedy:
      "Edit the mapping: a domain name has letters, digits, hyphens and dots only.",
  },
  "hostname-invalid-label": {
    message:
      "The part “{label}” of the domain name is empty or begins or ends with a hyphen.",
    remedy: "Correct the domain name in the mapping.",
  },
  "hostname-wildcard": {
    message: "Wildcard names cannot be mapped to a ServerPilot app.",
    remedy: "Map each name that is needed by itself.",
  },
  "hostname-is-ip": {
    message: "An IP address is not a domain name.",
    remedy: "Map the domain name whose DNS points at this address.",
  },
  "hostname-single-label": {
    message: "“{label}” has no top-level domain.",
    remedy: "Enter the full domain name, such as example.com.",
  },
  "hostname-idn-invalid": {
    message:
      "The international domain name cannot be written in ASCII (UTS 46).",
    remedy: "Enter the name in its xn-- form as the registrar shows it.",
  },
  "over-capacity": {
    message:
      "The ServerPilot app already has {capacity} domains, which is the most an app can have.",
    remedy:
      "Remove domains that are no longer needed; this one is added by itself when there is room.",
  },
  "waiting-for-pass": {
    message: "The domain is about to be added to the ServerPilot app.",
    remedy: "Nothing to do.",
  },
  "removal-waiting": {
    message:
      "The domain is no longer mapped and is about to be removed from the ServerPilot app.",
    remedy: "Nothing to do, unless the plan is held for approval.",
  },
  // The database.
  "database-unreachable": {
    message: "The database does not answer ({code}).",
    remedy:
      "Check that the database server runs and that DB_HOST is right; it is tried again by itself.",
  },
  "database-access-denied": {
    message: "The database refuses the sidecar's account ({code}).",
    remedy: "Check DB_USER, DB_PASSWORD and the grants in the README.",
  },
  "database-not-found": {
    message: "The database {database} does not exist.",
    remedy: "Check DB_NAME.",
  },
  "database-busy": {
    message: "The database cannot do the work right now ({code}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at the database server.",
  },
  "table-missing": {
    message: "The table {table} does not exist.",
    remedy:
      "Check TABLE_PREFIX and that Ultimate Multisite's setup is finished.",
  },
  "column-missing": {
    message: "A column that is needed is missing in the table {table}.",
    remedy:
      "Update Ultimate Multisite, or report its version to the developers of the bridge.",
  },
  // ServerPilot.
  "credentials-missing": {
    message: "The sidecar does not know {missing}.",
    remedy:
      "Define {missing} in wp-config.php and enable ServerPilot in Ultimate Multisite's settings.",
  },
  "serverpilot-credentials-invalid": {
    message: "ServerPilot refuses the client id or the API key.",
    remedy:
      "Check WU_SERVER_PILOT_CLIENT_ID and WU_SERVER_PILOT_API_KEY in wp-config.php; making a new API key ends the old one.",
  },
  "serverpilot-payment-required": {
    message: "ServerPilot says that the account has no valid credit card.",
    remedy:
      "The owner of the ServerPilot account has to update the billing details.",
  },
  "serverpilot-forbidden": {
    message: "ServerPilot does not allow this account to change the app.",
    remedy:
      "Use the API key of the account that owns the app, or ask its owner for permission.",
  },
  "serverpilot-app-not-found": {
    message: "ServerPilot has no app {appId} in this account.",
    remedy:
      "Check WU_SERVER_PILOT_APP_ID in wp-config.php: it is the id in the app's address in the ServerPilot panel.",
  },
  "serverpilot-not-found": {
    message: "ServerPilot does not know {resource}.",
    remedy: "Nothing to do at first; it is tried again by itself.",
  },
  "serverpilot-rejected": {
    message: "ServerPilot refuses the request: {message}",
    remedy:
      "Read ServerPilot's words; if a domain name is named there, correct or delete its mapping.",
  },
  "serverpilot-conflict": {
    message: "ServerPilot is busy with another change to the app.",
    remedy: "Nothing to do; it is tried again by itself.",
  },
  "serverpilot-rate-limited": {
    message: "ServerPilot asks for fewer requests.",
    remedy: "Nothing to do; it is tried again when ServerPilot allows it.",
  },
  "serverpilot-unavailable": {
    message: "ServerPilot's API does not answer properly ({detail}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at ServerPilot's status page and the server's outgoing connections.",
  },
  "serverpilot-unreadable": {
    message: "ServerPilot's answer cannot be read ({detail}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, report it to the developers of the bridge.",
  },
  "serverpilot-budget-spent": {
    message:
      "The number of API calls allowed per minute for this ServerPilot account is used up.",
    remedy: "Nothing to do; the work goes on by itself.",
  },
  "action-failed": {
    message: "ServerPilot could not finish the change on the server.",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at the server in the ServerPilot panel.",
  },
  "action-unfinished": {
    message:
      "ServerPilot has not finished the change on the server after {minutes} minutes.",
    remedy:
      "Check in the ServerPilot panel that the server is connected; it is looked at again by itself.",
  },
  "list-not-as-written": {
    message:
      "The app's list of domains is not what was written; somebody else may have changed it at the same moment.",
    remedy: "Nothing to do; the list is compared and written again.",
  },
  // The pass.
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
  // Certificates.
  "certificate-pending": {
    message:
      "The DNS is right; ServerPilot has not issued the certificate yet.",
    remedy: "Nothing to do: this usually takes 5 to 15 minutes.",
  },
  "dns-missing": {
    message: "The DNS has no address for {name}.",
    remedy:
      "At the domain's DNS provider, add an A record for {name} with the address {expected}.",
  },
  "dns-elsewhere": {
    message: "{name} points at {found}, but should point at {expected}.",
    remedy:
      "At the domain's DNS provider, change the A record of {name} to {expected}.",
  },
  "dns-ipv6-elsewhere": {
    message: "The IPv6 address of {name} ({found}) is not this server.",
    remedy:
      "At the domain's DNS provider, remove the AAAA record of {name}: certificates are checked over IPv6 first.",
  },
  "dns-proxied": {
    message: "{name} points at {network}, a proxy in front of the server.",
    remedy:
      "This can work. If the certificate does not come, switch the proxy off for {name} until it has come.",
  },
  "dns-unanswered": {
    message: "The DNS servers did not answer for {name} ({detail}).",
    remedy: "Check the domain's name servers; it is looked at again by itself.",
  },
  "certificate-lacks-name": {
    message: "The certificate does not cover {name} yet.",
    remedy:
      "Nothing to do at first: ServerPilot issues a new certificate for added names within 15 minutes.",
  },
  "certificate-not-served": {
    message:
      "A certificate for {name} is available, but the server still serves another one.",
    remedy:
      "Nothing to do at first; it is enabled again by itself. If it stays, look at the app's SSL page in the ServerPilot panel.",
  },
  "certificate-expiring": {
    message: "The certificate of {name} ends on {date}.",
    remedy:
      "ServerPilot usually renews it earlier. Check that the DNS of every name on the certificate still points at the server.",
  },
  "certificate-expired": {
    message: "The certificate of {name} ended on {date}.",
    remedy:
      "Check the DNS of the names on the certificate and the app's SSL page in the ServerPilot panel.",
  },
  "certificate-untrusted": {
    message:
      "Browsers do not trust the certificate that is served for {name} ({detail}).",
    remedy: "Look at the app's SSL page in the ServerPilot panel.",
  },
  "custom-certificate": {
    message:
      "A custom certificate is installed on the app, so AutoSSL cannot be used.",
    remedy:
      "Delete the custom certificate in the ServerPilot panel to let AutoSSL take over, or make sure that it covers {name}.",
  },
  "autossl-refused": {
    message: "ServerPilot refuses to enable AutoSSL: {message}",
    remedy: "Read ServerPilot's words; it is tried again by itself.",
  },
  "over-certificate-names": {
    message: "The app has {count} names; a certificate covers at most {limit}.",
    remedy:
      "Move some of the domains to another app, or leave out www names that nobody uses.",
  },
  "server-unreachable": {
    message: "The server does not answer at {address} ({detail}).",
    remedy: "Check that the web server runs and that port 443 is open.",
  },
  // Requests to the sidecar.
  "signature-missing": {
    message: "The request is not signed.",
    remedy:
      "Sign the request as the Standard Webhooks specification and the README say.",
  },
  "signature-invalid": {
    message: "The request's signature does not match.",
    remedy:
      "The secret in WordPress and the sidecar's SIDECAR_SECRET must be the same.",
  },
  "signature-expired": {
    message: "The request's time is {seconds} seconds off.",
    remedy: "Set the clocks of both machines (NTP).",
  },
  "request-replayed": {
    message: "A request with this id was accepted before.",
    remedy: "Send every request with an id of its own.",
  },
  "body-too-large": {
    message: "The request's body is larger than {limit} bytes.",
    remedy: "Send fewer events in one request.",
  },
  "body-not-json": {
    message: "The request's body must be JSON.",
    remedy: "Send the header content-type: application/json.",
  },
  "body-malformed": {
    message: "The request's body is not valid JSON.",
    remedy: "Correct the body.",
  },
  "body-invalid": {
    message: "The request's body is not as expected: {detail}",
    remedy: "Correct the body; /openapi.json describes it.",
  },
  "network-unknown": {
    message: "The sidecar does not serve the network “{network}”.",
    remedy: "Check the network's id in the sidecar's configuration.",
  },
  "route-unknown": {
    message: "There is no such address.",
    remedy: "/openapi.json lists the addresses.",
  },
  "method-not-allowed": {
    message: "{method} is not possible here.",
    remedy: "/openapi.json lists the addresses and their methods.",
  },
  "request-malformed": {
    message: "The request cannot be read as HTTP ({detail}).",
    remedy: "Check what stands between WordPress and the sidecar.",
  },
  "rate-limited": {
    message: "There are too many requests.",
    remedy: "Try again in {seconds} seconds.",
  },
  "metrics-forbidden": {
    message: "The metrics are for this machine alone.",
    remedy: "Set METRICS_TOKEN and send it as a bearer token.",
  },
  "metrics-token-wrong": {
    message: "The bearer token is missing or wrong.",
    remedy: "Send the value of METRICS_TOKEN as a bearer token.",
  },
  "shutting-down": {
    message: "The sidecar is stopping.",
    remedy: "Try again in a moment.",
  },
  // WordPress.
  "wordpress-unreachable": {
    message: "WordPress cannot be reached at {url} ({detail}).",
    remedy: "Check WORDPRESS_URL; it is tried again by itself.",
  },
  "wordpress-refused": {
    message: "WordPress refuses the notification ({detail}).",
    remedy:
      "Check that the plugin is active and that both sides have the same secret.",
  },
} as const satisfies Record<string, ReasonText>;

export type ReasonCode = keyof typeof reasons;

/** The English text of a reason with its parameters filled in. */
export function describeReason(
  code: ReasonCode,
  params: ReasonParams,
): ReasonText {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, key: string) =>
      key in params ? String(params[key]) : whole,
    );
  return {
    message: fill(reasons[code].message),
    remedy: fill(reasons[code].remedy),
  };
}

/** True for a code that this version knows. */
export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(reasons, code);
}
