<?php
/**
 * The sidecar's reasons: code => array( message, remedy ). Generated from its source; do not edit.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

return array(
	'hostname-empty' => array(
		__( 'The mapping has no domain name.', 'domain-bridge-for-serverpilot' ),
		__( 'Edit the mapping and enter a domain name, or delete the mapping.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-too-long' => array(
		__( 'The domain name is longer than 253 characters.', 'domain-bridge-for-serverpilot' ),
		__( 'Map a shorter domain name.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-label-too-long' => array(
		__( 'The part “{label}” of the domain name is longer than 63 characters.', 'domain-bridge-for-serverpilot' ),
		__( 'Map a domain name whose parts between the dots have at most 63 characters.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-invalid-character' => array(
		__( 'The domain name contains “{character}”, which is not allowed in a host name.', 'domain-bridge-for-serverpilot' ),
		__( 'Edit the mapping: a domain name has letters, digits, hyphens and dots only.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-invalid-label' => array(
		__( 'The part “{label}” of the domain name is empty or begins or ends with a hyphen.', 'domain-bridge-for-serverpilot' ),
		__( 'Correct the domain name in the mapping.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-wildcard' => array(
		__( 'Wildcard names cannot be mapped to a ServerPilot app.', 'domain-bridge-for-serverpilot' ),
		__( 'Map each name that is needed by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-is-ip' => array(
		__( 'An IP address is not a domain name.', 'domain-bridge-for-serverpilot' ),
		__( 'Map the domain name whose DNS points at this address.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-single-label' => array(
		__( '“{label}” has no top-level domain.', 'domain-bridge-for-serverpilot' ),
		__( 'Enter the full domain name, such as example.com.', 'domain-bridge-for-serverpilot' ),
	),
	'hostname-idn-invalid' => array(
		__( 'The international domain name cannot be written in ASCII (UTS 46).', 'domain-bridge-for-serverpilot' ),
		__( 'Enter the name in its xn-- form as the registrar shows it.', 'domain-bridge-for-serverpilot' ),
	),
	'over-capacity' => array(
		__( 'The ServerPilot app already has {capacity} domains, which is the most an app can have.', 'domain-bridge-for-serverpilot' ),
		__( 'Remove domains that are no longer needed; this one is added by itself when there is room.', 'domain-bridge-for-serverpilot' ),
	),
	'waiting-for-pass' => array(
		__( 'The domain is about to be added to the ServerPilot app.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do.', 'domain-bridge-for-serverpilot' ),
	),
	'removal-waiting' => array(
		__( 'The domain is no longer mapped and is about to be removed from the ServerPilot app.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do, unless the plan is held for approval.', 'domain-bridge-for-serverpilot' ),
	),
	'refused-by-serverpilot' => array(
		__( 'ServerPilot refuses this domain: {message}', 'domain-bridge-for-serverpilot' ),
		__( 'Read ServerPilot\'s words and correct the mapping or the other app that has the domain. It is tried again by itself, less and less often; “Try again” does so at once.', 'domain-bridge-for-serverpilot' ),
	),
	'dropped-by-serverpilot' => array(
		__( 'ServerPilot accepted the list of domains, but left this one out of it.', 'domain-bridge-for-serverpilot' ),
		__( 'Add the domain in the ServerPilot panel to see what ServerPilot says. It is tried again by itself, less and less often; “Try again” does so at once.', 'domain-bridge-for-serverpilot' ),
	),
	'database-unreachable' => array(
		__( 'The database does not answer ({code}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check that the database server runs and that DB_HOST is right; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'database-access-denied' => array(
		__( 'The database refuses the sidecar\'s account ({code}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check DB_USER, DB_PASSWORD and the grants in the README.', 'domain-bridge-for-serverpilot' ),
	),
	'database-account-locked' => array(
		__( 'The database account of the sidecar is locked.', 'domain-bridge-for-serverpilot' ),
		__( 'Unlock it as the database\'s administrator: ALTER USER … ACCOUNT UNLOCK.', 'domain-bridge-for-serverpilot' ),
	),
	'database-tls-required' => array(
		__( 'The database accepts this account only over an encrypted connection (TLS).', 'domain-bridge-for-serverpilot' ),
		__( 'Set DB_TLS=required, or DB_TLS=verified with the database\'s CA file in DB_TLS_CA.', 'domain-bridge-for-serverpilot' ),
	),
	'database-tls-missing' => array(
		__( 'DB_TLS asks for an encrypted connection, but the database offers none.', 'domain-bridge-for-serverpilot' ),
		__( 'Turn on TLS in the database server, or set DB_TLS=off.', 'domain-bridge-for-serverpilot' ),
	),
	'database-certificate-untrusted' => array(
		__( 'The database\'s certificate is not trusted ({why}).', 'domain-bridge-for-serverpilot' ),
		__( 'Set DB_TLS_CA to the file of the CA that signed it, and DB_HOST to a name that the certificate is for.', 'domain-bridge-for-serverpilot' ),
	),
	'database-read-only' => array(
		__( 'The database cannot be written to ({code}): it is read-only.', 'domain-bridge-for-serverpilot' ),
		__( 'Set DB_HOST to the primary server, not to a replica. During a failover nothing is to do; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'database-not-found' => array(
		__( 'The database {database} does not exist.', 'domain-bridge-for-serverpilot' ),
		__( 'Check DB_NAME.', 'domain-bridge-for-serverpilot' ),
	),
	'database-busy' => array(
		__( 'The database cannot do the work right now ({code}).', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself. If it stays, look at the database server.', 'domain-bridge-for-serverpilot' ),
	),
	'table-missing' => array(
		__( 'The table {table} does not exist.', 'domain-bridge-for-serverpilot' ),
		__( 'Check TABLE_PREFIX and that Ultimate Multisite\'s setup is finished.', 'domain-bridge-for-serverpilot' ),
	),
	'column-missing' => array(
		__( 'A column that is needed is missing in the table {table}.', 'domain-bridge-for-serverpilot' ),
		__( 'Update Ultimate Multisite, or report its version to the developers of the bridge.', 'domain-bridge-for-serverpilot' ),
	),
	'schema-newer' => array(
		__( 'A newer version of the sidecar has changed the tables, so this one writes nothing.', 'domain-bridge-for-serverpilot' ),
		__( 'Stop this sidecar and start the newer version.', 'domain-bridge-for-serverpilot' ),
	),
	'credentials-missing' => array(
		__( 'The sidecar does not know {missing}.', 'domain-bridge-for-serverpilot' ),
		__( 'Define {missing} in wp-config.php and enable ServerPilot in Ultimate Multisite\'s settings.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-credentials-invalid' => array(
		__( 'ServerPilot refuses the client id or the API key.', 'domain-bridge-for-serverpilot' ),
		__( 'Check WU_SERVER_PILOT_CLIENT_ID and WU_SERVER_PILOT_API_KEY in wp-config.php; making a new API key ends the old one.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-payment-required' => array(
		__( 'ServerPilot says that the account has no valid credit card.', 'domain-bridge-for-serverpilot' ),
		__( 'The owner of the ServerPilot account has to update the billing details.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-forbidden' => array(
		__( 'ServerPilot does not allow this account to change the app.', 'domain-bridge-for-serverpilot' ),
		__( 'Use the API key of the account that owns the app, or ask its owner for permission.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-app-not-found' => array(
		__( 'ServerPilot has no app {appId} in this account.', 'domain-bridge-for-serverpilot' ),
		__( 'Check WU_SERVER_PILOT_APP_ID in wp-config.php: it is the id in the app\'s address in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-not-found' => array(
		__( 'ServerPilot does not know {resource}.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-rejected' => array(
		__( 'ServerPilot refuses the request: {message}', 'domain-bridge-for-serverpilot' ),
		__( 'Read ServerPilot\'s words; if a domain name is named there, correct or delete its mapping.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-conflict' => array(
		__( 'ServerPilot is busy with another change to the app. {message}', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-rate-limited' => array(
		__( 'ServerPilot asks for fewer requests.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is tried again when ServerPilot allows it.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-unavailable' => array(
		__( 'ServerPilot\'s API does not answer properly ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself. If it stays, look at ServerPilot\'s status page and the server\'s outgoing connections.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-unreadable' => array(
		__( 'ServerPilot\'s answer cannot be read ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself. If it stays, report it to the developers of the bridge.', 'domain-bridge-for-serverpilot' ),
	),
	'serverpilot-budget-spent' => array(
		__( 'The number of API calls allowed per minute for this ServerPilot account is used up.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; the work goes on by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'action-failed' => array(
		__( 'ServerPilot could not finish the change on the server.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself. If it stays, look at the server in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'action-unfinished' => array(
		__( 'ServerPilot has not finished the change on the server after {minutes} minutes.', 'domain-bridge-for-serverpilot' ),
		__( 'Check in the ServerPilot panel that the server is connected; it is checked again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'list-not-as-written' => array(
		__( 'The app\'s list of domains is not what was written; somebody else may have changed it at the same moment.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; the list is compared and written again.', 'domain-bridge-for-serverpilot' ),
	),
	'list-too-old' => array(
		__( 'Too much time passed between reading the app\'s domains and writing them, so nothing was written.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is read and planned again. If it stays, look at what slows the database down.', 'domain-bridge-for-serverpilot' ),
	),
	'write-unanswered' => array(
		__( 'ServerPilot did not answer whether it took the list of domains.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; the list is read and written again.', 'domain-bridge-for-serverpilot' ),
	),
	'network-not-registered' => array(
		__( 'WordPress has not registered this network with the sidecar yet.', 'domain-bridge-for-serverpilot' ),
		__( 'Enable ServerPilot in Ultimate Multisite\'s settings, or open the bridge\'s screen once.', 'domain-bridge-for-serverpilot' ),
	),
	'integration-disabled' => array(
		__( 'ServerPilot is not enabled in Ultimate Multisite\'s settings, so the app is left as it is.', 'domain-bridge-for-serverpilot' ),
		__( 'Enable ServerPilot under Ultimate Multisite → Settings → Integrations.', 'domain-bridge-for-serverpilot' ),
	),
	'lock-held' => array(
		__( 'Another sidecar is working on this network.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is tried again in a moment.', 'domain-bridge-for-serverpilot' ),
	),
	'lock-lost' => array(
		__( 'The database lock was lost before the change was written, so nothing was written.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'plan-held' => array(
		__( '{removals} of {owned} domains would be removed ({percent} %) that Ultimate Multisite did not report as deleted.', 'domain-bridge-for-serverpilot' ),
		__( 'Look at the held plan. If the removals are right, approve it; if not, restore the mapping table.', 'domain-bridge-for-serverpilot' ),
	),
	'plan-changed' => array(
		__( 'The plan is no longer the one that was shown.', 'domain-bridge-for-serverpilot' ),
		__( 'Look at the new plan and decide again.', 'domain-bridge-for-serverpilot' ),
	),
	'stopped' => array(
		__( 'The sidecar was stopped during the work.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; the work goes on when the sidecar runs again.', 'domain-bridge-for-serverpilot' ),
	),
	'internal-error' => array(
		__( 'The sidecar met an error of its own.', 'domain-bridge-for-serverpilot' ),
		__( 'Look into the sidecar\'s log and report it to the developers of the bridge.', 'domain-bridge-for-serverpilot' ),
	),
	'list-in-doubt' => array(
		__( 'ServerPilot\'s answer lacks domains that were on the app, or has some that were removed. It is asked again before anything is changed.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do.', 'domain-bridge-for-serverpilot' ),
	),
	'list-unstable' => array(
		__( 'ServerPilot\'s answers about the app\'s domains contradict each other, so nothing was changed.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is tried again by itself. If it stays, look at ServerPilot\'s status page.', 'domain-bridge-for-serverpilot' ),
	),
	'write-repeated' => array(
		__( 'The last change to the app had no good end; it is made again in a while.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; “Sync now” makes it at once. If it stays, look at the server in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'write-under-way' => array(
		__( 'ServerPilot is carrying out a change to the app.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do.', 'domain-bridge-for-serverpilot' ),
	),
	'another-installation' => array(
		__( 'This WordPress and the sidecar do not use the same database, so the sidecar belongs to another installation.', 'domain-bridge-for-serverpilot' ),
		__( 'On a copy of the site, deactivate the plugin or set WU_SERVER_PILOT_SIDECAR_URL to a sidecar of its own. If this is the live site, correct the sidecar\'s DB_HOST, DB_NAME and TABLE_PREFIX.', 'domain-bridge-for-serverpilot' ),
	),
	'app-suspect' => array(
		__( 'Nothing shows that this network belongs to the ServerPilot app {app}: none of its domains is the network\'s, and the network does not answer there. Nothing is written.', 'domain-bridge-for-serverpilot' ),
		__( 'Check WU_SERVER_PILOT_APP_ID. If the app is right, approve it on the bridge\'s screen or with “domain-bridge sync --force --checksum {checksum}”.', 'domain-bridge-for-serverpilot' ),
	),
	'app-taken' => array(
		__( 'Another network of this sidecar ({network}) has the same app.', 'domain-bridge-for-serverpilot' ),
		__( 'Give each network an app of its own: check WU_SERVER_PILOT_APP_ID in both.', 'domain-bridge-for-serverpilot' ),
	),
	'network-domain-missing' => array(
		__( 'The network\'s own domain {domain} was on the app and is no longer there, so the network may not be reachable.', 'domain-bridge-for-serverpilot' ),
		__( 'If nobody moved it to another app on purpose, add it: on the bridge\'s screen, or in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-pending' => array(
		__( 'The DNS is right; ServerPilot has not issued the certificate yet.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do: this usually takes 5 to 15 minutes.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-missing' => array(
		__( 'The DNS has no address for {name}.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, add an A record with the name {host} and the address {expected}.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-not-registered' => array(
		__( 'The domain {zone} does not exist: it is not registered, has lapsed, or was put on hold.', 'domain-bridge-for-serverpilot' ),
		__( 'Register or renew {zone} at its registrar, or correct a typing error in the mapping.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-elsewhere' => array(
		__( '{name} points at {found}, but should point at {expected}.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, replace the records with the name {host} by one A record with the address {expected}.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-partly-elsewhere' => array(
		__( 'Some of the addresses of {name} are not this server: {found}.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, delete the records with the name {host} that have {found}; {expected} stays.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-apex-cname' => array(
		__( '{name} has a CNAME record to {found}, which does not lead to this server.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, delete the CNAME (or ALIAS) record with the name {host} and add an A record with the address {expected}.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-alternates' => array(
		__( 'The DNS of {name} keeps changing between answers; the last one was {found}.', 'domain-bridge-for-serverpilot' ),
		__( 'All name servers of the domain must have the same records with the address {expected}. Check that the registrar names the right name servers only.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-ipv6-elsewhere' => array(
		__( 'The IPv6 address of {name} ({found}) is not this server.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, delete the AAAA record with the name {host}: certificates are checked over IPv6 first.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-proxied' => array(
		__( '{name} points at {network}, a proxy in front of the server.', 'domain-bridge-for-serverpilot' ),
		__( 'This can work. If the certificate does not come, switch the proxy off for {name} until it has come.', 'domain-bridge-for-serverpilot' ),
	),
	'cdn-not-reaching' => array(
		__( '{name} is behind {network}, which does not reach this network ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'At {network}, set the record to “DNS only” until the domain is live; then switch the proxy on again with the encryption mode “Full (strict)”.', 'domain-bridge-for-serverpilot' ),
	),
	'redirect-loop' => array(
		__( '{name} redirects for ever.', 'domain-bridge-for-serverpilot' ),
		__( 'Behind Cloudflare, set the encryption mode to “Full (strict)”. Else look for redirects between http and https, or with and without www, in the site\'s plugins and .htaccess.', 'domain-bridge-for-serverpilot' ),
	),
	'redirects-elsewhere' => array(
		__( '{name} leads to the server, which redirects it to {host}.', 'domain-bridge-for-serverpilot' ),
		__( 'Remove the redirect in the app\'s .htaccess or nginx configuration, or in the other app that has the domain.', 'domain-bridge-for-serverpilot' ),
	),
	'another-site' => array(
		__( 'Another site than this network answers for {name} at {address} (HTTP {status}).', 'domain-bridge-for-serverpilot' ),
		__( 'Look in the ServerPilot panel for another app or server that has the domain, and for a cache or proxy in front of the server.', 'domain-bridge-for-serverpilot' ),
	),
	'taken-by-app' => array(
		__( '{name} is also on the ServerPilot app “{app}” of the same server, which gets its visitors.', 'domain-bridge-for-serverpilot' ),
		__( 'Remove {name} from the app “{app}” in the ServerPilot panel: of several apps, the one whose name comes first in the alphabet answers.', 'domain-bridge-for-serverpilot' ),
	),
	'error-page' => array(
		__( '{name} answers with an error (HTTP {status}).', 'domain-bridge-for-serverpilot' ),
		__( 'Open the site. 401 and 403 are a password or a firewall in front of it; 500 and above are an error of WordPress or the server, which its logs explain.', 'domain-bridge-for-serverpilot' ),
	),
	'only-www-mapped' => array(
		__( '{name} is set up; {bare} without www is not.', 'domain-bridge-for-serverpilot' ),
		__( 'Visitors often leave out the www. Map {bare} as well, or in its place: its www comes with it.', 'domain-bridge-for-serverpilot' ),
	),
	'dns-unanswered' => array(
		__( 'The DNS servers did not answer for {name} ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check the domain\'s name servers; it is checked again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-lacks-name' => array(
		__( 'The certificate does not cover {name} yet.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do: ServerPilot issues a new certificate for added names, usually within 15 minutes.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-not-served' => array(
		__( 'A certificate for {name} is available, but the server still serves another one.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first; it is enabled again by itself. If it stays, look at the app\'s SSL page in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-expiring' => array(
		__( 'The certificate of {name} ends on {date}.', 'domain-bridge-for-serverpilot' ),
		__( 'ServerPilot usually renews it earlier. Check that the DNS of every name on the certificate still points at the server.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-expired' => array(
		__( 'The certificate of {name} ended on {date}.', 'domain-bridge-for-serverpilot' ),
		__( 'Check the DNS of the names on the certificate and the app\'s SSL page in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'certificate-untrusted' => array(
		__( 'Browsers do not trust the certificate that is served for {name} ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Look at the app\'s SSL page in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'custom-certificate' => array(
		__( 'A custom certificate is installed on the app, so AutoSSL cannot be used.', 'domain-bridge-for-serverpilot' ),
		__( 'Delete the custom certificate in the ServerPilot panel to let AutoSSL take over, or make sure that it covers {name}.', 'domain-bridge-for-serverpilot' ),
	),
	'autossl-refused' => array(
		__( 'ServerPilot refuses to enable AutoSSL: {message}', 'domain-bridge-for-serverpilot' ),
		__( 'Read ServerPilot\'s words; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'autossl-exhausted' => array(
		__( 'AutoSSL was enabled {count} times within a day without a new certificate. The last answer: {message}', 'domain-bridge-for-serverpilot' ),
		__( 'Look at the app\'s SSL page in the ServerPilot panel. It is tried again by itself tomorrow.', 'domain-bridge-for-serverpilot' ),
	),
	'ssl-unreadable' => array(
		__( 'ServerPilot\'s answer about the app\'s SSL is not understood.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first: certificates are judged by what the server presents. If it stays, update the bridge.', 'domain-bridge-for-serverpilot' ),
	),
	'caa-forbids' => array(
		__( 'The CAA records of {at} ({found}) forbid Let\'s Encrypt to issue a certificate for {name}.', 'domain-bridge-for-serverpilot' ),
		__( 'At the domain\'s DNS provider, add to {at} the CAA record: 0 issue "letsencrypt.org".', 'domain-bridge-for-serverpilot' ),
	),
	'caa-unanswered' => array(
		__( 'The name servers of {at} do not answer for CAA records ({detail}), so that no certificate can be issued for {name}.', 'domain-bridge-for-serverpilot' ),
		__( 'Ask the domain\'s DNS provider to answer questions for CAA records, or move the DNS to another provider.', 'domain-bridge-for-serverpilot' ),
	),
	'port-80-closed' => array(
		__( '{name} does not answer at {address} on port 80 ({detail}), where Let\'s Encrypt checks it.', 'domain-bridge-for-serverpilot' ),
		__( 'Open port 80 in the firewalls of the server and its provider, and check that nginx runs.', 'domain-bridge-for-serverpilot' ),
	),
	'challenge-blocked' => array(
		__( 'Let\'s Encrypt\'s check of {name} below /.well-known/acme-challenge/ is refused ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Let /.well-known/ through in security plugins, .htaccess, password protection and any proxy in front of the site.', 'domain-bridge-for-serverpilot' ),
	),
	'rate-limit-suspected' => array(
		__( 'No certificate has come for {name}, though its DNS, its CAA records and port 80 are right. Let\'s Encrypt\'s limits may be the cause.', 'domain-bridge-for-serverpilot' ),
		__( 'Wait a week without changing the app\'s domains: Let\'s Encrypt issues 5 certificates for the same names in 7 days, and pauses for an hour after 5 failed checks of a name. Then ask ServerPilot\'s support.', 'domain-bridge-for-serverpilot' ),
	),
	'force-ssl-waiting' => array(
		__( 'ForceSSL is not on yet: {count} domains have no certificate ({names}).', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do here: it is turned on once every domain is secure. See what each of these domains needs.', 'domain-bridge-for-serverpilot' ),
	),
	'force-ssl-foreign' => array(
		__( 'ForceSSL is not on: {count} domains of the app that are not mapped have no certificate ({names}).', 'domain-bridge-for-serverpilot' ),
		__( 'Remove them from the app in the ServerPilot panel, or correct their DNS so that AutoSSL covers them.', 'domain-bridge-for-serverpilot' ),
	),
	'force-ssl-proxied' => array(
		__( 'ForceSSL is not on: {count} domains are behind a proxy ({names}), which may redirect for ever.', 'domain-bridge-for-serverpilot' ),
		__( 'Set each proxy to “Full (strict)”, then set WU_SERVER_PILOT_FORCE_SSL to \'proxied\' in wp-config.php. Or let the proxy redirect to https.', 'domain-bridge-for-serverpilot' ),
	),
	'force-ssl-without-autossl' => array(
		__( 'ForceSSL is not on: AutoSSL is not on for the app.', 'domain-bridge-for-serverpilot' ),
		__( 'It is turned on once AutoSSL is and every domain is secure. With a custom certificate, turn ForceSSL on in the ServerPilot panel.', 'domain-bridge-for-serverpilot' ),
	),
	'over-certificate-names' => array(
		__( 'The app has {count} names; a certificate covers at most {limit}.', 'domain-bridge-for-serverpilot' ),
		__( 'Move some of the domains to another app, or leave out www names that nobody uses.', 'domain-bridge-for-serverpilot' ),
	),
	'server-unreachable' => array(
		__( 'The server does not answer at {address} ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check that the web server runs and that port 443 is open.', 'domain-bridge-for-serverpilot' ),
	),
	'not-checked-yet' => array(
		__( 'The domain is on the app; its DNS and certificate are about to be checked.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do.', 'domain-bridge-for-serverpilot' ),
	),
	'signature-missing' => array(
		__( 'The request is not signed.', 'domain-bridge-for-serverpilot' ),
		__( 'Sign the request as the Standard Webhooks specification and the README say.', 'domain-bridge-for-serverpilot' ),
	),
	'signature-invalid' => array(
		__( 'The request\'s signature does not match.', 'domain-bridge-for-serverpilot' ),
		__( 'The secret in WordPress and the sidecar\'s SIDECAR_SECRET must be the same.', 'domain-bridge-for-serverpilot' ),
	),
	'signature-expired' => array(
		__( 'The request\'s time is {seconds} seconds off.', 'domain-bridge-for-serverpilot' ),
		__( 'Set the clocks of both machines (NTP).', 'domain-bridge-for-serverpilot' ),
	),
	'request-replayed' => array(
		__( 'A request with this id was accepted before.', 'domain-bridge-for-serverpilot' ),
		__( 'Send every request with an id of its own.', 'domain-bridge-for-serverpilot' ),
	),
	'body-too-large' => array(
		__( 'The request\'s body is larger than {limit} bytes.', 'domain-bridge-for-serverpilot' ),
		__( 'Send fewer events in one request.', 'domain-bridge-for-serverpilot' ),
	),
	'body-not-json' => array(
		__( 'The request\'s body must be JSON.', 'domain-bridge-for-serverpilot' ),
		__( 'Send the header content-type: application/json.', 'domain-bridge-for-serverpilot' ),
	),
	'body-malformed' => array(
		__( 'The request\'s body is not valid JSON.', 'domain-bridge-for-serverpilot' ),
		__( 'Correct the body.', 'domain-bridge-for-serverpilot' ),
	),
	'body-invalid' => array(
		__( 'The request\'s body is not as expected: {detail}', 'domain-bridge-for-serverpilot' ),
		__( 'Correct the body; /openapi.json describes it.', 'domain-bridge-for-serverpilot' ),
	),
	'network-unknown' => array(
		__( 'The sidecar does not serve the network “{network}”.', 'domain-bridge-for-serverpilot' ),
		__( 'Check the network\'s id in the sidecar\'s configuration.', 'domain-bridge-for-serverpilot' ),
	),
	'route-unknown' => array(
		__( 'There is no such address.', 'domain-bridge-for-serverpilot' ),
		__( '/openapi.json lists the addresses.', 'domain-bridge-for-serverpilot' ),
	),
	'method-not-allowed' => array(
		__( '{method} is not possible here.', 'domain-bridge-for-serverpilot' ),
		__( '/openapi.json lists the addresses and their methods.', 'domain-bridge-for-serverpilot' ),
	),
	'request-malformed' => array(
		__( 'The request cannot be read as HTTP ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check what stands between WordPress and the sidecar.', 'domain-bridge-for-serverpilot' ),
	),
	'rate-limited' => array(
		__( 'There are too many requests.', 'domain-bridge-for-serverpilot' ),
		__( 'Try again in {seconds} seconds.', 'domain-bridge-for-serverpilot' ),
	),
	'metrics-forbidden' => array(
		__( 'The metrics are for this machine alone.', 'domain-bridge-for-serverpilot' ),
		__( 'Set METRICS_TOKEN and send it as a bearer token.', 'domain-bridge-for-serverpilot' ),
	),
	'metrics-token-wrong' => array(
		__( 'The bearer token is missing or wrong.', 'domain-bridge-for-serverpilot' ),
		__( 'Send the value of METRICS_TOKEN as a bearer token.', 'domain-bridge-for-serverpilot' ),
	),
	'shutting-down' => array(
		__( 'The sidecar is stopping.', 'domain-bridge-for-serverpilot' ),
		__( 'Try again in a moment.', 'domain-bridge-for-serverpilot' ),
	),
	'name-unknown' => array(
		__( 'The sidecar does not know the domain {name}.', 'domain-bridge-for-serverpilot' ),
		__( 'Check how it is written; “domain-bridge status” lists the domains. One that was mapped a moment ago is known after the next sync.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-unreachable' => array(
		__( 'WordPress cannot be reached at {url} ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check WORDPRESS_URL; it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-refused' => array(
		__( 'WordPress refuses the notification ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check that the plugin is active and that both sides have the same secret.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-redirects' => array(
		__( 'WordPress at {url} redirects the sidecar to {location}.', 'domain-bridge-for-serverpilot' ),
		__( 'Set WORDPRESS_URL to the address that WordPress itself uses, with https where the site has it.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-password' => array(
		__( 'WordPress at {url} is behind a password (HTTP authentication).', 'domain-bridge-for-serverpilot' ),
		__( 'Let requests from this machine through without a password, or at least those to /?rest_route=/domain-bridge/v1/.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-rest-closed' => array(
		__( 'A plugin closes WordPress\'s REST API for the sidecar ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Allow the route domain-bridge/v1 in the plugin that restricts the REST API; requests to it are signed.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-firewall' => array(
		__( 'Something in front of WordPress refuses the sidecar\'s requests ({detail}), such as a firewall.', 'domain-bridge-for-serverpilot' ),
		__( 'Allow POST requests to /?rest_route=/domain-bridge/v1/ from this machine in the firewall or security plugin.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-maintenance' => array(
		__( 'WordPress at {url} is in maintenance.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do; it is tried again by itself. If it stays, delete the file .maintenance in WordPress\'s folder.', 'domain-bridge-for-serverpilot' ),
	),
	'wordpress-broken' => array(
		__( 'WordPress answers with an error of its own ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Look into WordPress\'s error log: usually another plugin fails. It is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'plugin-missing' => array(
		__( 'WordPress at {url} no longer has the plugin, so the sidecar leaves the app alone.', 'domain-bridge-for-serverpilot' ),
		__( 'Activate the plugin again, and the work goes on by itself; or stop the sidecar, if Ultimate Multisite\'s own ServerPilot code is to work instead.', 'domain-bridge-for-serverpilot' ),
	),
);
