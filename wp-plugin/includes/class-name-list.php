<?php
/**
 * Choosing among the domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Searches, filters and sorts the sidecar's domains, for the screen and WP-CLI alike.
 */
final class Name_List {

	/** What can be sorted by. */
	const ORDERS = array( 'name', 'state', 'next', 'certificate' );

	/**
	 * Returns the domains that match, sorted; by urgency where no order is given.
	 *
	 * @param array  $names   The domains of a snapshot.
	 * @param string $search  A part of a name, or nothing.
	 * @param string $state   A state, or nothing.
	 * @param string $order   One of ORDERS.
	 * @param bool   $reverse Whether the last comes first.
	 */
	public static function choose( array $names, string $search = '', string $state = '', string $order = 'state', bool $reverse = false ): array {
		$search = strtolower( trim( $search ) );
		$chosen = array_filter(
			$names,
			static function ( array $name ) use ( $search, $state ): bool {
				return ( '' === $search || false !== strpos( strtolower( Wire::text( $name, 'name' ) ), $search ) )
					&& ( '' === $state || Wire::text( $name, 'state' ) === $state );
			}
		);
		usort(
			$chosen,
			static function ( array $a, array $b ) use ( $order, $reverse ): int {
				$way  = $reverse ? -1 : 1;
				$keys = array( self::key( $a, $order ), self::key( $b, $order ) );
				return $way * ( $keys[0] <=> $keys[1] ) ?: strcmp( Wire::text( $a, 'name' ), Wire::text( $b, 'name' ) );
			}
		);
		return $chosen;
	}

	/**
	 * Returns what a domain is sorted by; a moment that is not known comes last.
	 *
	 * @return int|string
	 */
	private static function key( array $name, string $order ) {
		if ( 'name' === $order ) {
			return Wire::text( $name, 'name' );
		}
		if ( 'state' === $order ) {
			$place = array_search( Wire::text( $name, 'state' ), Snapshot::STATES, true );
			return false === $place ? -1 : $place;
		}
		$time = Wire::time( $name, 'next' === $order ? 'nextTryAt' : 'certificateEndsAt' );
		return 0 === $time ? PHP_INT_MAX : $time;
	}
}
