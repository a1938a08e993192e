<?php
/**
 * How UM keeps credentials that are not in wp-config.php.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Helpers;

/**
 * Encrypts with a key from the site's salts, so that the options table alone gives nothing away.
 */
final class Credential_Store {

	private const MARK = '$wu_enc$';

	/**
	 * Encrypts a credential for an option.
	 *
	 * @param string $value The credential.
	 */
	public static function encrypt( string $value ): string {
		$iv     = random_bytes( 16 );
		$sealed = (string) openssl_encrypt( $value, 'aes-256-cbc', self::key(), OPENSSL_RAW_DATA, $iv );
		return self::MARK . base64_encode( $iv . $sealed );
	}

	/**
	 * Decrypts an option's value; an empty string where that fails.
	 *
	 * @param string $value What encrypt() gave.
	 */
	public static function decrypt( string $value ): string {
		if ( 0 !== strpos( $value, self::MARK ) ) {
			return $value;
		}
		$raw = (string) base64_decode( substr( $value, strlen( self::MARK ) ), true );
		return (string) openssl_decrypt( substr( $raw, 16 ), 'aes-256-cbc', self::key(), OPENSSL_RAW_DATA, substr( $raw, 0, 16 ) );
	}

	/**
	 * The key, which lives in wp-config.php.
	 */
	private static function key(): string {
		return hash( 'sha256', wp_salt( 'auth' ), true );
	}
}
