<?php
/**
 * Plugin Name: Stack
 * Description: Keeps the stack's WordPress on this machine and its debug log free of complaints about that.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

if ( defined( 'STACK_SMTP' ) ) {
	require __DIR__ . '/smtp.php';
} else {
	add_filter( 'pre_wp_mail', '__return_true' );
}
remove_action( 'template_redirect', 'redirect_canonical' );
remove_action( 'admin_init', '_maybe_update_core' );
remove_action( 'admin_init', '_maybe_update_plugins' );
remove_action( 'admin_init', '_maybe_update_themes' );

// Pages that list or install plugins look for updates at once.
add_action(
	'admin_init',
	static function (): void {
		foreach ( array( 'upgrader_process_complete', 'load-plugins.php', 'load-update.php', 'load-update-core.php', 'load-themes.php' ) as $hook ) {
			foreach ( array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes' ) as $check ) {
				remove_action( $hook, $check );
			}
		}
	}
);

add_filter(
	'schedule_event',
	static function ( $event ) {
		$elsewhere = array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes', 'wp_site_health_scheduled_check', 'wp_https_detection' );
		return is_object( $event ) && in_array( $event->hook, $elsewhere, true ) ? false : $event;
	}
);

$stack_no_updates = static function () {
	return (object) array(
		'last_checked'    => time(),
		'version_checked' => $GLOBALS['wp_version'],
		'updates'         => array(),
		'response'        => array(),
		'translations'    => array(),
	);
};
foreach ( array( 'core', 'plugins', 'themes' ) as $stack_kind ) {
	add_filter( "pre_site_transient_update_{$stack_kind}", $stack_no_updates );
}

// The dashboard's news and the checks of browser and PHP ask servers elsewhere.
add_action(
	'wp_network_dashboard_setup',
	static function (): void {
		remove_meta_box( 'dashboard_primary', 'dashboard-network', 'side' );
	}
);
add_filter( 'wp_is_php_version_acceptable', '__return_true' );
