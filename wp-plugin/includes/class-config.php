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
	const DEFAULT_URL = 'http://localhost:8787';

	private Ultimate_Multisite $um;

	/**
	 * Takes the adapter that knows UM's own stored credentials.
	 */
	public function __construct( Ultimate_Multisite $um ) {
		$this->um = $um;
	}

	/**
	 * Returns a credential: the constant, else UM's own of that name, else an empty string.
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
	 * Tells whether ServerPilot shall redirect to https once every name is secure.
	 */
	public static function force_ssl(): bool {
		return defined( self::FORCE_SSL ) && filter_var( constant( self::FORCE_SSL ), FILTER_VALIDATE_BOOLEAN );
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
	 * Returns a constant as trimmed text.
	 */
	private static function constant_value( string $name ): string {
		$value = defined( $name ) ? constant( $name ) : '';
		return is_scalar( $value ) && true !== $value ? trim( (string) $value ) : '';
	}
}
