import type { ReasonTexts } from "./reason";

/** Notifications to WordPress. */
export const wordpressReasons = {
  "wordpress-unreachable": {
    severity: "warning",
    actor: "operator",
    message: "WordPress cannot be reached at {url} ({detail}).",
    remedy: "Check WORDPRESS_URL; it is tried again by itself.",
  },
  "wordpress-refused": {
    severity: "action",
    actor: "operator",
    message: "WordPress refuses the notification ({detail}).",
    remedy:
      "Check that the plugin is active and that both sides have the same secret.",
  },
  "wordpress-redirects": {
    severity: "action",
    actor: "operator",
    message: "WordPress at {url} redirects the sidecar to {location}.",
    remedy:
      "Set WORDPRESS_URL to the address that WordPress itself uses, with https where the site has it.",
  },
  "wordpress-password": {
    severity: "action",
    actor: "operator",
    message: "WordPress at {url} is behind a password (HTTP authentication).",
    remedy:
      "Let requests from this machine through without a password, or at least those to /?rest_route=/domain-bridge/v1/.",
  },
  "wordpress-rest-closed": {
    severity: "action",
    actor: "network-admin",
    message: "A plugin closes WordPress's REST API for the sidecar ({detail}).",
    remedy:
      "Allow the route domain-bridge/v1 in the plugin that restricts the REST API; requests to it are signed.",
  },
  "wordpress-firewall": {
    severity: "action",
    actor: "operator",
    message:
      "Something in front of WordPress refuses the sidecar's requests ({detail}), such as a firewall.",
    remedy:
      "Allow POST requests to /?rest_route=/domain-bridge/v1/ from this machine in the firewall or security plugin.",
  },
  "wordpress-maintenance": {
    severity: "waiting",
    actor: "nobody",
    message: "WordPress at {url} is in maintenance.",
    remedy:
      "Nothing to do; it is tried again by itself. If it stays, delete the file .maintenance in WordPress's folder.",
  },
  "wordpress-broken": {
    severity: "action",
    actor: "network-admin",
    message: "WordPress answers with an error of its own ({detail}).",
    remedy:
      "Look into WordPress's error log: usually another plugin fails. It is tried again by itself.",
  },
  "plugin-missing": {
    severity: "critical",
    actor: "network-admin",
    message:
      "WordPress at {url} no longer has the plugin, so the sidecar leaves the app alone.",
    remedy:
      "Activate the plugin again, and the work goes on by itself; or stop the sidecar, if Ultimate Multisite's own ServerPilot code is to work instead.",
  },
} as const satisfies ReasonTexts;
