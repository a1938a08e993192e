<?php
/**
 * The domains as they were when the sidecar was last heard of.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Reads the domains from the sidecar's table in this database, in the form in which the sidecar gives them: the screen shows
 * them while the sidecar is away. Without the table there are none.
 */
final class Last_Known {

	/** SQL for each order; a moment that is not known comes last. */
	const ORDERS = array(
		'name'        => 'name',
		'state'       => "FIELD( state, 'ssl-failed', 'blocked', 'pending', 'removing', 'securing', 'secure' )",
		'next'        => 'next_try_at IS NULL, next_try_at',
		'certificate' => 'certificate_ends_at IS NULL, certificate_ends_at',
		'urgency'     => '-COALESCE( severity, 0 )',
	);

	/** The severities, as the table numbers them. */
	const SEVERITIES = array( 'ok', 'waiting', 'warning', 'action', 'critical' );

	/**
	 * Returns how many domains there are: array( counts by state, counts by severity ).
	 */
	public static function counts(): array {
		$states     = array();
		$severities = array();
		foreach ( self::rows( 'SELECT state, severity, COUNT(*) AS count FROM ' . self::table() . ' GROUP BY state, severity', array() ) as $row ) {
			$severity                = self::SEVERITIES[ (int) $row->severity ] ?? 'ok';
			$states[ $row->state ]   = ( $states[ $row->state ] ?? 0 ) + (int) $row->count;
			$severities[ $severity ] = ( $severities[ $severity ] ?? 0 ) + (int) $row->count;
		}
		return array( $states, $severities );
	}

	/**
	 * Returns a page of the domains as array( total, domains ).
	 *
	 * @param array $query The query of Snapshot::names(), complete.
	 */
	public static function page( array $query ): array {
		global $wpdb;
		$where  = array( '1 = 1' );
		$values = array();
		if ( '' !== trim( $query['search'] ) ) {
			$where[]  = 'name LIKE %s';
			$values[] = '%' . $wpdb->esc_like( strtolower( trim( $query['search'] ) ) ) . '%';
		}
		if ( '' !== $query['state'] ) {
			$where[]  = 'state = %s';
			$values[] = $query['state'];
		}
		if ( '' !== $query['needs'] ) {
			$where[] = 'severity >= 2';
		}
		$where = self::table() . ' WHERE ' . implode( ' AND ', $where );
		$order = self::ORDERS[ $query['order'] ] . ( $query['desc'] ? ' DESC' : '' );
		$total = self::rows( "SELECT COUNT(*) AS count FROM {$where}", $values );
		$rows  = self::rows(
			"SELECT name, kind, site_id, state, reason, params, tries, next_try_at, certificate_ends_at FROM {$where} ORDER BY {$order}, name LIMIT %d OFFSET %d",
			array_merge( $values, array( $query['limit'], $query['offset'] ) )
		);
		return array( (int) ( $total[0]->count ?? 0 ), array_map( array( self::class, 'name' ), $rows ) );
	}

	/**
	 * Returns a domain as the sidecar gives it.
	 *
	 * @param object $row Its row.
	 */
	private static function name( object $row ): array {
		$params = json_decode( (string) $row->params, true );
		$time   = static function ( $at ): ?string {
			return null === $at ? null : gmdate( 'c', intdiv( (int) $at, 1000 ) );
		};
		return array(
			'name'              => (string) $row->name,
			'kind'              => (string) $row->kind,
			'siteId'            => (int) $row->site_id,
			'state'             => (string) $row->state,
			'reason'            => (string) $row->reason,
			'params'            => is_array( $params ) ? $params : array(),
			'tries'             => (int) $row->tries,
			'nextTryAt'         => $time( $row->next_try_at ),
			'certificateEndsAt' => $time( $row->certificate_ends_at ),
		);
	}

	/**
	 * Returns the table, quoted.
	 */
	private static function table(): string {
		global $wpdb;
		return "`{$wpdb->base_prefix}domain_bridge_names`";
	}

	/**
	 * Returns rows of the table; none where it is not there or of another version.
	 *
	 * @param string $sql    The statement.
	 * @param array  $values The values of its placeholders.
	 */
	private static function rows( string $sql, array $values ): array {
		global $wpdb;
		$rows = Tables::quietly( 'get_results', array() === $values ? $sql : $wpdb->prepare( $sql, $values ) );
		return is_array( $rows ) ? $rows : array();
	}
}
