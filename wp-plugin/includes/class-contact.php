<?php
/**
 * Whether the sidecar can be reached.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Marks the network while the sidecar is away, with since when and why, and has WP-Cron try again ever more slowly.
 */
final class Contact {

	/** Holds array( since, tries, next: unix seconds; code, message, data: the last error ). */
	const OPTION = 'domain_bridge_away';
	const CRON   = 'domain_bridge_retry';

	const FIRST_DELAY   = 15;
	const LONGEST_DELAY = 600;

	/**
	 * Returns the mark, or null while all is well.
	 */
	public function away(): ?array {
		$mark = get_network_option( null, self::OPTION, null );
		return is_array( $mark ) && isset( $mark['since'], $mark['next'] ) ? $mark : null;
	}

	/**
	 * Tells whether it is time to try again without being asked.
	 */
	public function is_due( int $now ): bool {
		$mark = $this->away();
		return null !== $mark && $now >= $mark['next'];
	}

	/**
	 * Marks the network and plans the next try.
	 */
	public function lost( \WP_Error $error, int $now ): void {
		$mark  = $this->away();
		$tries = 1 + ( $mark['tries'] ?? 0 );
		$next  = $now + (int) min( self::LONGEST_DELAY, self::FIRST_DELAY * 2 ** min( 10, $tries - 1 ) );
		update_network_option(
			null,
			self::OPTION,
			array(
				'since'   => $mark['since'] ?? $now,
				'tries'   => $tries,
				'next'    => $next,
				'code'    => (string) $error->get_error_code(),
				'message' => $error->get_error_message(),
				'data'    => $error->get_error_data(),
			)
		);
		self::on_main_site(
			static function () use ( $next ): void {
				wp_clear_scheduled_hook( self::CRON );
				wp_schedule_single_event( $next, self::CRON );
			}
		);
	}

	/**
	 * Takes the mark away; costs nothing while there is none.
	 */
	public function found(): void {
		if ( null !== $this->away() ) {
			delete_network_option( null, self::OPTION );
			$this->stop();
		}
	}

	/**
	 * Takes the planned try away.
	 */
	public function stop(): void {
		self::on_main_site(
			static function (): void {
				wp_clear_scheduled_hook( self::CRON );
			}
		);
	}

	/**
	 * Returns the last error, as the sidecar's client gave it.
	 */
	public function error(): ?\WP_Error {
		$mark = $this->away();
		return null === $mark ? null : new \WP_Error( $mark['code'], $mark['message'], $mark['data'] );
	}

	/**
	 * Works on the main site: every site has a cron of its own, and only the main site's is sure to run.
	 */
	private static function on_main_site( callable $work ): void {
		switch_to_blog( get_main_site_id() );
		try {
			$work();
		} finally {
			restore_current_blog();
		}
	}
}
