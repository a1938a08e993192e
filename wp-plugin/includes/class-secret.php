<?php
/**
 * The secret shared with the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Finds the secret: the constant, else the one made on activation, which is kept sealed under a key from wp-config.php's
 * salts. Sealing is libsodium's secretbox, which WordPress brings to every PHP.
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
		if ( ! is_string( $sealed ) || '' === $sealed ) {
			return '';
		}
		$secret = self::open( $sealed );
		if ( '' !== $secret && 0 === strpos( $sealed, 'v1:' ) ) {
			$this->keep( $secret );
		}
		return $secret;
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
	 * Tells whether the key that seals the secret lies beside it: without salts in wp-config.php WordPress keeps its own
	 * in the database.
	 */
	public function lies_beside_its_key(): bool {
		foreach ( array( 'AUTH_KEY', 'AUTH_SALT' ) as $name ) {
			$salt = defined( $name ) ? (string) constant( $name ) : '';
			if ( '' === $salt || 'put your unique phrase here' === $salt ) {
				return ! $this->from_constant();
			}
		}
		return false;
	}

	/**
	 * Makes and keeps a new secret; the sidecar has to be given it.
	 */
	public function create(): string {
		$secret = 'whsec_' . base64_encode( random_bytes( 32 ) );
		$this->keep( $secret );
		return $secret;
	}

	/**
	 * Keeps a secret sealed.
	 *
	 * @param string $secret The secret.
	 */
	public function keep( string $secret ): void {
		update_network_option( null, self::OPTION, self::seal( $secret ) );
	}

	/**
	 * Returns a value sealed, as printable text.
	 *
	 * @param string $value The value.
	 */
	private static function seal( string $value ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		return 'v2:' . base64_encode( $nonce . sodium_crypto_secretbox( $value, $nonce, self::key() ) );
	}

	/**
	 * Returns a sealed value, or an empty string when it was changed or sealed under other salts.
	 *
	 * @param string $sealed What seal() gave, or what version 0.1.0 of the plugin had kept (AES-256-GCM).
	 */
	private static function open( string $sealed ): string {
		$bytes = (string) base64_decode( (string) substr( $sealed, 3 ), true );
		if ( strlen( $bytes ) < 29 ) {
			return '';
		}
		$value = false;
		if ( 0 === strpos( $sealed, 'v2:' ) ) {
			$value = sodium_crypto_secretbox_open( substr( $bytes, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ), substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ), self::key() );
		} elseif ( 0 === strpos( $sealed, 'v1:' ) && function_exists( 'openssl_decrypt' ) ) {
			$value = openssl_decrypt( substr( $bytes, 28 ), 'aes-256-gcm', self::key(), OPENSSL_RAW_DATA, substr( $bytes, 0, 12 ), substr( $bytes, 12, 16 ), self::PURPOSE );
		}
		return is_string( $value ) ? $value : '';
	}

	/**
	 * Returns the 32-byte key.
	 */
	private static function key(): string {
		return hash_hkdf( 'sha256', wp_salt( 'auth' ), 32, 'domain-bridge ' . self::PURPOSE );
	}
}
