<?php
/**
 * The end of a request.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Tells the sidecar at the end of a request what changed in it, in one signed call however much it was.
 */
final class Dispatcher {

	/** Seconds that the end of a request may take in the worst case. */
	const BUDGET = 2.0;

	/** Above this many hints "look at everything" says the same in fewer words. */
	const HINTS = 200;

	private Ultimate_Multisite $um;
	private Collector $collector;
	private Outbox $outbox;
	private Contact $contact;
	private Registration $registration;
	private Sidecar $sidecar;

	/** Whether something other than an event asks for a look at the sidecar. */
	private bool $asked = false;

	/**
	 * Takes what is told, to whom, and where failures are kept.
	 */
	public function __construct( Ultimate_Multisite $um, Collector $collector, Outbox $outbox, Contact $contact, Registration $registration, Sidecar $sidecar ) {
		$this->um           = $um;
		$this->collector    = $collector;
		$this->outbox       = $outbox;
		$this->contact      = $contact;
		$this->registration = $registration;
		$this->sidecar      = $sidecar;
	}

	/**
	 * Listens to the end of requests, to changed settings and to the planned next try.
	 */
	public function register(): void {
		add_action( 'shutdown', array( $this, 'flush' ), 1000, 0 );
		add_action( Contact::JOB, array( $this, 'ask' ), 10, 0 );
		add_action( Contact::EVENT, array( $this, 'try_again' ), 10, 0 );
		add_action( 'admin_init', array( $this, 'look' ), 10, 0 );
		add_action( 'add_site_option', array( $this, 'option_changed' ), 10, 1 );
		add_action( 'update_site_option', array( $this, 'option_changed' ), 10, 1 );
		add_action( 'delete_site_option', array( $this, 'option_changed' ), 10, 1 );
	}

	/**
	 * Has the sidecar told at the end of this request whatever it does not know yet.
	 */
	public function ask(): void {
		$this->asked = true;
	}

	/**
	 * Tries again where that is due.
	 */
	public function try_again(): void {
		if ( $this->contact->is_due( time() ) ) {
			$this->ask();
		}
	}

	/**
	 * Looks, when a network admin opens a screen, whether constants changed or a planned try is due (WP-Cron may be off).
	 */
	public function look(): void {
		if ( ! is_network_admin() || wp_doing_ajax() || ! $this->um->present() ) {
			return;
		}
		$this->contact->ensure_event();
		$now = time();
		if ( null === $this->contact->away() ? ! $this->registration->is_current( $now ) : $this->contact->is_due( $now ) ) {
			$this->ask();
		}
	}

	/**
	 * Reacts to settings of UM that the sidecar was told, or that switch the bridge on and off.
	 *
	 * @param mixed $option The network option's name.
	 */
	public function option_changed( $option ): void {
		$ours = array( Ultimate_Multisite::ENABLED_OPTION, Ultimate_Multisite::SETTINGS_OPTION );
		if ( in_array( $option, $ours, true ) || 0 === strpos( (string) $option, 'wu_hosting_credential_WU_SERVER_PILOT_' ) ) {
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
		$this->asked = false;
		try {
			$error = $this->tell( $events, microtime( true ) + self::BUDGET );
		} catch ( \Throwable $thrown ) {
			$error = new \WP_Error( 'plugin-error', $thrown->getMessage(), array( 'params' => array( 'detail' => $thrown->getMessage() ) ) );
		}
		if ( null === $error ) {
			$this->contact->found();
		} else {
			$this->contact->lost( $error, time() );
		}
	}

	/**
	 * Registers where that is due and sends the events; returns the first error.
	 */
	private function tell( array $events, float $end ): ?\WP_Error {
		$enabled = $this->registration->active();
		if ( $enabled ) {
			$this->outbox->keep( $events );
		}
		if ( ! $this->registration->is_current( time() ) ) {
			if ( $end - microtime( true ) < Sidecar::LEAST ) {
				return new \WP_Error( 'sidecar-slow' );
			}
			self::let_the_browser_go();
			$registered = $this->registration->send( $end - microtime( true ) );
			if ( is_wp_error( $registered ) ) {
				return $registered;
			}
		}
		return $enabled ? $this->send( $this->hints( $events ), $end ) : null;
	}

	/**
	 * Sends the hints and all kept removals, as many calls as it takes and the time allows.
	 */
	private function send( array $hints, float $end ): ?\WP_Error {
		list( $names, $removals ) = $this->outbox->next();
		while ( array() !== $hints || array() !== $names ) {
			if ( $end - microtime( true ) < Sidecar::LEAST ) {
				return new \WP_Error( 'sidecar-slow' );
			}
			self::let_the_browser_go();
			$answer = $this->post( array_merge( $removals, $hints ), $end );
			if ( is_wp_error( $answer ) && in_array( $answer->get_error_code(), array( 'body-invalid', 'body-too-large' ), true ) && array() !== $names ) {
				// A name that the sidecar will never take must not keep all others waiting for ever.
				$this->um->log( Ultimate_Multisite::LOG, 'Removed names were refused and dropped: ' . $answer->get_error_message(), 'error' );
				$answer = $this->post( array( array( 'type' => 'resync' ) ), $end );
			}
			if ( is_wp_error( $answer ) ) {
				return $answer;
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
	 * Sends one call of events.
	 *
	 * @param array $events The events; none where a kept row could not be read.
	 * @param float $end    When the time is up.
	 * @return array|\WP_Error
	 */
	private function post( array $events, float $end ) {
		return array() === $events ? array() : $this->sidecar->call( 'POST', '/events', array( 'events' => $events ), $end - microtime( true ) );
	}

	/**
	 * Returns the events that the outbox does not hold; after a failure just "look at everything", for none were kept.
	 */
	private function hints( array $events ): array {
		$hints = array_filter(
			$events,
			static function ( array $event ): bool {
				return ! in_array( $event['type'], array( 'mapping.removed', 'site.removed' ), true );
			}
		);
		return null !== $this->contact->away() || count( $hints ) > self::HINTS ? array( array( 'type' => 'resync' ) ) : array_values( $hints );
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
