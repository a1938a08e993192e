<?php
/**
 * Activation and deactivation.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prepares the network when the plugin is activated, and tidies up when it is deactivated.
 */
final class Lifecycle {

	/**
	 * Refuses a single site, and makes a secret where there is none that can be read.
	 */
	public static function activate(): void {
		if ( ! is_multisite() ) {
			wp_die(
				esc_html__( 'Domain Bridge for ServerPilot works on a WordPress network (multisite) with Ultimate Multisite. This is a single site, so the plugin was not activated.', 'domain-bridge-for-serverpilot' ),
				esc_html__( 'Plugin not activated', 'domain-bridge-for-serverpilot' ),
				array( 'back_link' => true )
			);
		}
		$plugin = Plugin::instance();
		if ( in_array( $plugin->secret->problem(), array( 'secret-missing', 'secret-unreadable' ), true ) ) {
			$plugin->secret->create();
		}
		$plugin->contact->ensure_event();
		$plugin->dispatcher->ask();
	}

	/**
	 * Has the sidecar stop, for UM's own ServerPilot code works again; what was not sent yet stays for the next activation.
	 */
	public static function deactivate(): void {
		if ( is_multisite() ) {
			Plugin::instance()->contact->stop();
			Plugin::instance()->registration->stop( Dispatcher::BUDGET );
		}
	}
}
