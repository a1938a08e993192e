<?php
/**
 * The table of mappings and the transitions of its columns.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Writes rows and tells of each column that changed, in the columns' order.
 */
final class Domain_Table {

	/** Columns whose changes are told, in this order. */
	private const TOLD = array( 'domain', 'active', 'primary_domain', 'secure', 'stage' );

	/**
	 * The table's full name.
	 */
	public static function name(): string {
		global $wpdb;
		return $wpdb->base_prefix . 'wu_domain_mappings';
	}

	/**
	 * Makes the table once a network.
	 */
	public static function install(): void {
		global $wpdb;
		if ( get_network_option( null, 'um_double_table', false ) ) {
			return;
		}
		$wpdb->query(
			'CREATE TABLE IF NOT EXISTS `' . self::name() . "` (
				id bigint(20) NOT NULL AUTO_INCREMENT,
				blog_id bigint(20) NOT NULL,
				domain varchar(191) NOT NULL,
				active tinyint(4) DEFAULT 1,
				primary_domain tinyint(4) DEFAULT 0,
				secure tinyint(4) DEFAULT 0,
				stage enum('checking-dns','checking-ssl-cert','done-without-ssl','done','failed','ssl-failed') DEFAULT 'checking-dns',
				date_created datetime NULL,
				date_modified datetime NULL,
				PRIMARY KEY (id),
				KEY domain (domain),
				KEY blog_id (blog_id,domain,active)
			) " . $wpdb->get_charset_collate()
		);
		update_network_option( null, 'um_double_table', 1 );
	}

	/**
	 * Reads rows.
	 *
	 * @param array<string, mixed> $query Conditions by column, and number (default 100), offset, orderby, order.
	 * @return array<int, array<string, string|null>>
	 */
	public static function rows( array $query ): array {
		global $wpdb;
		$orderby = sanitize_key( $query['orderby'] ?? 'id' );
		$order   = 'ASC' === strtoupper( (string) ( $query['order'] ?? 'DESC' ) ) ? 'ASC' : 'DESC';
		$number  = (int) ( $query['number'] ?? 100 );
		$sql     = 'SELECT * FROM `' . self::name() . '` WHERE ' . self::where( $query ) . " ORDER BY `{$orderby}` {$order}";
		if ( $number > 0 ) {
			$sql .= sprintf( ' LIMIT %d, %d', (int) ( $query['offset'] ?? 0 ), $number );
		}
		return (array) $wpdb->get_results( $sql, ARRAY_A );
	}

	/**
	 * Adds a row and tells of all its columns with the old value 'new'.
	 *
	 * @param array<string, mixed> $data Values by column.
	 */
	public static function insert( array $data ): int {
		global $wpdb;
		if ( ! $wpdb->insert( self::name(), $data ) ) {
			return 0;
		}
		$id = (int) $wpdb->insert_id;
		foreach ( self::TOLD as $column ) {
			self::tell( $column, 'new', $data[ $column ], $id );
		}
		return $id;
	}

	/**
	 * Changes a row. A change is told only where no column held the new value before: UM compares values without their
	 * columns, so setting a mapping inactive (0) goes untold while it is not secure (0).
	 *
	 * @param int                  $id   The row's id.
	 * @param array<string, mixed> $data Values by column.
	 */
	public static function update( int $id, array $data ): bool {
		global $wpdb;
		$old = $wpdb->get_row( $wpdb->prepare( 'SELECT * FROM `' . self::name() . '` WHERE id = %d', $id ), ARRAY_A );
		if ( ! $old ) {
			return false;
		}
		$changed = array_diff_assoc( array_map( 'strval', $data ), array_map( 'strval', $old ) );
		if ( array() === $changed ) {
			return false;
		}
		$wpdb->update( self::name(), $changed + array( 'date_modified' => current_time( 'mysql', true ) ), array( 'id' => $id ) );
		$before = array_intersect_key( $old, array_flip( self::TOLD ) );
		$told   = array_diff( array_intersect_key( $changed, $before ), array_map( 'strval', $before ) );
		foreach ( array_intersect( self::TOLD, array_keys( $told ) ) as $column ) {
			self::tell( $column, $old[ $column ], $data[ $column ], $id );
		}
		return true;
	}

	/**
	 * Deletes a row.
	 *
	 * @param int $id The row's id.
	 */
	public static function delete( int $id ): bool {
		global $wpdb;
		return (bool) $wpdb->delete( self::name(), array( 'id' => $id ) );
	}

	/**
	 * Fires a column's transition.
	 *
	 * @param string $column    The column.
	 * @param mixed  $old_value What it held.
	 * @param mixed  $new_value What it holds.
	 * @param int    $id        The row's id.
	 */
	private static function tell( string $column, $old_value, $new_value, int $id ): void {
		/** UM's hook for a changed column. */
		do_action( "wu_transition_domain_{$column}", $old_value, $new_value, $id );
	}

	/**
	 * The conditions as SQL: `column`, `column__in`, `column__not_in`.
	 *
	 * @param array<string, mixed> $query The query.
	 */
	private static function where( array $query ): string {
		global $wpdb;
		$conditions = array( '1 = 1' );
		foreach ( $query as $key => $wanted ) {
			$column = (string) preg_replace( '/__(not_)?in$/', '', (string) $key );
			$column = 'site_id' === $column ? 'blog_id' : $column;
			if ( ! in_array( $column, array_merge( array( 'id', 'blog_id' ), self::TOLD ), true ) ) {
				continue;
			}
			$values       = array_map( 'strval', array_map( array( self::class, 'scalar' ), (array) $wanted ) );
			$values       = array() === $values ? array( '' ) : $values;
			$not          = false === strpos( (string) $key, '__not_in' ) ? '' : 'NOT ';
			$places       = implode( ', ', array_fill( 0, count( $values ), '%s' ) );
			$conditions[] = $wpdb->prepare( "`{$column}` {$not}IN ({$places})", $values );
		}
		return implode( ' AND ', $conditions );
	}

	/**
	 * A truth value as the number that the table holds.
	 *
	 * @param mixed $value The value.
	 * @return mixed
	 */
	private static function scalar( $value ) {
		return is_bool( $value ) ? (int) $value : $value;
	}
}
