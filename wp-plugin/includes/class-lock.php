<?php
/**
 * One at a time.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * A lock of the database, for work that no two PHP processes may do at once. It ends with the connection, however the process ends.
 */
final class Lock {

	/**
	 * Does the work while no other PHP process of this network does work under the same name. Returns what the work returns, or
	 * null where the lock could not be had in time.
	 *
	 * @param string   $name    What the work is.
	 * @param int      $seconds The longest to wait.
	 * @param callable $work    The work.
	 * @return mixed
	 */
	public static function hold( string $name, int $seconds, callable $work ) {
		global $wpdb;
		// MySQL takes names of up to 64 characters; they are shared by everything on the server.
		$lock = 'domain_bridge_' . md5( DB_NAME . $wpdb->base_prefix . get_current_network_id() . $name );
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- A lock of the database, which nothing may answer for it.
		if ( '1' !== (string) $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', $lock, $seconds ) ) ) {
			return null;
		}
		try {
			return $work();
		} finally {
			// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- As above.
			$wpdb->query( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $lock ) );
		}
	}
}
