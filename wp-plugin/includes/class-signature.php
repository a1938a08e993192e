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
	 */
	private static function sign( string $key, string $id, string $timestamp, string $method, string $target, string $body ): string {
		$signed = "{$id}.{$timestamp}.{$method} {$target}.{$body}";
		return 'v1,' . base64_encode( hash_hmac( 'sha256', $signed, $key, true ) );
	}
}
