<?php
/**
 * Removes what the plugin and the sidecar kept in the database; the ServerPilot app is left as it is.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/class-secret.php';
require_once __DIR__ . '/includes/class-registration.php';
require_once __DIR__ . '/includes/class-outbox.php';
require_once __DIR__ . '/includes/class-ultimate-multisite.php';
require_once __DIR__ . '/includes/class-contact.php';
require_once __DIR__ . '/includes/class-notifications.php';

/**
 * Removes options, planned tries and the sidecar's tables.
 */
function uninstall(): void {
	global $wpdb;
	// First, in case the tables cannot be dropped: nothing is to write beside UM's own code.
	Registration::switch_off();
	foreach ( array( Secret::OPTION, Registration::OPTION, Contact::OPTION, Notifications::OPTION ) as $option ) {
		foreach ( is_multisite() ? get_networks( array( 'fields' => 'ids' ) ) : array() as $network_id ) {
			delete_network_option( (int) $network_id, $option );
		}
	}
	if ( is_multisite() ) {
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->sitemeta} WHERE meta_key LIKE %s", $wpdb->esc_like( Outbox::PREFIX ) . '%' ) );
		( new Contact() )->stop();
	}
	$tables = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->base_prefix . 'domain_bridge_' ) . '%' ) );
	foreach ( $tables as $table ) {
		$wpdb->query( "DROP TABLE IF EXISTS `{$table}`" );
	}
}

uninstall();
