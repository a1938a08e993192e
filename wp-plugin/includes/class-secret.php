<?php
/**
 * The secret shared with the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Finds the secret: the constant, else the one made on activation and kept encrypted.
 */
final class Secret {

	const CONSTANT = 'WU_SERVER_PILOT_SIDECAR_SECRET';
	const OPTION   = 'domain_bridge_secret';
	const PURPOSE  = 'sidecar-secret';

	/**
	 * Returns the secrets of the setting, separated by spaces; empty when there is none that can be read.
	 */
	public function get(): string {
		if ( $this->from_constant() ) {
			return trim( (string) constant( self::CONSTANT ) );
		}
		$sealed = get_network_option( null, self::OPTION, '' );
		return is_string( $sealed ) && '' !== $sealed ? Vault::open( $sealed, self::PURPOSE ) : '';
	}

	/**
	 * Returns why no request can be signed: secret-missing, secret-unreadable, secret-invalid, or an empty string.
	 */
	public function problem(): string {
		$secret = $this->get();
		if ( array() !== Signature::keys( $secret ) ) {
			return '';
		}
		if ( '' !== $secret ) {
			return 'secret-invalid';
		}
		return '' === (string) get_network_option( null, self::OPTION, '' ) ? 'secret-missing' : 'secret-unreadable';
	}

	/**
	 * Tells whether wp-config.php has the secret.
	 */
	public function from_constant(): bool {
		return defined( self::CONSTANT ) && is_string( constant( self::CONSTANT ) ) && '' !== trim( constant( self::CONSTANT ) );
	}

	/**
	 * Makes and keeps a new secret; the sidecar has to be given it.
	 */
	public function create(): string {
		$secret = 'whsec_' . base64_encode( random_bytes( 32 ) );
		update_network_option( null, self::OPTION, Vault::seal( $secret, self::PURPOSE ) );
		return $secret;
	}
}
