<?php
/**
 * Plugin Name: Stack
 * Description: Keeps the stack's WordPress on this machine and its debug log free of complaints about that.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

add_filter( 'pre_wp_mail', '__return_true' );
remove_action( 'template_redirect', 'redirect_canonical' );
remove_action( 'admin_init', '_maybe_update_core' );
remove_action( 'admin_init', '_maybe_update_plugins' );
remove_action( 'admin_init', '_maybe_update_themes' );

$stack_no_updates = static function () {
	return (object) array(
		'last_checked'    => time(),
		'version_checked' => wp_get_wp_version(),
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
