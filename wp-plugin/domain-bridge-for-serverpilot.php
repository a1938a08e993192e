<?php
/**
 * Plugin Name:       Domain Bridge for ServerPilot
 * Plugin URI:        https://github.com/domain-bridge/domain-bridge-for-serverpilot
 * Description:       Keeps a ServerPilot app's domains and certificate in step with the domain mappings of Ultimate Multisite.
 * Version:           0.1.1
 * Requires at least: 6.5
 * Requires PHP:      7.4
 * Network:           true
 * Author:            The Domain Bridge contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       domain-bridge-for-serverpilot
 * Domain Path:       /languages
 *
 * The source of the plugin and of the sidecar that comes with it in the folder sidecar/ is at the Plugin URI.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'ABSPATH' ) || exit;

const VERSION     = '0.1.1';
const PLUGIN_FILE = __FILE__;

spl_autoload_register(
	static function ( string $name ): void {
		if ( 0 !== strpos( $name, __NAMESPACE__ . '\\' ) ) {
			return;
		}
		$file = '/class-' . strtolower( str_replace( '_', '-', substr( $name, strlen( __NAMESPACE__ ) + 1 ) ) ) . '.php';
		foreach ( array( '', '/admin', '/customer', '/told', '/cli' ) as $folder ) {
			if ( is_readable( __DIR__ . '/includes' . $folder . $file ) ) {
				require_once __DIR__ . '/includes' . $folder . $file;
				return;
			}
		}
	}
);

Plugin::instance()->register();
