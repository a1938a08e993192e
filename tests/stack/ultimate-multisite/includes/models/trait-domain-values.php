<?php
/**
 * The values of a mapping.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Reads and sets the columns of one row, which save() writes.
 */
trait Domain_Values {

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
	 * The stage in words.
	 */
	public function get_stage_label(): string {
		$labels = array(
			'checking-dns'      => 'Checking DNS',
			'checking-ssl-cert' => 'Checking SSL',
			'done-without-ssl'  => 'Ready (Without SSL)',
			'done'              => 'Ready',
			'failed'            => 'DNS Failed',
			'ssl-failed'        => 'SSL Failed',
		);
		return $labels[ $this->get_stage() ] ?? 'Checking DNS';
	}

	/**
	 * The classes of the stage's badge.
	 */
	public function get_stage_class(): string {
		return 'wu-bg-gray-200';
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
