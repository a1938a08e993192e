<?php
/**
 * What the network admin set.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Reads the constants of wp-config.php; a constant that is defined empty counts as missing.
 */
final class Config {

	const CLIENT_ID   = 'WU_SERVER_PILOT_CLIENT_ID';
	const API_KEY     = 'WU_SERVER_PILOT_API_KEY';
	const APP_ID      = 'WU_SERVER_PILOT_APP_ID';
	const SIDECAR_URL = 'WU_SERVER_PILOT_SIDECAR_URL';
	const FORCE_SSL   = 'WU_SERVER_PILOT_FORCE_SSL';
	const ALLOW_HTTP  = 'WU_SERVER_PILOT_ALLOW_HTTP';
	const DEFAULT_URL = 'http://localhost:8787';

	private Ultimate_Multisite $um;

	/**
	 * Takes the adapter that knows UM's own stored credentials.
	 *
	 * @param Ultimate_Multisite $um UM.
	 */
	public function __construct( Ultimate_Multisite $um ) {
		$this->um = $um;
	}

	/**
	 * Returns a credential: the constant, else UM's own of that name, else an empty string.
	 *
	 * @param string $name One of the names above.
	 */
	public function credential( string $name ): string {
		$value = self::constant_value( $name );
		return '' !== $value ? $value : trim( $this->um->credential( $name ) );
	}

	/**
	 * Returns the names of the required constants that are found nowhere.
	 */
	public function missing(): array {
		$missing = array();
		foreach ( array( self::CLIENT_ID, self::API_KEY, self::APP_ID ) as $name ) {
			if ( '' === $this->credential( $name ) ) {
				$missing[] = $name;
			}
		}
		return $missing;
	}

	/**
	 * Returns the sidecar's address without a final slash.
	 */
	public function sidecar_url(): string {
		$url = self::constant_value( self::SIDECAR_URL );
		return rtrim( '' !== $url ? $url : self::DEFAULT_URL, '/' );
	}

	/**
	 * Returns why the sidecar's address is not used, or an empty string.
	 */
	public function address_problem(): string {
		return self::is_true( self::ALLOW_HTTP ) ? '' : self::problem_of( $this->sidecar_url() );
	}

	/**
	 * Returns what is wrong with an address. The registration holds the API key, so plain http goes to this machine only.
	 *
	 * @param string $url The address.
	 */
	public static function problem_of( string $url ): string {
		$host = trim( strtolower( (string) wp_parse_url( $url, PHP_URL_HOST ) ), '[]' );
		$here = 'localhost' === $host || '.localhost' === substr( $host, -10 ) || '::1' === $host || 1 === preg_match( '/^127(\.\d{1,3}){3}$/D', $host );
		return $here || 0 === stripos( $url, 'https://' ) ? '' : 'sidecar-insecure';
	}

	/**
	 * Tells whether ServerPilot shall redirect to https once every name is secure.
	 */
	public static function force_ssl(): bool {
		return self::is_true( self::FORCE_SSL ) || self::force_ssl_proxied();
	}

	/**
	 * Tells whether it shall do so even where names are behind a proxy, which may then redirect for ever.
	 */
	public static function force_ssl_proxied(): bool {
		return 'proxied' === self::constant_value( self::FORCE_SSL );
	}

	/**
	 * Returns the id under which the sidecar knows this network.
	 */
	public function network(): string {
		/**
		 * Filters the id of this network, for a sidecar that serves several (NETWORKS_FILE).
		 *
		 * @param string $id The id.
		 */
		$id = apply_filters( 'domain_bridge_network_id', 'default' );
		return is_string( $id ) && 1 === preg_match( '/^[A-Za-z0-9_-]{1,64}$/D', $id ) ? $id : 'default';
	}

	/**
	 * Tells whether a constant is true, or says so in one of the usual words.
	 *
	 * @param string $name The constant's name.
	 */
	private static function is_true( string $name ): bool {
		return defined( $name ) && filter_var( constant( $name ), FILTER_VALIDATE_BOOLEAN );
	}

	/**
	 * Returns a constant as trimmed text.
	 *
	 * @param string $name The constant's name.
	 */
	private static function constant_value( string $name ): string {
		$value = defined( $name ) ? constant( $name ) : '';
		return is_scalar( $value ) && true !== $value ? trim( (string) $value ) : '';
	}
}
