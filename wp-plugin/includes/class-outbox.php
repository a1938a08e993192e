<?php
/**
 * Removals that the sidecar has not accepted yet.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Keeps the names that UM removed until the sidecar knows them: only these cannot be read from the table again.
 */
final class Outbox {

	/** Each request keeps a row of its own under this prefix, so that two at once cannot overwrite each other's. */
	const PREFIX = 'domain_bridge_removed_';

	/** Events in a row; small enough for the sidecar's limit of 1000 in a call. */
	const ROW = 400;

	/**
	 * Keeps the removals among the events.
	 *
	 * @param array $events The events.
	 */
	public function keep( array $events ): void {
		$removals = array_filter(
			$events,
			static function ( array $event ): bool {
				return in_array( $event['type'], array( 'mapping.removed', 'site.removed' ), true );
			}
		);
		foreach ( array_chunk( $removals, self::ROW ) as $row ) {
			add_network_option( null, self::PREFIX . bin2hex( random_bytes( 16 ) ), $row );
		}
	}

	/**
	 * Returns array( option names, events ) of the oldest rows that fit into one call.
	 */
	public function next(): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery.DirectQuery, WordPress.DB.DirectDatabaseQuery.NoCaching -- WordPress cannot list options by the beginning of their names.
		$rows   = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT meta_key, meta_value FROM {$wpdb->sitemeta} WHERE site_id = %d AND meta_key LIKE %s ORDER BY meta_id LIMIT 50",
				get_current_network_id(),
				$wpdb->esc_like( self::PREFIX ) . '%'
			)
		);
		$names  = array();
		$events = array();
		foreach ( is_array( $rows ) ? $rows : array() as $row ) {
			$kept = maybe_unserialize( $row->meta_value );
			$kept = is_array( $kept ) ? $kept : array();
			if ( count( $events ) + count( $kept ) > 2 * self::ROW ) {
				break;
			}
			$names[] = $row->meta_key;
			$events  = array_merge( $events, $kept );
		}
		return array( $names, $events );
	}

	/**
	 * Forgets rows that the sidecar accepted.
	 *
	 * @param array $names The rows' option names.
	 */
	public function forget( array $names ): void {
		foreach ( $names as $name ) {
			delete_network_option( null, $name );
		}
	}
}
