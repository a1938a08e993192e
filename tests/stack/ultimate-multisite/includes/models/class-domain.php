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

	/** Stages in which a mapping is not in use, whatever its active column says. */
	public const INACTIVE_STAGES = array( 'checking-dns', 'checking-ssl-cert', 'failed', 'ssl-failed' );

	/** All stages. */
	private const STAGES = array( 'checking-dns', 'checking-ssl-cert', 'done-without-ssl', 'done', 'failed', 'ssl-failed' );

	/**
	 * The row's values.
	 *
	 * @var array<string, mixed>
	 */
	private $row = array(
		'id'             => 0,
		'blog_id'        => 0,
		'domain'         => '',
		'active'         => 1,
		'primary_domain' => 0,
		'secure'         => 0,
		'stage'          => 'checking-dns',
		'date_created'   => null,
		'date_modified'  => null,
	);

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

	/**
	 * Whether it has a row.
	 */
	public function exists(): bool {
		return $this->get_id() > 0;
	}

	/**
	 * The row's id.
	 */
	public function get_id(): int {
		return (int) $this->row['id'];
	}

	/**
	 * The name.
	 */
	public function get_domain(): string {
		return (string) $this->row['domain'];
	}

	/**
	 * Renames it; names are kept in lower case.
	 *
	 * @param string $domain The name.
	 */
	public function set_domain( $domain ): void {
		$this->row['domain'] = strtolower( (string) $domain );
	}

	/**
	 * The site.
	 */
	public function get_blog_id(): int {
		return (int) $this->row['blog_id'];
	}

	/**
	 * Gives it to another site.
	 *
	 * @param int $blog_id The site.
	 */
	public function set_blog_id( $blog_id ): void {
		$this->row['blog_id'] = (int) $blog_id;
	}

	/**
	 * The site, by its other name.
	 */
	public function get_site_id(): int {
		return $this->get_blog_id();
	}

	/**
	 * Whether it is in use.
	 */
	public function is_active(): bool {
		return ! $this->has_inactive_stage() && (bool) $this->row['active'];
	}

	/**
	 * Turns it on or off.
	 *
	 * @param bool $active On or off.
	 */
	public function set_active( $active ): void {
		$this->row['active'] = (int) (bool) $active;
	}

	/**
	 * Whether it is its site's first name.
	 */
	public function is_primary_domain(): bool {
		return (bool) $this->row['primary_domain'];
	}

	/**
	 * Makes it its site's first name or not.
	 *
	 * @param bool $primary_domain First or not.
	 */
	public function set_primary_domain( $primary_domain ): void {
		$this->row['primary_domain'] = (int) (bool) $primary_domain;
	}

	/**
	 * Whether it is served by HTTPS.
	 */
	public function is_secure(): bool {
		return (bool) $this->row['secure'];
	}

	/**
	 * Says whether it is served by HTTPS.
	 *
	 * @param bool $secure Whether it is.
	 */
	public function set_secure( $secure ): void {
		$this->row['secure'] = (int) (bool) $secure;
	}

	/**
	 * How far its checks are.
	 */
	public function get_stage(): string {
		return (string) $this->row['stage'];
	}

	/**
	 * Says how far its checks are.
	 *
	 * @param string $stage One of the six stages.
	 */
	public function set_stage( $stage ): void {
		$this->row['stage'] = $stage;
	}

	/**
	 * Whether its stage keeps it from being used.
	 */
	public function has_inactive_stage(): bool {
		return in_array( $this->get_stage(), self::INACTIVE_STAGES, true );
	}

	/**
	 * When it was made, in UTC.
	 */
	public function get_date_created(): ?string {
		return $this->row['date_created'];
	}
}
