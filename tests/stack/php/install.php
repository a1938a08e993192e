<?php
/**
 * Installs WordPress and makes it a subdomain network, without a browser. The configuration does not say MULTISITE yet.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

define( 'WP_INSTALLING', true );
define( 'WP_INSTALLING_NETWORK', true );

/**
 * Takes the place of WordPress's mail to the new site's owner.
 */
function wp_new_blog_notification(): void {
}

require __DIR__ . '/bootstrap.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';

foreach ( $wpdb->tables( 'ms_global' ) as $stack_table => $stack_name ) {
	$wpdb->$stack_table = $stack_name;
}
wp_install( 'Bridge Network', 'admin', 'admin@bridge.localhost', true, '', 'password' );
wp_set_current_user( 1 );

install_network();
// The only complaint to be expected: no wildcard DNS, as there is no DNS for .localhost.
$stack_network = populate_network( 1, DOMAIN_CURRENT_SITE, 'admin@bridge.localhost', 'Bridge Network', '/', true );
if ( is_wp_error( $stack_network ) && 'no_wildcard_dns' !== $stack_network->get_error_code() ) {
	fwrite( STDERR, $stack_network->get_error_message() );
	exit( 1 );
}
update_option( 'permalink_structure', '/%postname%/' );
wp_clear_scheduled_hook( 'wp_version_check' );

file_put_contents( 'php://fd/3', '{"result":true}' );
