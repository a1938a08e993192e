<?php
/**
 * The configuration of the stack's WordPress; what differs from stack to stack is in the file of constants.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

require __DIR__ . '/stack-constants.php';

foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $stack_purpose ) {
	foreach ( array( 'KEY', 'SALT' ) as $stack_kind ) {
		$stack_name = "{$stack_purpose}_{$stack_kind}";
		defined( $stack_name ) || define( $stack_name, "the {$stack_kind} for {$stack_purpose} of a stack that is thrown away" );
	}
}

$stack_defaults = array(
	'DB_CHARSET'                  => 'utf8mb4',
	'DB_COLLATE'                  => '',
	'WP_CONTENT_DIR'              => __DIR__ . '/wp-content',
	'WP_ALLOW_MULTISITE'          => true,
	'DOMAIN_CURRENT_SITE'         => 'bridge.localhost',
	'PATH_CURRENT_SITE'           => '/',
	'SITE_ID_CURRENT_SITE'        => 1,
	'BLOG_ID_CURRENT_SITE'        => 1,
	'WP_DEBUG'                    => true,
	'WP_DEBUG_LOG'                => true,
	'WP_DEBUG_DISPLAY'            => false,
	// A fatal error is to be seen in the log, not answered with a friendly page.
	'WP_DISABLE_FATAL_ERROR_HANDLER' => true,
	'DISABLE_WP_CRON'             => true,
	'AUTOMATIC_UPDATER_DISABLED'  => true,
	// localhost is let through by WordPress itself.
	'WP_HTTP_BLOCK_EXTERNAL'      => true,
	'WP_ACCESSIBLE_HOSTS'         => '127.0.0.1',
	'WP_ENVIRONMENT_TYPE'         => 'local',
);
if ( ! defined( 'WP_INSTALLING_NETWORK' ) ) {
	$stack_defaults += array(
		'MULTISITE'         => true,
		'SUBDOMAIN_INSTALL' => true,
		'SUNRISE'           => true,
	);
}
foreach ( $stack_defaults as $stack_name => $stack_value ) {
	defined( $stack_name ) || define( $stack_name, $stack_value );
}

$table_prefix = STACK_TABLE_PREFIX;

require_once ABSPATH . 'wp-settings.php';
