<?php
/**
 * What the plugin asks of Ultimate Multisite (UM).
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * The only place that knows UM's settings, options and functions; each answer is safe when UM is not there.
 */
final class Ultimate_Multisite {

	const ENABLED_OPTION  = 'wu_host_integrations_enabled';
	const SETTINGS_OPTION = 'wp-ultimo_v2_settings';
	const FINISHED_OPTION = 'wu_setup_finished';
	const INTEGRATION     = 'serverpilot';
	const LOG             = 'integration-serverpilot';

	/** The suffixes of two parts that UM itself knows, before its filter. */
	const MULTI_PART_TLDS = array( '.co.uk', '.com.au', '.co.nz', '.com.br', '.co.in' );

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
		$um = function_exists( 'WP_Ultimo' ) ? \WP_Ultimo() : null;
		return ! is_object( $um ) || ! method_exists( $um, 'is_loaded' ) || (bool) $um->is_loaded();
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
		$policy = function_exists( 'wu_get_setting' ) ? wu_get_setting( 'auto_create_www_subdomain', 'always' ) : 'always';
		return in_array( $policy, array( 'main_only', 'never' ), true ) ? $policy : 'always';
	}

	/**
	 * Returns the suffixes of two parts below which a name of three parts is a main domain.
	 */
	public function multi_part_tlds(): array {
		// UM's own filter: what another plugin adds for UM must count for the sidecar too.
		$suffixes = apply_filters( 'wu_multi_part_tlds', self::MULTI_PART_TLDS );
		return is_array( $suffixes ) ? array_values( array_filter( $suffixes, 'is_string' ) ) : self::MULTI_PART_TLDS;
	}

	/**
	 * Tells whether UM wants the www name of a domain beside it.
	 */
	public function wants_www( string $domain ): bool {
		$manager = '\WP_Ultimo\Managers\Domain_Manager';
		if ( is_callable( array( $manager, 'get_instance' ) ) && method_exists( $manager, 'should_create_www_subdomain' ) ) {
			return (bool) $manager::get_instance()->should_create_www_subdomain( $domain );
		}
		return 0 !== strpos( $domain, 'www.' ) && 'always' === $this->www_policy();
	}

	/**
	 * Returns a credential that UM keeps encrypted, or an empty string; older UM keeps none.
	 */
	public function credential( string $name ): string {
		$registry = '\WP_Ultimo\Integrations\Integration_Registry';
		if ( ! is_callable( array( $registry, 'get_instance' ) ) ) {
			return '';
		}
		$integration = $registry::get_instance()->get( self::INTEGRATION );
		return is_object( $integration ) && method_exists( $integration, 'get_credential' ) ? (string) $integration->get_credential( $name ) : '';
	}

	/**
	 * Writes to one of UM's logs; the level is a PSR-3 word.
	 */
	public function log( string $handle, string $message, string $level = 'info' ): void {
		if ( function_exists( 'wu_log_add' ) ) {
			wu_log_add( $handle, $message, $level );
		}
	}
}
