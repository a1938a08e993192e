<?php
/**
 * A mapping.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Models;

use Um_Double\Domain_Table;

/**
 * One row of the table of mappings.
 */
class Domain {

	use \Um_Double\Domain_Values;

	/** Stages in which a mapping is not in use, whatever its active column says. */
	public const INACTIVE_STAGES = array( 'checking-dns', 'checking-ssl-cert', 'failed', 'ssl-failed' );

	/** All stages. */
	private const STAGES = array( 'checking-dns', 'checking-ssl-cert', 'done-without-ssl', 'done', 'failed', 'ssl-failed' );

	/**
	 * Whether it was the site's primary mapping when it was read.
	 *
	 * @var bool
	 */
	private $was_primary = false;

	/**
	 * Takes values by column.
	 *
	 * @param array<string, mixed>|object $values The values.
	 */
	public function __construct( $values = array() ) {
		foreach ( array_intersect_key( (array) $values, $this->row ) as $column => $value ) {
			$this->row[ $column ] = is_bool( $value ) ? (int) $value : $value;
		}
		$this->row['domain'] = strtolower( (string) $this->row['domain'] );
		$this->was_primary   = $this->get_id() > 0 && $this->is_primary_domain();
	}

	/**
	 * Reads mappings; at most 100 where no number is given.
	 *
	 * @param array<string, mixed> $query See Domain_Table::rows(); also fields => 'ids' and count => true.
	 * @return self[]|int[]|int
	 */
	public static function query( $query = array() ) {
		$rows = Domain_Table::rows( $query );
		if ( ! empty( $query['count'] ) ) {
			return count( $rows );
		}
		if ( 'ids' === ( $query['fields'] ?? '' ) ) {
			return array_map( 'intval', array_column( $rows, 'id' ) );
		}
		return array_map(
			static function ( $row ) {
				return new self( $row );
			},
			$rows
		);
	}

	/**
	 * Writes the row, tells of it, and empties the object cache.
	 *
	 * @return bool|\WP_Error
	 */
	public function save() {
		$new   = ! $this->exists();
		$error = $this->validate();
		if ( null !== $error ) {
			return $error;
		}
		$data            = $this->row;
		$data['blog_id'] = (int) $data['blog_id'];
		unset( $data['id'], $data['date_modified'] );
		if ( $new ) {
			$data['date_created'] = $data['date_created'] ?? current_time( 'mysql', true );
			$this->row['id']      = Domain_Table::insert( $data + array( 'date_modified' => current_time( 'mysql', true ) ) );
			$saved                = $this->row['id'] > 0;
		} else {
			unset( $data['date_created'] );
			$saved = Domain_Table::update( $this->get_id(), $data );
		}
		/** UM's hooks after every save, whether or not anything changed. */
		do_action( 'wu_model_post_save', 'domain', $data, $this->row, $this );
		do_action( 'wu_domain_post_save', $data, $this, $new );
		wp_cache_flush();
		if ( $this->is_primary_domain() && ! $this->was_primary ) {
			$this->was_primary = true;
			$others            = self::query(
				array(
					'primary_domain' => true,
					'blog_id'        => $this->get_blog_id(),
					'id__not_in'     => array( $this->get_id() ),
					'fields'         => 'ids',
				)
			);
			do_action( 'wu_async_remove_old_primary_domains', $others );
			do_action( 'wu_domain_became_primary', $this, $this->get_blog_id(), $new );
		}
		return $saved;
	}

	/** The mapping's site, by which UM finds whose it is. */
	public function get_site(): \Um_Double\Owner {
		return new \Um_Double\Owner( $this->get_blog_id() );
	}

	/**
	 * Deletes the row and tells of it before and after.
	 *
	 * @return bool|\WP_Error
	 */
	public function delete() {
		if ( ! $this->exists() ) {
			return new \WP_Error( 'wu_domain_delete_unsaved_item', 'Item not found.' );
		}
		do_action( 'wu_domain_pre_delete', $this );
		$result = Domain_Table::delete( $this->get_id() );
		do_action( 'wu_domain_post_delete', $result, $this );
		wu_log_clear( 'domain-' . $this->get_domain() );
		return $result;
	}

	/**
	 * What is wrong with the values, or null: UM knows ASCII names without wildcard, port, final dot, and no IPs.
	 */
	private function validate(): ?\WP_Error {
		$name  = $this->get_domain();
		$label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
		if ( strlen( $name ) > 191 || ! preg_match( "/^{$label}(\\.{$label})+$/D", $name ) || filter_var( $name, FILTER_VALIDATE_IP ) ) {
			return new \WP_Error( 'invalid_domain', sprintf( 'The domain %s is not valid.', $name ) );
		}
		if ( $this->get_blog_id() < 1 || ! in_array( $this->get_stage(), self::STAGES, true ) ) {
			return new \WP_Error( 'invalid_mapping', 'The site or the stage is not valid.' );
		}
		$same = self::query(
			array(
				'domain'     => $name,
				'id__not_in' => array( $this->get_id() ),
			)
		);
		return array() === $same ? null : new \WP_Error( 'domain_taken', sprintf( 'The domain %s is taken.', $name ) );
	}
}
