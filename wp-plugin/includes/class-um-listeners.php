<?php
/**
 * UM's own ServerPilot code on UM's hooks.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Finds and takes off what UM itself hangs on the four hooks for ServerPilot, else both would write the app's list.
 *
 * No class of UM is extended or implemented: an added method, a return type or a "final" in an update of UM would be a
 * fatal error on every page. Whatever UM calls its methods, the listeners are known by the class that they belong to.
 */
final class Um_Listeners {

	/** UM's hooks for names; the first two are what a module for ServerPilot cannot do without. */
	const HOOKS = array( 'wu_add_domain', 'wu_remove_domain', 'wu_add_subdomain', 'wu_remove_subdomain' );

	private Ultimate_Multisite $um;
	private Config $config;

	/** Whether UM's listeners were found where they are looked for. */
	private bool $found = false;

	/** Whether UM must have hung its listeners somewhere, by its own settings. */
	private bool $expected = false;

	/**
	 * Takes what tells whether UM has anything to listen for.
	 *
	 * @param Ultimate_Multisite $um     UM.
	 * @param Config             $config The credentials.
	 */
	public function __construct( Ultimate_Multisite $um, Config $config ) {
		$this->um     = $um;
		$this->config = $config;
	}

	/**
	 * Waits until UM has started its modules (plugins_loaded 12), and looks once more for those that come late.
	 */
	public function register(): void {
		add_action( 'plugins_loaded', array( $this, 'take_off' ), PHP_INT_MAX, 0 );
		add_action( 'init', array( $this, 'take_off' ), 0, 0 );
	}

	/**
	 * Takes UM's listeners off; where only a part of them is found, all stay as they are.
	 */
	public function take_off(): void {
		$module    = $this->um->module();
		$listeners = array();
		foreach ( self::HOOKS as $hook ) {
			foreach ( self::callbacks( $hook ) as list( $callback, $priority ) ) {
				if ( self::is_ums( $callback, $module ) ) {
					$listeners[ $hook ][] = array( $callback, $priority );
				}
			}
		}
		if ( isset( $listeners['wu_add_domain'], $listeners['wu_remove_domain'] ) ) {
			$this->found = true;
			foreach ( $listeners as $hook => $callbacks ) {
				foreach ( $callbacks as list( $callback, $priority ) ) {
					remove_action( $hook, $callback, $priority );
				}
			}
		} elseif ( ! $this->found ) {
			$this->expected = array() !== $listeners || ( null !== $module && $this->um->enabled() && array() === $this->config->missing() );
		}
	}

	/**
	 * Tells whether the bridge may work: UM's listeners are off, or there are none to be expected.
	 */
	public function understood(): bool {
		return $this->found || ! $this->expected;
	}

	/**
	 * Returns what listens to a hook, each array( callback, priority ).
	 *
	 * @param string $hook The hook.
	 */
	private static function callbacks( string $hook ): array {
		global $wp_filter;
		$all = array();
		foreach ( isset( $wp_filter[ $hook ]->callbacks ) && is_array( $wp_filter[ $hook ]->callbacks ) ? $wp_filter[ $hook ]->callbacks : array() as $priority => $entries ) {
			foreach ( $entries as $entry ) {
				$all[] = array( $entry['function'], $priority );
			}
		}
		return $all;
	}

	/**
	 * Tells whether a callback is a part of UM's code for ServerPilot.
	 *
	 * @param mixed $callback The callback.
	 * @param mixed $module   The module in UM's registry.
	 */
	private static function is_ums( $callback, $module ): bool {
		$owner = is_array( $callback ) ? reset( $callback ) : $callback;
		if ( $callback instanceof \Closure ) {
			$scope = ( new \ReflectionFunction( $callback ) )->getClosureScopeClass();
			$owner = null === $scope ? '' : $scope->getName();
		}
		if ( is_object( $module ) && $owner === $module ) {
			return true;
		}
		$class = is_object( $owner ) ? get_class( $owner ) : ( is_string( $owner ) ? $owner : '' );
		return 0 === strpos( ltrim( $class, '\\' ), 'WP_Ultimo\\' ) && false !== stripos( str_replace( '_', '', $class ), 'serverpilot' );
	}
}
