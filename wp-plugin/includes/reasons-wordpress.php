<?php
/**
 * The reasons that only WordPress can see; the sidecar's own are in reasons.php.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

return array(
	'sidecar-away'       => array(
		__( 'The sidecar does not answer at {url} ({detail}).', 'domain-bridge-for-serverpilot' ),
		__( 'Start the sidecar, or correct WU_SERVER_PILOT_SIDECAR_URL in wp-config.php. Nothing is lost: it is tried again by itself.', 'domain-bridge-for-serverpilot' ),
	),
	'sidecar-blocked'    => array(
		__( 'WordPress may not make requests to {url}.', 'domain-bridge-for-serverpilot' ),
		__( 'Add the host to WP_ACCESSIBLE_HOSTS in wp-config.php (WP_HTTP_BLOCK_EXTERNAL lets only localhost through).', 'domain-bridge-for-serverpilot' ),
	),
	'sidecar-insecure'   => array(
		__( 'The sidecar at {url} is on another machine, and http would send it the ServerPilot API key in clear.', 'domain-bridge-for-serverpilot' ),
		__( 'Use https in WU_SERVER_PILOT_SIDECAR_URL, or a tunnel to localhost. On a private network that nobody else can read, define WU_SERVER_PILOT_ALLOW_HTTP as true.', 'domain-bridge-for-serverpilot' ),
	),
	'sidecar-unreadable' => array(
		__( 'What answers at {url} is not the sidecar (HTTP {status}).', 'domain-bridge-for-serverpilot' ),
		__( 'Check WU_SERVER_PILOT_SIDECAR_URL in wp-config.php and what runs at that address.', 'domain-bridge-for-serverpilot' ),
	),
	'sidecar-not-understood' => array(
		__( 'The sidecar\'s answer is not understood: the sidecar has version {version}, the plugin {own}.', 'domain-bridge-for-serverpilot' ),
		__( 'Update the older one.', 'domain-bridge-for-serverpilot' ),
	),
	'sidecar-slow'       => array(
		__( 'The time of a request was used up before the sidecar knew everything.', 'domain-bridge-for-serverpilot' ),
		__( 'Nothing to do at first: the rest is sent by itself. If it stays, look at what slows the server down.', 'domain-bridge-for-serverpilot' ),
	),
	'secret-missing'     => array(
		__( 'There is no secret to sign requests to the sidecar with.', 'domain-bridge-for-serverpilot' ),
		__( 'Define WU_SERVER_PILOT_SIDECAR_SECRET in wp-config.php, or deactivate and activate the plugin to have one made.', 'domain-bridge-for-serverpilot' ),
	),
	'secret-unreadable'  => array(
		__( 'The stored secret cannot be read, because the salts in wp-config.php were changed.', 'domain-bridge-for-serverpilot' ),
		__( 'Deactivate and activate the plugin to have a new secret made, and give it to the sidecar; or define WU_SERVER_PILOT_SIDECAR_SECRET in wp-config.php.', 'domain-bridge-for-serverpilot' ),
	),
	'secret-invalid'     => array(
		__( 'WU_SERVER_PILOT_SIDECAR_SECRET is too short or malformed.', 'domain-bridge-for-serverpilot' ),
		__( 'Use whsec_ and the base64 of 24 to 64 random bytes, or at least 32 characters.', 'domain-bridge-for-serverpilot' ),
	),
	'salts-missing'      => array(
		__( 'wp-config.php has no salts of its own, so the key to the stored secret lies beside it in the database.', 'domain-bridge-for-serverpilot' ),
		__( 'Define AUTH_KEY and AUTH_SALT in wp-config.php and have a new secret made by deactivating and activating the plugin; or define WU_SERVER_PILOT_SIDECAR_SECRET there.', 'domain-bridge-for-serverpilot' ),
	),
	'mappings-missing'   => array(
		__( 'The table of domain mappings cannot be read by WordPress.', 'domain-bridge-for-serverpilot' ),
		__( 'Finish the setup of Ultimate Multisite and check the database.', 'domain-bridge-for-serverpilot' ),
	),
	'ultimate-multisite-not-understood' => array(
		__( 'Ultimate Multisite works in a way that the plugin does not know: its own ServerPilot code could not be switched off. It was left as it is and the sidecar was paused, so that never two write to the app.', 'domain-bridge-for-serverpilot' ),
		__( 'Update Domain Bridge for ServerPilot, or go back to the version of Ultimate Multisite before.', 'domain-bridge-for-serverpilot' ),
	),
	'ultimate-multisite-error' => array(
		__( 'Ultimate Multisite met an error: {detail}', 'domain-bridge-for-serverpilot' ),
		__( 'Update Ultimate Multisite and Domain Bridge for ServerPilot.', 'domain-bridge-for-serverpilot' ),
	),
	'plugin-error'       => array(
		__( 'The plugin met an error: {detail}', 'domain-bridge-for-serverpilot' ),
		__( 'If another plugin is named there, update it; else report it to the developers of the bridge.', 'domain-bridge-for-serverpilot' ),
	),
);
