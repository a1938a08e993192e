<?php
/**
 * What the plugin asks of Ultimate Multisite (UM).
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * The only place that knows UM's settings, options, functions and classes; each answer is safe when UM is not there.
 *
 * It also takes off what UM itself hangs on its four hooks for ServerPilot, else both would write the app's list. No class
 * of UM is extended or implemented: an added method, a return type or a "final" in an update of UM would be a fatal error
 * on every page. Whatever UM calls its methods, its listeners are known by the class that they belong to.
 */
final class Ultimate_Multisite {

	const ENABLED_OPTION  = 'wu_host_integrations_enabled';
	const SETTINGS_OPTION = 'wp-ultimo_v2_settings';
	const FINISHED_OPTION = 'wu_setup_finished';
	const INTEGRATION     = 'serverpilot';
	const LOG             = 'integration-serverpilot';

	/** UM's class before the registry. */
	const LEGACY = '\WP_Ultimo\Integrations\Host_Providers\ServerPilot_Host_Provider';

	/** UM's hooks for names; the first two are what a module for ServerPilot cannot do without. */
	const HOOKS = array( 'wu_add_domain', 'wu_remove_domain', 'wu_add_subdomain', 'wu_remove_subdomain' );

	/** UM's job that checks a mapping's DNS, then its certificate. */
	const CHECK = 'wu_async_process_domain_stage';

	/** The suffixes of two parts that UM itself knows, before its filter. */
	const MULTI_PART_TLDS = array( '.co.uk', '.com.au', '.co.nz', '.com.br', '.co.in' );

	/** Whether UM's listeners were found where they are looked for. */
	private bool $found = false;

	/** Whether UM must have hung its listeners somewhere, by its own settings. */
	private bool $expected = false;

	/**
	 * Calls UM. Any update of UM may change what it offers, which must never be fatal here: what is missing or fails gives
	 * the fallback.
	 *
	 * @param mixed $function  A function or method of UM.
	 * @param array $arguments What it is given.
	 * @param mixed $fallback  What is returned where it cannot be called or throws.
	 * @return mixed
	 */
	public static function ask( $function, array $arguments = array(), $fallback = null ) {
		try {
			return is_callable( $function ) ? call_user_func_array( $function, $arguments ) : $fallback;
		} catch ( \Throwable $error ) {
			return $fallback;
		}
	}

	/**
	 * Tells whether UM is active.
	 */
	public function present(): bool {
		return function_exists( 'wu_get_setting' ) && function_exists( 'wu_get_domains' );
	}

	/**
	 * Tells whether UM's setup wizard was finished; before that UM registers no integrations.
	 */
	public function finished(): bool {
		if ( ! $this->present() || ! get_network_option( null, self::FINISHED_OPTION, false ) ) {
			return false;
		}
		return (bool) self::ask( array( self::ask( 'WP_Ultimo' ), 'is_loaded' ), array(), true );
	}

	/**
	 * Tells whether a network admin enabled ServerPilot in UM's settings.
	 */
	public function enabled(): bool {
		$list = get_network_option( null, self::ENABLED_OPTION, array() );
		return is_array( $list ) && ! empty( $list[ self::INTEGRATION ] );
	}

	/**
	 * Returns UM's policy for www names: always, main_only or never.
	 */
	public function www_policy(): string {
		$policy = self::ask( 'wu_get_setting', array( 'auto_create_www_subdomain', 'always' ) );
		return in_array( $policy, array( 'main_only', 'never' ), true ) ? $policy : 'always';
	}

	/**
	 * Returns the suffixes of two parts below which a name of three parts is a main domain.
	 */
	public function multi_part_tlds(): array {
		// UM's own filter: what another plugin adds for UM must count for the sidecar too.
		$suffixes = self::ask( 'apply_filters', array( 'wu_multi_part_tlds', self::MULTI_PART_TLDS ) );
		return is_array( $suffixes ) ? array_values( array_filter( $suffixes, 'is_string' ) ) : self::MULTI_PART_TLDS;
	}

	/**
	 * Tells whether UM wants the www name of a domain beside it.
	 *
	 * @param string $domain The domain.
	 */
	public function wants_www( string $domain ): bool {
		$manager = self::ask( array( '\WP_Ultimo\Managers\Domain_Manager', 'get_instance' ) );
		$usual   = 0 !== strpos( $domain, 'www.' ) && 'always' === $this->www_policy();
		return (bool) self::ask( array( $manager, 'should_create_www_subdomain' ), array( $domain ), $usual );
	}

	/**
	 * Returns a credential that UM keeps encrypted, or an empty string; older UM keeps none.
	 *
	 * @param string $name The constant of that name.
	 */
	public function credential( string $name ): string {
		$integration = self::ask( array( self::registry(), 'get' ), array( self::INTEGRATION ) );
		$value       = self::ask( array( $integration, 'get_credential' ), array( $name ), '' );
		return is_scalar( $value ) ? (string) $value : '';
	}

	/**
	 * Returns UM's own module for ServerPilot, or its host provider from before the registry: null where UM has started none,
	 * true where there may be one that cannot be got at.
	 *
	 * @return object|true|null
	 */
	public function module() {
		$registry = self::registry();
		if ( null !== $registry ) {
			// UM starts its modules right after this action, which it does not reach before its wizard is finished.
			$started = did_action( 'wu_register_capabilities' ) > 0;
			return $started ? self::ask( array( $registry, 'get_capability' ), array( self::INTEGRATION, 'domain-mapping' ), true ) : null;
		}
		// Only what UM has loaded itself: asking for the provider starts it.
		return class_exists( self::LEGACY, false ) ? self::ask( array( self::LEGACY, 'get_instance' ), array(), true ) : null;
	}

	/**
	 * Returns UM's registry of integrations; older UM has none.
	 *
	 * @return mixed
	 */
	private static function registry() {
		return self::ask( array( '\WP_Ultimo\Integrations\Integration_Registry', 'get_instance' ) );
	}

	/**
	 * Has UM check a mapping at once, by one chain of checks: what is planned for it already is taken back.
	 *
	 * @param int $id The mapping's id.
	 */
	public function check_now( int $id ): void {
		$query = array(
			'hook'                  => self::CHECK,
			'args'                  => array( 'domain_id' => $id ),
			'partial_args_matching' => 'json',
			'status'                => 'pending',
			'per_page'              => 50,
		);
		foreach ( (array) self::ask( 'as_get_scheduled_actions', array( $query ), array() ) as $planned ) {
			$arguments = self::ask( array( $planned, 'get_args' ), array(), array() );
			// An older Action Scheduler compares no parts of arguments, and gives other mappings' checks too.
			if ( is_array( $arguments ) && $id === (int) ( $arguments['domain_id'] ?? 0 ) ) {
				self::ask( 'as_unschedule_all_actions', array( self::CHECK, $arguments ) );
			}
		}
		$arguments = array(
			'domain_id' => $id,
			'tries'     => 0,
		);
		self::ask( 'wu_enqueue_async_action', array( self::CHECK, $arguments, 'domain' ) );
	}

	/**
	 * Writes to one of UM's logs.
	 *
	 * @param string $handle  The log.
	 * @param string $message One line.
	 * @param string $level   A PSR-3 word.
	 */
	public function log( string $handle, string $message, string $level = 'info' ): void {
		self::ask( 'wu_log_add', array( $handle, $message, $level ) );
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
		$module    = $this->module();
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
			$this->expected = array() !== $listeners || ( null !== $module && $this->enabled() && $this->is_set_up( $module ) );
		}
	}

	/**
	 * Tells whether the bridge may work: UM's listeners are off, or there are none to be expected.
	 */
	public function understood(): bool {
		return $this->found || ! $this->expected;
	}

	/**
	 * Tells whether UM has the credentials without which it starts no listeners.
	 *
	 * @param object|true $module What module() returned.
	 */
	private function is_set_up( $module ): bool {
		$integration = self::ask( array( self::registry(), 'get' ), array( self::INTEGRATION ), $module );
		return (bool) self::ask( array( $integration, 'is_setup' ), array(), true );
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
