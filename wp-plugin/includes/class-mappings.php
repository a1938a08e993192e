<?php
/**
 * UM's domain mappings.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Reads UM's table of mappings, and changes a mapping through UM's model only.
 */
final class Mappings {

	/** UM's table, and its name in older versions, without the prefix. */
	const TABLES = array( 'wu_domain_mappings', 'wu_domain' );

	/** The code of the exceptions below: it is worth trying again. */
	const BUSY = 503;

	/**
	 * Returns every mapping as array( domain, site id ), or null when they cannot be read.
	 */
	public function all(): ?array {
		global $wpdb;
		$shown = $wpdb->suppress_errors( true );
		$rows  = null;
		foreach ( self::TABLES as $table ) {
			// phpcs:ignore WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- UM's own function reads a hundred rows at a time; the name is one of the two above.
			$found = $wpdb->get_results( "SELECT domain, blog_id FROM `{$wpdb->base_prefix}{$table}` ORDER BY id", ARRAY_N );
			// A failed query is an empty array to wpdb, and must not be taken for a network without mappings.
			if ( is_array( $found ) && '' === (string) $wpdb->last_error ) {
				$rows = $found;
				break;
			}
		}
		$wpdb->suppress_errors( $shown );
		return null === $rows ? null : array_map(
			static function ( array $row ): array {
				return array( strtolower( (string) $row[0] ), (int) $row[1] );
			},
			$rows
		);
	}

	/**
	 * Returns UM's models of the mappings of one name; several sites may have mapped the same name.
	 *
	 * @param string $domain The name.
	 * @throws \RuntimeException With the code BUSY when the database does not answer, which UM takes for a name without mappings.
	 */
	public function named( string $domain ): array {
		global $wpdb;
		$wpdb->last_error = '';
		$found            = wu_get_domains(
			array(
				'domain' => $domain,
				'number' => 100,
			)
		);
		self::refuse_failed_query();
		return is_array( $found ) ? array_values( array_filter( $found, 'is_object' ) ) : array();
	}

	/**
	 * Puts a mapping to done and secure with one save; returns an empty string or why UM refused.
	 *
	 * @param object $mapping UM's model.
	 * @throws \RuntimeException With the code BUSY when the database does not take it now.
	 */
	public function make_secure( object $mapping ): string {
		if ( 'done' === $mapping->get_stage() && $mapping->is_secure() ) {
			return '';
		}
		$mapping->set_stage( 'done' );
		$mapping->set_secure( true );
		return self::save( $mapping );
	}

	/**
	 * Sets a mapping that UM has given up back to the check that it failed; returns an empty string or why UM refused.
	 *
	 * @param object $mapping UM's model.
	 * @throws \RuntimeException With the code BUSY when the database does not take it now.
	 */
	public function reopen( object $mapping ): string {
		$back = array(
			'failed'     => 'checking-dns',
			'ssl-failed' => 'checking-ssl-cert',
		);
		if ( ! isset( $back[ $mapping->get_stage() ] ) ) {
			return '';
		}
		$mapping->set_stage( $back[ $mapping->get_stage() ] );
		return self::save( $mapping );
	}

	/**
	 * Saves a mapping once: each save empties the whole object cache. Returns an empty string or why UM refused.
	 *
	 * @param object $mapping UM's model.
	 * @throws \RuntimeException With the code BUSY when the database does not take it now.
	 */
	private static function save( object $mapping ): string {
		global $wpdb;
		$wpdb->last_error = '';
		$saved            = $mapping->save();
		if ( true !== $saved ) {
			self::refuse_failed_query();
		}
		return is_wp_error( $saved ) ? $saved->get_error_message() : '';
	}

	/**
	 * Tells a database that failed from one that had nothing to say.
	 *
	 * @throws \RuntimeException After a failed query.
	 */
	private static function refuse_failed_query(): void {
		global $wpdb;
		if ( '' !== (string) $wpdb->last_error ) {
			throw new \RuntimeException( 'database-busy', self::BUSY );
		}
	}
}
