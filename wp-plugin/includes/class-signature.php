<?php
/**
 * The signature of requests, the same in both directions.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Signs and verifies requests as Standard Webhooks does, with method and target added to the signed bytes.
 */
final class Signature {

	/** Seconds that a request's time may be off, either way. */
	const TOLERANCE = 300;

	/**
	 * Returns the three headers that sign a request with every secret of the setting; empty when no secret is usable.
	 *
	 * @param string $secrets The setting: secrets separated by spaces.
	 * @param string $id      The request's own id.
	 * @param int    $now     Unix seconds.
	 * @param string $method  The HTTP method.
	 * @param string $target  Path and query as on the request line.
	 * @param string $body    The raw body.
	 */
	public static function headers( string $secrets, string $id, int $now, string $method, string $target, string $body ): array {
		$signatures = array();
		foreach ( self::keys( $secrets ) as $key ) {
			$signatures[] = self::sign( $key, $id, (string) $now, $method, $target, $body );
		}
		if ( array() === $signatures ) {
			return array();
		}
		return array(
			'webhook-id'        => $id,
			'webhook-timestamp' => (string) $now,
			'webhook-signature' => implode( ' ', $signatures ),
		);
	}

	/**
	 * Returns an empty string for a good signature, else signature-missing, signature-invalid or signature-expired.
	 *
	 * @param string $secrets The setting: secrets separated by spaces.
	 * @param array  $headers The three headers, by their names in small letters.
	 * @param int    $now     Unix seconds.
	 * @param string $method  The HTTP method.
	 * @param string $target  Path and query as on the request line.
	 * @param string $body    The raw body.
	 */
	public static function verify( string $secrets, array $headers, int $now, string $method, string $target, string $body ): string {
		$id         = $headers['webhook-id'] ?? '';
		$timestamp  = $headers['webhook-timestamp'] ?? '';
		$signatures = $headers['webhook-signature'] ?? '';
		if ( '' === $id || '' === $timestamp || '' === $signatures ) {
			return 'signature-missing';
		}
		if ( 1 !== preg_match( '/^[\w-]{1,128}$/D', $id ) || 1 !== preg_match( '/^\d{1,12}$/D', $timestamp ) ) {
			return 'signature-invalid';
		}
		$good = false;
		foreach ( self::keys( $secrets ) as $key ) {
			$expected = self::sign( $key, $id, $timestamp, $method, $target, $body );
			foreach ( explode( ' ', $signatures, 17 ) as $given ) {
				// No early exit: the time taken must not tell which of several secrets matched.
				$good = hash_equals( $expected, $given ) || $good;
			}
		}
		if ( ! $good ) {
			return 'signature-invalid';
		}
		return abs( $now - (int) $timestamp ) > self::TOLERANCE ? 'signature-expired' : '';
	}

	/**
	 * Returns the usable keys, as raw bytes, of a setting that holds secrets separated by spaces.
	 *
	 * @param string $secrets The setting.
	 */
	public static function keys( string $secrets ): array {
		$keys = array();
		foreach ( preg_split( '/\s+/', $secrets, -1, PREG_SPLIT_NO_EMPTY ) as $secret ) {
			$key = self::key( $secret );
			if ( '' !== $key ) {
				$keys[] = $key;
			}
		}
		return $keys;
	}

	/**
	 * Returns a secret's key, or an empty string when the secret is too short to protect anything.
	 *
	 * @param string $secret One secret of the setting.
	 */
	private static function key( string $secret ): string {
		if ( 0 !== strpos( $secret, 'whsec_' ) ) {
			return preg_match_all( '/./us', $secret ) >= 32 ? $secret : '';
		}
		$encoded = substr( $secret, 6 );
		if ( 1 !== preg_match( '~^[A-Za-z0-9+/]+={0,2}$~D', $encoded ) ) {
			return '';
		}
		$key    = (string) base64_decode( $encoded, true );
		$length = strlen( $key );
		return $length >= 24 && $length <= 64 ? $key : '';
	}

	/**
	 * Returns one signature over the id, the time, the request line and the raw body.
	 *
	 * @param string $key       The secret's bytes.
	 * @param string $id        The request's own id.
	 * @param string $timestamp Unix seconds.
	 * @param string $method    The HTTP method.
	 * @param string $target    Path and query as on the request line.
	 * @param string $body      The raw body.
	 */
	private static function sign( string $key, string $id, string $timestamp, string $method, string $target, string $body ): string {
		$signed = "{$id}.{$timestamp}.{$method} {$target}.{$body}";
		return 'v1,' . base64_encode( hash_hmac( 'sha256', $signed, $key, true ) );
	}
}
