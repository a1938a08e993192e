<?php
/**
 * Registers WP-CLI's commands.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/class-plan-rows.php';
require_once __DIR__ . '/class-view-commands.php';
require_once __DIR__ . '/class-pass-commands.php';

foreach ( array( 'status', 'names', 'env' ) as $name ) {
	\WP_CLI::add_command( "domain-bridge {$name}", array( new View_Commands( Plugin::instance() ), $name ) );
}
foreach ( array( 'plan', 'sync', 'check' ) as $name ) {
	\WP_CLI::add_command( "domain-bridge {$name}", array( new Pass_Commands( Plugin::instance() ), $name ) );
}
