<?php
/**
 * Removes what the plugin and the sidecar kept in the database; the ServerPilot app is left as it is.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/class-tables.php';

/**
 * Removes options, what people chose on the screen, planned tries and the sidecar's tables.
 */
function uninstall(): void {
	global $wpdb;
	// First, in case the tables cannot be dropped: nothing is to write beside UM's own code.
	Tables::switch_off();
	// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- WordPress has no functions for options by the beginning of their names and for foreign tables.
	$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->usermeta} WHERE meta_key = 'domain_bridge_names_per_page' OR meta_key LIKE %s", '%' . $wpdb->esc_like( '_page_domain-bridge-network' ) . '%' ) );
	if ( is_multisite() ) {
		foreach ( array( 'domain_bridge_', '_site_transient_domain_bridge_', '_site_transient_timeout_domain_bridge_' ) as $prefix ) {
			foreach ( $wpdb->get_results( $wpdb->prepare( "SELECT site_id, meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE %s", $wpdb->esc_like( $prefix ) . '%' ) ) as $option ) {
				delete_network_option( (int) $option->site_id, $option->meta_key );
			}
		}
		uninstall_tries();
	}
	foreach ( $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->base_prefix . 'domain_bridge_' ) . '%' ) ) as $table ) {
		$wpdb->query( "DROP TABLE IF EXISTS `{$table}`" );
	}
	// phpcs:enable
}

/**
 * Removes the planned tries of every network's main site: events of WP-Cron, and jobs of Action Scheduler, whose functions
 * are not there once UM is deactivated.
 */
function uninstall_tries(): void {
	global $wpdb;
	foreach ( get_networks() as $network ) {
		switch_to_blog( (int) get_main_site_id( (int) $network->id ) );
		foreach ( array( 'domain_bridge_tell', 'domain_bridge_look', 'domain_bridge_retry' ) as $hook ) {
			if ( false !== wp_next_scheduled( $hook ) ) {
				wp_clear_scheduled_hook( $hook );
			}
		}
		$shown = $wpdb->suppress_errors( true );
		// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- As above.
		$wpdb->query( "DELETE FROM `{$wpdb->prefix}actionscheduler_actions` WHERE hook = 'domain_bridge_retry'" );
		$wpdb->query( "DELETE FROM `{$wpdb->prefix}actionscheduler_groups` WHERE slug = 'domain-bridge'" );
		// phpcs:enable
		$wpdb->suppress_errors( $shown );
		restore_current_blog();
	}
}

uninstall();
