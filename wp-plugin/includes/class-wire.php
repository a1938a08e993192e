<?php
/**
 * Reading what came over the wire.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Takes values out of the sidecar's answers; whatever is missing or of another kind reads as empty, never as an error.
 */
final class Wire {

	/**
	 * Returns text; numbers count as text.
	 */
	public static function text( array $from, string $key ): string {
		$value = $from[ $key ] ?? '';
		return is_string( $value ) || is_int( $value ) || is_float( $value ) ? (string) $value : '';
	}

	/**
	 * Returns a whole number.
	 */
	public static function number( array $from, string $key ): int {
		$value = $from[ $key ] ?? 0;
		return is_int( $value ) || is_float( $value ) ? (int) $value : 0;
	}

	/**
	 * Returns an ISO 8601 moment as unix seconds, or 0.
	 */
	public static function time( array $from, string $key ): int {
		$text = self::text( $from, $key );
		return '' === $text ? 0 : max( 0, (int) strtotime( $text ) );
	}

	/**
	 * Returns an object as an array.
	 */
	public static function map( array $from, string $key ): array {
		return isset( $from[ $key ] ) && is_array( $from[ $key ] ) ? $from[ $key ] : array();
	}

	/**
	 * Returns a list of texts.
	 */
	public static function texts( array $from, string $key ): array {
		return array_values( array_filter( self::map( $from, $key ), 'is_string' ) );
	}

	/**
	 * Returns a list of objects.
	 */
	public static function rows( array $from, string $key ): array {
		return array_values( array_filter( self::map( $from, $key ), 'is_array' ) );
	}
}
