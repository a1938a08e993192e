<?php
/**
 * The end of a request.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Tells the sidecar at the end of a request what changed in it, in one signed call however much it was. While the sidecar
 * is away the network is marked, with since when and why, and it is tried again ever more slowly.
 *
 * The next try is a job of Action Scheduler, which UM brings: a row of its own. Without it one recurring event of WP-Cron,
 * made at activation, looks every five minutes. WP-Cron keeps all events in one option, and a request that has waited
 * for the sidecar has an old copy of it: written back, it would take the events away that others planned meanwhile.
 */
final class Dispatcher {

	/** Seconds that the end of a request may take in the worst case, and of one that nobody waits for. */
	const BUDGET      = 2.0;
	const CRON_BUDGET = 20.0;

	/** Above this many hints "look at everything" says the same in fewer words. */
	const HINTS = 200;

	/** The mark of a sidecar that is away: since, tries, next in unix seconds; code, message, data of the last error; what was told, and how long that took. */
	const AWAY = 'domain_bridge_away';

	/** The group of the job. */
	const GROUP = 'domain-bridge';

	/** Seconds after which a first try that failed is not worth repeating with each event. */
	const QUICK = 0.2;

	const FIRST_DELAY   = 15;
	const LONGEST_DELAY = 600;

	private Ultimate_Multisite $um;
	private Collector $collector;
	private Outbox $outbox;
	private Registration $registration;
	private Sidecar $sidecar;

	/** Whether something other than an event asks to tell the sidecar, and whether that cannot wait for the next try. */
	private bool $asked  = false;
	private bool $urgent = false;

	/** Whether the sidecar is to be asked for news. */
	private bool $curious = false;

	/**
	 * Takes what is told, to whom, and where failures are kept.
	 *
	 * @param Ultimate_Multisite $um           UM.
	 * @param Collector          $collector    The events of this request.
	 * @param Outbox             $outbox       Removals that were not accepted yet.
	 * @param Registration       $registration What the sidecar is told about the network.
	 * @param Sidecar            $sidecar      The sidecar.
	 */
	public function __construct( Ultimate_Multisite $um, Collector $collector, Outbox $outbox, Registration $registration, Sidecar $sidecar ) {
		$this->um           = $um;
		$this->collector    = $collector;
		$this->outbox       = $outbox;
		$this->registration = $registration;
		$this->sidecar      = $sidecar;
	}

	/**
	 * Has the sidecar told at the end of this request whatever it does not know yet.
	 *
	 * @param bool $urgent Whether it is told even before the next planned try.
	 */
	public function ask( bool $urgent = true ): void {
		$this->asked  = true;
		$this->urgent = $this->urgent || $urgent;
	}

	/**
	 * Tries again where that is due.
	 */
	public function try_again(): void {
		if ( $this->is_due( time() ) ) {
			$this->ask();
		}
	}

	/**
	 * Looks, when a network admin opens a screen, whether constants changed, a planned try is due (WP-Cron may be off), or
	 * the sidecar has not been heard of for a while.
	 */
	public function look(): void {
		if ( ! is_network_admin() || wp_doing_ajax() || ! $this->um->present() ) {
			return;
		}
		$this->ensure_event();
		$mark = $this->away();
		if ( null !== $mark && $this->registration->fingerprint() !== ( $mark['told'] ?? '' ) ) {
			// Somebody has changed what may have been wrong.
			$this->ask();
		} elseif ( null !== $mark ) {
			$this->try_again();
		} elseif ( ! $this->registration->is_current() ) {
			$this->ask();
		} elseif ( $this->registration->is_stale( time() ) ) {
			$this->curious = true;
			$this->ask();
		}
	}

	/**
	 * Tells the sidecar, and keeps what it could not be told. Never lets an error through: the request is over.
	 */
	public function flush(): void {
		$events = $this->collector->take();
		if ( ( array() === $events && ! $this->asked ) || ! $this->um->present() ) {
			return;
		}
		$urgent       = $this->urgent;
		$this->asked  = false;
		$this->urgent = false;
		try {
			if ( $this->registration->active() ) {
				$this->outbox->keep( $events );
			}
			if ( ! $urgent && $this->is_known_to_be_away( time() ) ) {
				// Nobody waits for it, and the next try tells it to look at everything.
				return;
			}
			$began = microtime( true );
			$error = $this->tell( $events, wp_doing_cron() ? self::CRON_BUDGET : self::BUDGET );
		} catch ( \Throwable $thrown ) {
			$error = new \WP_Error( 'plugin-error', $thrown->getMessage(), array( 'params' => array( 'detail' => $thrown->getMessage() ) ) );
		}
		if ( null === $error ) {
			$this->found();
		} else {
			$this->lost( $error, time(), microtime( true ) - ( $began ?? 0 ) );
		}
	}

	/**
	 * Returns the mark of a sidecar that is away, or null while all is well.
	 */
	public function away(): ?array {
		$mark = get_network_option( null, self::AWAY, null );
		return is_array( $mark ) && isset( $mark['since'], $mark['next'] ) ? $mark : null;
	}

	/**
	 * Returns the last error, as the sidecar's client gave it.
	 */
	public function error(): ?\WP_Error {
		$mark = $this->away();
		return null === $mark ? null : new \WP_Error( $mark['code'], $mark['message'], $mark['data'] );
	}

	/**
	 * Marks the network and plans the next try.
	 *
	 * @param \WP_Error $error What went wrong.
	 * @param int       $now   Unix seconds.
	 * @param float     $took  Seconds after which that was known.
	 */
	public function lost( \WP_Error $error, int $now, float $took = self::BUDGET ): void {
		$mark  = $this->away();
		$tries = 1 + ( $mark['tries'] ?? 0 );
		$next  = $now + (int) min( self::LONGEST_DELAY, self::FIRST_DELAY * 2 ** min( 10, $tries - 1 ) );
		if ( null === $mark || $mark['code'] !== (string) $error->get_error_code() ) {
			$this->um->log( Ultimate_Multisite::LOG, ( new Reasons() )->error_sentence( $error ), 'error' );
		}
		update_network_option(
			null,
			self::AWAY,
			array(
				'since'   => $mark['since'] ?? $now,
				'tries'   => $tries,
				'next'    => $next,
				'code'    => (string) $error->get_error_code(),
				'message' => $error->get_error_message(),
				'data'    => $error->get_error_data(),
				'told'    => $this->registration->fingerprint(),
				'took'    => $took,
			)
		);
		self::on_main_site(
			static function () use ( $next ): void {
				// Action Scheduler has its tables from "init" on.
				if ( self::has_jobs() && did_action( 'init' ) > 0 && ! Ultimate_Multisite::ask( 'as_has_scheduled_action', array( Plugin::RETRY, array(), self::GROUP ), true ) ) {
					Ultimate_Multisite::ask( 'as_schedule_single_action', array( $next, Plugin::RETRY, array(), self::GROUP ) );
				}
			}
		);
	}

	/**
	 * Makes the recurring event in which people are told, and the one that tries again where Action Scheduler is not there. Not for
	 * requests that have waited for the sidecar.
	 */
	public function ensure_event(): void {
		self::on_main_site(
			static function (): void {
				foreach ( self::has_jobs() ? array( Plugin::TELL ) : array( Plugin::TELL, Plugin::LOOK ) as $hook ) {
					if ( false === wp_next_scheduled( $hook ) ) {
						wp_schedule_event( time() + 5 * MINUTE_IN_SECONDS, Plugin::SCHEDULE, $hook );
					}
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
				Ultimate_Multisite::ask( 'as_unschedule_all_actions', array( Plugin::RETRY, array(), self::GROUP ) );
				foreach ( array( Plugin::TELL, Plugin::LOOK, Plugin::RETRY ) as $hook ) {
					// The last is what version 0.1.0 planned.
					if ( false !== wp_next_scheduled( $hook ) ) {
						wp_clear_scheduled_hook( $hook );
					}
				}
			}
		);
	}

	/**
	 * Takes the mark away; a try that is planned finds nothing to do. Costs nothing while there is no mark.
	 */
	private function found(): void {
		if ( null !== $this->away() ) {
			delete_network_option( null, self::AWAY );
			$this->um->log( Ultimate_Multisite::LOG, __( 'The sidecar takes what it is told again.', 'domain-bridge-for-serverpilot' ) );
		}
	}

	/**
	 * Tells whether it is time to try again without being asked.
	 *
	 * @param int $now Unix seconds.
	 */
	private function is_due( int $now ): bool {
		$mark = $this->away();
		return null !== $mark && $now >= $mark['next'];
	}

	/**
	 * Tells whether it is not worth calling the sidecar now. One that was never there and refuses at once may be started any
	 * moment, and costs nothing.
	 *
	 * @param int $now Unix seconds.
	 */
	private function is_known_to_be_away( int $now ): bool {
		$mark  = $this->away();
		$quick = ! $this->registration->was_accepted() && ( $mark['took'] ?? self::BUDGET ) < self::QUICK;
		return null !== $mark && $now < $mark['next'] && ! $quick;
	}

	/**
	 * Registers where that is due and sends the events; returns the first error.
	 *
	 * @param array $events  The events of this request.
	 * @param float $seconds The longest that the sidecar's answers may take.
	 */
	private function tell( array $events, float $seconds ): ?\WP_Error {
		$due = $this->registration->is_due( $events, time() );
		$end = microtime( true ) + $seconds;
		if ( $due ) {
			self::let_the_browser_go();
			$registered = $this->registration->send( $end - microtime( true ) );
			if ( is_wp_error( $registered ) ) {
				return $registered;
			}
		}
		if ( ! $this->registration->active() ) {
			return null;
		}
		if ( $this->curious ) {
			self::let_the_browser_go();
			$this->curious = false;
			$news          = $this->registration->ask_for_news( max( Sidecar::LEAST, $end - microtime( true ) ) );
			if ( is_wp_error( $news ) ) {
				return $news;
			}
		}
		return $this->send( $this->hints( $events ), $end );
	}

	/**
	 * Sends the hints and all kept removals, as many calls as it takes and the time allows; returns the first error.
	 *
	 * @param array $hints The events that are not kept.
	 * @param float $end   When the time is up.
	 */
	private function send( array $hints, float $end ): ?\WP_Error {
		list( $names, $removals ) = $this->outbox->next();
		while ( array() !== $hints || array() !== $names ) {
			$error = $this->post( array_merge( $removals, $hints ), $end );
			if ( null !== $error ) {
				return $error;
			}
			$hints = array();
			if ( array() === $names ) {
				// What others keep meanwhile they send themselves.
				return null;
			}
			$this->outbox->forget( $names );
			list( $names, $removals ) = $this->outbox->next();
		}
		return null;
	}

	/**
	 * Sends events in one call; where that is refused for what is in it, in halves until the culprit stands alone, which is
	 * dropped: a name that the sidecar never takes must not keep all others waiting. Returns the first other error.
	 *
	 * @param array $events The events; none where a kept row could not be read.
	 * @param float $end    When the time is up.
	 */
	private function post( array $events, float $end ): ?\WP_Error {
		if ( array() === $events ) {
			return null;
		}
		if ( $end - microtime( true ) < Sidecar::LEAST ) {
			return new \WP_Error( 'sidecar-slow', 'sidecar-slow' );
		}
		self::let_the_browser_go();
		$answer = $this->sidecar->call( 'POST', '/events', array( 'events' => $events ), $end - microtime( true ) );
		if ( ! is_wp_error( $answer ) ) {
			return null;
		}
		if ( ! in_array( $answer->get_error_code(), array( 'body-invalid', 'body-too-large' ), true ) ) {
			return $answer;
		}
		if ( 1 === count( $events ) ) {
			$this->um->log( Ultimate_Multisite::LOG, trim( "{$events[0]['type']} " . ( $events[0]['domain'] ?? '' ) ) . ' was refused and dropped: ' . $answer->get_error_message(), 'error' );
			return null;
		}
		foreach ( array_chunk( $events, intdiv( count( $events ) + 1, 2 ) ) as $half ) {
			$error = $this->post( $half, $end );
			if ( null !== $error ) {
				return $error;
			}
		}
		return null;
	}

	/**
	 * Returns the events that the outbox does not hold; after a failure just "look at everything", for none were kept.
	 *
	 * @param array $events The events of this request.
	 */
	private function hints( array $events ): array {
		$hints = array_filter(
			$events,
			static function ( array $event ): bool {
				return ! in_array( $event['type'], array( 'mapping.removed', 'site.removed' ), true );
			}
		);
		return null !== $this->away() || count( $hints ) > self::HINTS ? array( array( 'type' => 'resync' ) ) : array_values( $hints );
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

	/**
	 * Ends the answer to the browser, where PHP's server can, so that nobody waits for the sidecar.
	 */
	private static function let_the_browser_go(): void {
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
	}
}
