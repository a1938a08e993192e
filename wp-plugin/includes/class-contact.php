<?php
/**
 * Whether the sidecar can be reached.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Marks the network while the sidecar is away, with since when and why, and has it tried again ever more slowly.
 *
 * The next try is a job of Action Scheduler, which UM brings: a row of its own. Without it one recurring event of WP-Cron,
 * made at activation, looks every five minutes. WP-Cron keeps all events in one option, and a request that has waited
 * for the sidecar has an old copy of it: written back, it would take the events away that others planned meanwhile.
 */
final class Contact {

	/** Holds array( since, tries, next: unix seconds; code, message, data: the last error ). */
	const OPTION = 'domain_bridge_away';

	/** The job that tries again, in a group of its own. */
	const JOB   = 'domain_bridge_retry';
	const GROUP = 'domain-bridge';

	/** The recurring event where there is no Action Scheduler, and how often it comes. */
	const EVENT    = 'domain_bridge_look';
	const SCHEDULE = 'domain_bridge_five_minutes';

	const FIRST_DELAY   = 15;
	const LONGEST_DELAY = 600;

	/**
	 * Tells WP-Cron how often the event comes.
	 */
	public function register(): void {
		// phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- Five minutes; the event only reads one option unless the sidecar is away.
		add_filter( 'cron_schedules', array( $this, 'add_schedule' ) );
	}

	/**
	 * Adds the event's schedule.
	 *
	 * @param mixed $schedules The schedules so far.
	 * @return mixed
	 */
	public function add_schedule( $schedules ) {
		if ( is_array( $schedules ) ) {
			$schedules[ self::SCHEDULE ] = array(
				'interval' => 5 * MINUTE_IN_SECONDS,
				'display'  => 'Domain Bridge for ServerPilot',
			);
		}
		return $schedules;
	}

	/**
	 * Returns the mark, or null while all is well.
	 */
	public function away(): ?array {
		$mark = get_network_option( null, self::OPTION, null );
		return is_array( $mark ) && isset( $mark['since'], $mark['next'] ) ? $mark : null;
	}

	/**
	 * Tells whether it is time to try again without being asked.
	 *
	 * @param int $now Unix seconds.
	 */
	public function is_due( int $now ): bool {
		$mark = $this->away();
		return null !== $mark && $now >= $mark['next'];
	}

	/**
	 * Marks the network and plans the next try.
	 *
	 * @param \WP_Error $error What went wrong.
	 * @param int       $now   Unix seconds.
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
				// Action Scheduler has its tables from "init" on.
				if ( self::has_jobs() && did_action( 'init' ) > 0 && ! Ultimate_Multisite::ask( 'as_has_scheduled_action', array( self::JOB, array(), self::GROUP ), true ) ) {
					Ultimate_Multisite::ask( 'as_schedule_single_action', array( $next, self::JOB, array(), self::GROUP ) );
				}
			}
		);
	}

	/**
	 * Takes the mark away; a try that is planned finds nothing to do. Costs nothing while there is no mark.
	 */
	public function found(): void {
		if ( null !== $this->away() ) {
			delete_network_option( null, self::OPTION );
		}
	}

	/**
	 * Makes the recurring event where Action Scheduler is not there. Not for requests that have waited for the sidecar.
	 */
	public function ensure_event(): void {
		if ( self::has_jobs() ) {
			return;
		}
		self::on_main_site(
			static function (): void {
				if ( false === wp_next_scheduled( self::EVENT ) ) {
					wp_schedule_event( time() + 5 * MINUTE_IN_SECONDS, self::SCHEDULE, self::EVENT );
				}
			}
		);
	}

	/**
	 * Takes every planned try away. Not for requests that have waited for the sidecar.
	 */
	public function stop(): void {
		self::on_main_site(
			static function (): void {
				Ultimate_Multisite::ask( 'as_unschedule_all_actions', array( self::JOB, array(), self::GROUP ) );
				foreach ( array( self::EVENT, self::JOB ) as $hook ) {
					// The second is what version 0.1.0 planned.
					if ( false !== wp_next_scheduled( $hook ) ) {
						wp_clear_scheduled_hook( $hook );
					}
				}
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
	 * Tells whether Action Scheduler is there.
	 */
	private static function has_jobs(): bool {
		return function_exists( 'as_schedule_single_action' ) && function_exists( 'as_has_scheduled_action' );
	}

	/**
	 * Works on the main site: every site has jobs and events of its own, and only the main site's are sure to run.
	 *
	 * @param callable $work The work.
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
