<?php
/**
 * Encryption of what must not lie readable in the database.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Seals values with AES-256-GCM under a key that is derived from the salts in wp-config.php.
 */
final class Vault {

	const CIPHER = 'aes-256-gcm';

	/**
	 * Returns the value sealed for one purpose, as printable text.
	 */
	public static function seal( string $value, string $purpose ): string {
		$nonce  = random_bytes( 12 );
		$tag    = '';
		$sealed = openssl_encrypt( $value, self::CIPHER, self::key( $purpose ), OPENSSL_RAW_DATA, $nonce, $tag, $purpose );
		return 'v1:' . base64_encode( $nonce . $tag . $sealed );
	}

	/**
	 * Returns the value, or an empty string when it was changed or sealed under other salts.
	 */
	public static function open( string $sealed, string $purpose ): string {
		$bytes = (string) base64_decode( (string) substr( $sealed, 3 ), true );
		if ( 0 !== strpos( $sealed, 'v1:' ) || strlen( $bytes ) < 29 ) {
			return '';
		}
		$value = openssl_decrypt(
			substr( $bytes, 28 ),
			self::CIPHER,
			self::key( $purpose ),
			OPENSSL_RAW_DATA,
			substr( $bytes, 0, 12 ),
			substr( $bytes, 12, 16 ),
			$purpose
		);
		return false === $value ? '' : $value;
	}

	/**
	 * Returns the purpose's own 32-byte key.
	 */
	private static function key( string $purpose ): string {
		return hash_hkdf( 'sha256', wp_salt( 'auth' ), 32, "domain-bridge {$purpose}" );
	}
}
