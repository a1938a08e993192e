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
      "At the domain's DNS provider, add an A record with the name {host} and the address {expected}.",
  },
  "dns-not-registered": {
    severity: "action",
    actor: "customer",
    message:
      "The domain {zone} does not exist: it is not registered, has lapsed, or was put on hold.",
    remedy:
      "Register or renew {zone} at its registrar, or correct a typing error in the mapping.",
  },
  "dns-elsewhere": {
    severity: "waiting",
    actor: "customer",
    message: "{name} points at {found}, but should point at {expected}.",
    remedy:
      "At the domain's DNS provider, replace the records with the name {host} by one A record with the address {expected}.",
  },
  "dns-partly-elsewhere": {
    severity: "waiting",
    actor: "customer",
    message: "Some of the addresses of {name} are not this server: {found}.",
    remedy:
      "At the domain's DNS provider, delete the records with the name {host} that have {found}; {expected} stays.",
  },
  "dns-apex-cname": {
    severity: "waiting",
    actor: "customer",
    message:
      "{name} has a CNAME record to {found}, which does not lead to this server.",
    remedy:
      "At the domain's DNS provider, delete the CNAME (or ALIAS) record with the name {host} and add an A record with the address {expected}.",
  },
  "dns-alternates": {
    severity: "warning",
    actor: "customer",
    message:
      "The DNS of {name} keeps changing between answers; the last one was {found}.",
    remedy:
      "All name servers of the domain must have the same records with the address {expected}. Check that the registrar names the right name servers only.",
  },
  "dns-ipv6-elsewhere": {
    severity: "waiting",
    actor: "customer",
    message: "The IPv6 address of {name} ({found}) is not this server.",
    remedy:
      "At the domain's DNS provider, delete the AAAA record with the name {host}: certificates are checked over IPv6 first.",
  },
  "dns-proxied": {
    severity: "ok",
    actor: "nobody",
    message: "{name} points at {network}, a proxy in front of the server.",
    remedy:
      "This can work. If the certificate does not come, switch the proxy off for {name} until it has come.",
  },
  "cdn-not-reaching": {
    severity: "action",
    actor: "customer",
    message:
      "{name} is behind {network}, which does not reach this network ({detail}).",
    remedy:
      "At {network}, set the record to “DNS only” until the domain is live; then switch the proxy on again with the encryption mode “Full (strict)”.",
  },
  "redirect-loop": {
    severity: "action",
    actor: "network-admin",
    message: "{name} redirects for ever.",
    remedy:
      "Behind Cloudflare, set the encryption mode to “Full (strict)”. Else look for redirects between http and https, or with and without www, in the site's plugins and .htaccess.",
  },
  "redirects-elsewhere": {
    severity: "action",
    actor: "network-admin",
    message: "{name} leads to the server, which redirects it to {host}.",
    remedy:
      "Remove the redirect in the app's .htaccess or nginx configuration, or in the other app that has the domain.",
  },
  "another-site": {
    severity: "action",
    actor: "network-admin",
    message:
      "Another site than this network answers for {name} at {address} (HTTP {status}).",
    remedy:
      "Look in the ServerPilot panel for another app or server that has the domain, and for a cache or proxy in front of the server.",
  },
  "taken-by-app": {
    severity: "action",
    actor: "network-admin",
    message:
      "{name} is also on the ServerPilot app “{app}” of the same server, which gets its visitors.",
    remedy:
      "Remove {name} from the app “{app}” in the ServerPilot panel: of several apps, the one whose name comes first in the alphabet answers.",
  },
  "error-page": {
    severity: "warning",
    actor: "network-admin",
    message: "{name} answers with an error (HTTP {status}).",
    remedy:
      "Open the site. 401 and 403 are a password or a firewall in front of it; 500 and above are an error of WordPress or the server, which its logs explain.",
  },
  "only-www-mapped": {
    severity: "ok",
    actor: "nobody",
    message: "{name} is set up; {bare} without www is not.",
    remedy:
      "Visitors often leave out the www. Map {bare} as well, or in its place: its www comes with it.",
  },
  "dns-unanswered": {
    severity: "warning",
    actor: "customer",
    message: "The DNS servers did not answer for {name} ({detail}).",
    remedy: "Check the domain's name servers; it is checked again by itself.",
  },
  "certificate-lacks-name": {
    severity: "waiting",
    actor: "nobody",
    message: "The certificate does not cover {name} yet.",
    remedy:
      "Nothing to do: ServerPilot issues a new certificate for added names, usually within 15 minutes.",
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
  "autossl-exhausted": {
    severity: "action",
    actor: "network-admin",
    message:
      "AutoSSL was enabled {count} times within a day without a new certificate. The last answer: {message}",
    remedy:
      "Look at the app's SSL page in the ServerPilot panel. It is tried again by itself tomorrow.",
  },
  "ssl-unreadable": {
    severity: "warning",
    actor: "nobody",
    message: "ServerPilot's answer about the app's SSL is not understood.",
    remedy:
      "Nothing to do at first: certificates are judged by what the server presents. If it stays, update the bridge.",
  },
  "caa-forbids": {
    severity: "action",
    actor: "customer",
    message:
      "The CAA records of {at} ({found}) forbid Let's Encrypt to issue a certificate for {name}.",
    remedy:
      'At the domain\'s DNS provider, add to {at} the CAA record: 0 issue "letsencrypt.org".',
  },
  "caa-unanswered": {
    severity: "action",
    actor: "customer",
    message:
      "The name servers of {at} do not answer for CAA records ({detail}), so that no certificate can be issued for {name}.",
    remedy:
      "Ask the domain's DNS provider to answer questions for CAA records, or move the DNS to another provider.",
  },
  "port-80-closed": {
    severity: "action",
    actor: "operator",
    message:
      "{name} does not answer at {address} on port 80 ({detail}), where Let's Encrypt checks it.",
    remedy:
      "Open port 80 in the firewalls of the server and its provider, and check that nginx runs.",
  },
  "challenge-blocked": {
    severity: "action",
    actor: "network-admin",
    message:
      "Let's Encrypt's check of {name} below /.well-known/acme-challenge/ is refused ({detail}).",
    remedy:
      "Let /.well-known/ through in security plugins, .htaccess, password protection and any proxy in front of the site.",
  },
  "rate-limit-suspected": {
    severity: "action",
    actor: "network-admin",
    message:
      "No certificate has come for {name}, though its DNS, its CAA records and port 80 are right. Let's Encrypt's limits may be the cause.",
    remedy:
      "Wait a week without changing the app's domains: Let's Encrypt issues 5 certificates for the same names in 7 days, and pauses for an hour after 5 failed checks of a name. Then ask ServerPilot's support.",
  },
  "force-ssl-waiting": {
    severity: "waiting",
    actor: "nobody",
    message:
      "ForceSSL is not on yet: {count} domains have no certificate ({names}).",
    remedy:
      "Nothing to do here: it is turned on once every domain is secure. See what each of these domains needs.",
  },
  "force-ssl-foreign": {
    severity: "warning",
    actor: "network-admin",
    message:
      "ForceSSL is not on: {count} domains of the app that are not mapped have no certificate ({names}).",
    remedy:
      "Remove them from the app in the ServerPilot panel, or correct their DNS so that AutoSSL covers them.",
  },
  "force-ssl-proxied": {
    severity: "warning",
    actor: "network-admin",
    message:
      "ForceSSL is not on: {count} domains are behind a proxy ({names}), which may redirect for ever.",
    remedy:
      "Set each proxy to “Full (strict)”, then set WU_SERVER_PILOT_FORCE_SSL to 'proxied' in wp-config.php. Or let the proxy redirect to https.",
  },
  "force-ssl-without-autossl": {
    severity: "warning",
    actor: "network-admin",
    message: "ForceSSL is not on: AutoSSL is not on for the app.",
    remedy:
      "It is turned on once AutoSSL is and every domain is secure. With a custom certificate, turn ForceSSL on in the ServerPilot panel.",
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
