<?php
/**
 * Whose site it is.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * A site with its membership and its customer in one object. The network option um_double_customers says which user has
 * which site.
 */
final class Owner {

	/**
	 * The site.
	 *
	 * @var int
	 */
	private int $site_id;

	/**
	 * Takes the site.
	 *
	 * @param int $site_id The site.
	 */
	public function __construct( int $site_id ) {
		$this->site_id = $site_id;
	}

	/**
	 * The membership; false for a site that belongs to no customer.
	 *
	 * @return self|false
	 */
	public function get_membership() {
		return 0 === $this->get_user_id() ? false : $this;
	}

	/** The membership's customer. */
	public function get_customer(): self {
		return $this;
	}

	/** The customer's id. */
	public function get_id(): int {
		return $this->get_user_id();
	}

	/** The customer's user. */
	public function get_user_id(): int {
		$customers = (array) get_network_option( null, 'um_double_customers', array() );
		return (int) ( $customers[ $this->site_id ] ?? 0 );
	}
}
