<?php
/**
 * Plugin Name: Ultimate Multisite (double for tests)
 * Description: Behaves towards other plugins as Ultimate Multisite 2.4 does, as far as domain mapping goes. Written from observed facts; holds none of its code.
 * Version: 2.4.13
 * Network: true
 * Requires PHP: 7.4
 *
 * @package Um_Double
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/autoload.php';
require_once __DIR__ . '/includes/functions.php';
if ( ! defined( 'UM_DOUBLE_WITHOUT_EVENTS' ) ) {
	require_once __DIR__ . '/includes/events.php';
}
if ( ! defined( 'UM_DOUBLE_WITHOUT_SCHEDULER' ) ) {
	require_once __DIR__ . '/includes/action-scheduler.php';
}

if ( ! function_exists( 'WP_Ultimo' ) ) {
	/**
	 * The plugin's one object, by which others ask whether UM is up.
	 */
	function WP_Ultimo(): WP_Ultimo { // phpcs:ignore Squiz.NamingConventions
		return WP_Ultimo::get_instance();
	}
}

WP_Ultimo()->init();
