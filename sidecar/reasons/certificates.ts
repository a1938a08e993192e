import type { ReasonTexts } from "./reason";

/** DNS, certificates and what is served. */
export const certificateReasons = {
  "certificate-pending": {
    severity: "waiting",
    actor: "nobody",
    message:
      "The DNS is right; ServerPilot has not issued the certificate yet.",
    remedy: "Nothing to do: this usually takes 5 to 15 minutes.",
  },
  "dns-missing": {
    severity: "waiting",
    actor: "customer",
    message: "The DNS has no address for {name}.",
    remedy:
      "At the domain's DNS provider, add an A record for {name} with the address {expected}.",
  },
  "dns-elsewhere": {
    severity: "waiting",
    actor: "customer",
    message: "{name} points at {found}, but should point at {expected}.",
    remedy:
      "At the domain's DNS provider, change the A record of {name} to {expected}.",
  },
  "dns-ipv6-elsewhere": {
    severity: "waiting",
    actor: "customer",
    message: "The IPv6 address of {name} ({found}) is not this server.",
    remedy:
      "At the domain's DNS provider, remove the AAAA record of {name}: certificates are checked over IPv6 first.",
  },
  "dns-proxied": {
    severity: "ok",
    actor: "nobody",
    message: "{name} points at {network}, a proxy in front of the server.",
    remedy:
      "This can work. If the certificate does not come, switch the proxy off for {name} until it has come.",
  },
  "dns-unanswered": {
    severity: "warning",
    actor: "customer",
    message: "The DNS servers did not answer for {name} ({detail}).",
    remedy: "Check the domain's name servers; it is looked at again by itself.",
  },
  "certificate-lacks-name": {
    severity: "waiting",
    actor: "nobody",
    message: "The certificate does not cover {name} yet.",
    remedy:
      "Nothing to do at first: ServerPilot issues a new certificate for added names within 15 minutes.",
  },
  "certificate-not-served": {
    severity: "warning",
    actor: "nobody",
    message:
      "A certificate for {name} is available, but the server still serves another one.",
    remedy:
      "Nothing to do at first; it is enabled again by itself. If it stays, look at the app's SSL page in the ServerPilot panel.",
  },
  "certificate-expiring": {
    severity: "warning",
    actor: "network-admin",
    message: "The certificate of {name} ends on {date}.",
    remedy:
      "ServerPilot usually renews it earlier. Check that the DNS of every name on the certificate still points at the server.",
  },
  "certificate-expired": {
    severity: "critical",
    actor: "network-admin",
    message: "The certificate of {name} ended on {date}.",
    remedy:
      "Check the DNS of the names on the certificate and the app's SSL page in the ServerPilot panel.",
  },
  "certificate-untrusted": {
    severity: "action",
    actor: "network-admin",
    message:
      "Browsers do not trust the certificate that is served for {name} ({detail}).",
    remedy: "Look at the app's SSL page in the ServerPilot panel.",
  },
  "custom-certificate": {
    severity: "warning",
    actor: "network-admin",
    message:
      "A custom certificate is installed on the app, so AutoSSL cannot be used.",
    remedy:
      "Delete the custom certificate in the ServerPilot panel to let AutoSSL take over, or make sure that it covers {name}.",
  },
  "autossl-refused": {
    severity: "warning",
    actor: "network-admin",
    message: "ServerPilot refuses to enable AutoSSL: {message}",
    remedy: "Read ServerPilot's words; it is tried again by itself.",
  },
  "over-certificate-names": {
    severity: "warning",
    actor: "network-admin",
    message: "The app has {count} names; a certificate covers at most {limit}.",
    remedy:
      "Move some of the domains to another app, or leave out www names that nobody uses.",
  },
  "server-unreachable": {
    severity: "critical",
    actor: "operator",
    message: "The server does not answer at {address} ({detail}).",
    remedy: "Check that the web server runs and that port 443 is open.",
  },
  "not-checked-yet": {
    severity: "waiting",
    actor: "nobody",
    message:
      "The domain is on the app; its DNS and certificate are about to be checked.",
    remedy: "Nothing to do.",
  },
} as const satisfies ReasonTexts;
