<?php
/**
 * The sidecar's status at one moment.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Asks the sidecar once, and is what the screen, Site Health and WP-CLI show; an answer that is not understood is an error.
 */
final class Snapshot {

	/** Seconds that a page waits for the sidecar. */
	const SECONDS = 2.0;

	/** The states of a domain, the ones that need a person first. */
	const STATES = array( 'ssl-failed', 'blocked', 'pending', 'removing', 'securing', 'secure' );

	/** Errors that mean that the sidecar itself was not reached. */
	const AWAY = array( 'sidecar-away', 'sidecar-blocked', 'sidecar-unreadable' );

	private ?\WP_Error $error = null;
	private array $answer     = array();

	/**
	 * Asks the sidecar; remembers since when it is away, and has the rest told once it is back.
	 */
	public static function take( Plugin $plugin, float $seconds = self::SECONDS ): self {
		$snapshot = new self();
		$answer   = $plugin->sidecar->call( 'GET', '/status', null, $seconds );
		$snapshot->read( $answer );
		$marked = null !== $plugin->contact->away();
		if ( null === $snapshot->error && $marked ) {
			$plugin->dispatcher->ask();
		} elseif ( null !== $snapshot->error && ! $marked && $snapshot->is_away() ) {
			$plugin->contact->lost( $snapshot->error, time() );
		}
		return $snapshot;
	}

	/**
	 * Returns what went wrong, or null.
	 */
	public function error(): ?\WP_Error {
		return $this->error;
	}

	/**
	 * Tells whether nothing that could be the sidecar answered.
	 */
	public function is_away(): bool {
		return null !== $this->error && in_array( $this->error->get_error_code(), self::AWAY, true );
	}

	/**
	 * Returns the sidecar's version, or an empty string.
	 */
	public function version(): string {
		return Wire::text( $this->answer, 'version' );
	}

	/**
	 * Tells whether the sidecar knows the network.
	 */
	public function registered(): bool {
		return true === ( $this->answer['registered'] ?? null );
	}

	/**
	 * Returns the app as the sidecar saw it last; empty before that.
	 */
	public function app(): array {
		return Wire::map( $this->answer, 'app' );
	}

	/**
	 * Returns the domains on the app and the most that it can have.
	 */
	public function capacity(): array {
		return array( Wire::number( $this->app(), 'domainsUsed' ), max( 1, Wire::number( $this->app(), 'capacity' ) ) );
	}

	/**
	 * Returns the last and next pass.
	 */
	public function pass(): array {
		return Wire::map( $this->answer, 'pass' );
	}

	/**
	 * Returns the plan that waits for approval; empty when there is none.
	 */
	public function held(): array {
		return Wire::map( $this->answer, 'held' );
	}

	/**
	 * Returns the domains, each with at least its name and state.
	 */
	public function names(): array {
		return array_values(
			array_filter(
				Wire::rows( $this->answer, 'names' ),
				static function ( array $name ): bool {
					return '' !== Wire::text( $name, 'name' ) && '' !== Wire::text( $name, 'state' );
				}
			)
		);
	}

	/**
	 * Returns how many domains are in each state.
	 */
	public function counts(): array {
		$counts = array_fill_keys( self::STATES, 0 );
		foreach ( $this->names() as $name ) {
			$state            = Wire::text( $name, 'state' );
			$counts[ $state ] = ( $counts[ $state ] ?? 0 ) + 1;
		}
		return $counts;
	}

	/**
	 * Returns in how many seconds it is worth looking again.
	 */
	public function poll_seconds(): int {
		$counts = $this->counts();
		if ( null !== $this->error ) {
			return 15;
		}
		if ( in_array( Wire::text( $this->pass(), 'state' ), array( 'running', 'waiting' ), true ) ) {
			return 2;
		}
		if ( $counts['pending'] + $counts['removing'] > 0 && array() === $this->held() ) {
			return 2;
		}
		return $counts['securing'] > 0 ? 5 : 20;
	}

	/**
	 * Keeps an answer, or says why it cannot be shown.
	 *
	 * @param array|\WP_Error $answer The answer of the sidecar's client.
	 */
	private function read( $answer ): void {
		if ( is_wp_error( $answer ) ) {
			$this->error = $answer;
			return;
		}
		if ( is_array( $answer['names'] ?? null ) && is_array( $answer['pass'] ?? null ) && is_string( $answer['version'] ?? null ) ) {
			$this->answer = $answer;
			return;
		}
		$version     = Wire::text( $answer, 'version' );
		$this->error = new \WP_Error(
			'sidecar-not-understood',
			'sidecar-not-understood',
			array(
				'params' => array(
					'version' => '' === $version ? '?' : $version,
					'own'     => VERSION,
				),
				'remedy' => '',
			)
		);
	}
}
