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
 * The domains are asked for by page. A sidecar of 0.1.0 gives them all at once: then they are searched and sorted here.
 *
 * The static functions take values out of the sidecar's answers; whatever is missing or of another kind reads as empty.
 */
final class Snapshot {

	/** Seconds that a page waits for the sidecar. */
	const SECONDS = 2.0;

	/** The states of a domain, the ones that need a person first. */
	const STATES = array( 'ssl-failed', 'blocked', 'pending', 'removing', 'securing', 'secure' );

	/** What can be sorted by. */
	const ORDERS = array( 'name', 'state', 'next', 'certificate', 'urgency' );

	/** The most domains that the sidecar gives in one answer. */
	const PAGE = 500;

	private Plugin $plugin;
	private ?\WP_Error $error = null;
	private array $answer     = array();

	/** Since when the sidecar is away: what is shown is the last that is known, as of then; unix seconds, 0 where it is not. */
	private int $as_of = 0;

	/**
	 * Asks the sidecar; remembers since when it is away, and has the rest told once it is back.
	 *
	 * @param Plugin $plugin  The parts.
	 * @param float  $seconds The longest that it may take.
	 */
	public static function take( Plugin $plugin, float $seconds = self::SECONDS ): self {
		$snapshot         = new self();
		$snapshot->plugin = $plugin;
		$answer           = $plugin->sidecar()->call( 'GET', '/status?names=0', null, $seconds );
		$snapshot->read( $answer );
		$marked = null !== $plugin->dispatcher()->away();
		if ( is_array( $answer ) && null === $snapshot->error ) {
			$plugin->registration()->learn( $answer, time() );
		} elseif ( $snapshot->is_away() && $plugin->registration()->was_accepted() ) {
			list( $counts, $severities ) = Last_Known::counts();

			$snapshot->answer = array(
				'counts'     => $counts,
				'severities' => $severities,
			);
			$snapshot->as_of  = $plugin->dispatcher()->away()['since'] ?? time();
		}
		if ( ! $marked && $snapshot->is_away() ) {
			$plugin->dispatcher()->lost( $snapshot->error, time() );
		} elseif ( null === $snapshot->error ? $marked || ! $plugin->registration()->is_current() : ! $marked && 'another-installation' === $snapshot->error->get_error_code() ) {
			if ( null !== $snapshot->error ) {
				$plugin->registration()->doubt();
			}
			$plugin->dispatcher()->ask();
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
		return null !== $this->error && in_array( $this->error->get_error_code(), Sidecar::AWAY, true );
	}

	/**
	 * Returns as of when the domains are what is shown, in unix seconds; 0 where the sidecar gives them.
	 */
	public function as_of(): int {
		return $this->as_of;
	}

	/**
	 * Returns the sidecar's version, or an empty string.
	 */
	public function version(): string {
		return self::text( $this->answer, 'version' );
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
		return self::map( $this->answer, 'app' );
	}

	/**
	 * Returns the domains on the app and the most that it can have.
	 */
	public function capacity(): array {
		return array( self::number( $this->app(), 'domainsUsed' ), max( 1, self::number( $this->app(), 'capacity' ) ) );
	}

	/**
	 * Returns the last and next pass.
	 */
	public function pass(): array {
		return self::map( $this->answer, 'pass' );
	}

	/**
	 * Returns the plan that waits for approval; empty when there is none.
	 */
	public function held(): array {
		return self::map( $this->answer, 'held' );
	}

	/**
	 * Returns why nothing shows that this network belongs to the app; empty when all is well.
	 */
	public function suspect(): array {
		return self::map( $this->answer, 'suspect' );
	}

	/**
	 * Returns what is wrong with the app itself, each with reason, message and remedy.
	 */
	public function findings(): array {
		return self::rows( $this->answer, 'findings' );
	}

	/**
	 * Returns how many domains are in each state.
	 */
	public function counts(): array {
		$counts = array_fill_keys( self::STATES, 0 );
		if ( isset( $this->answer['names'] ) ) {
			foreach ( $this->all() as $name ) {
				$state            = self::text( $name, 'state' );
				$counts[ $state ] = ( $counts[ $state ] ?? 0 ) + 1;
			}
			return $counts;
		}
		foreach ( array_keys( self::map( $this->answer, 'counts' ) ) as $state ) {
			$counts[ $state ] = self::number( $this->answer['counts'], (string) $state );
		}
		return $counts;
	}

	/**
	 * Returns how many domains need a person.
	 */
	public function worries(): int {
		$severities = self::map( $this->answer, 'severities' );
		$counts     = $this->counts();
		return array() === $severities ? $counts['ssl-failed'] + $counts['blocked'] : self::number( $severities, 'action' ) + self::number( $severities, 'critical' );
	}

	/**
	 * Tells whether a site that was live is not any more.
	 */
	public function is_critical(): bool {
		return self::number( self::map( $this->answer, 'severities' ), 'critical' ) > 0;
	}

	/**
	 * Returns how many domains wait for room on the app without being listed.
	 */
	public function without_place(): int {
		return self::number( $this->answer, 'withoutPlace' );
	}

	/**
	 * Returns a page of the domains as array( total, domains ), or what went wrong.
	 *
	 * @param array $query search, state, needs ("action"), order (one of ORDERS), desc, offset and limit; each may be missing.
	 * @return array|\WP_Error
	 */
	public function names( array $query ) {
		$query += array(
			'search' => '',
			'state'  => '',
			'needs'  => '',
			'order'  => 'urgency',
			'desc'   => false,
			'offset' => 0,
			'limit'  => self::PAGE,
		);
		if ( 0 !== $this->as_of ) {
			return Last_Known::page( $query );
		}
		if ( null !== $this->error ) {
			return array( 0, array() );
		}
		if ( isset( $this->answer['names'] ) ) {
			$chosen = $this->choose( $query );
			return array( count( $chosen ), array_slice( $chosen, $query['offset'], $query['limit'] ) );
		}
		$query['desc']   = $query['desc'] ? '1' : '';
		$query['search'] = trim( $query['search'] );
		$answer          = $this->plugin->sidecar()->call( 'GET', '/names?' . http_build_query( array_filter( array_map( 'strval', $query ), 'strlen' ) ), null, self::SECONDS );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		return array( self::number( $answer, 'total' ), array_values( array_filter( self::rows( $answer, 'names' ), array( self::class, 'is_name' ) ) ) );
	}

	/**
	 * Returns in how many seconds it is worth looking again.
	 */
	public function poll_seconds(): int {
		$counts = $this->counts();
		if ( null !== $this->error ) {
			return 15;
		}
		if ( in_array( self::text( $this->pass(), 'state' ), array( 'running', 'waiting' ), true ) ) {
			return 2;
		}
		if ( $counts['pending'] + $counts['removing'] > 0 && array() === $this->held() ) {
			return 2;
		}
		return $counts['securing'] > 0 ? 5 : 20;
	}

	/**
	 * Returns text; numbers count as text.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function text( array $from, string $key ): string {
		$value = $from[ $key ] ?? '';
		return is_string( $value ) || is_int( $value ) || is_float( $value ) ? (string) $value : '';
	}

	/**
	 * Returns a whole number.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function number( array $from, string $key ): int {
		$value = $from[ $key ] ?? 0;
		return is_int( $value ) || is_float( $value ) ? (int) $value : 0;
	}

	/**
	 * Returns an ISO 8601 moment as unix seconds, or 0.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function time( array $from, string $key ): int {
		$text = self::text( $from, $key );
		return '' === $text ? 0 : max( 0, (int) strtotime( $text ) );
	}

	/**
	 * Returns an object as an array.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function map( array $from, string $key ): array {
		return isset( $from[ $key ] ) && is_array( $from[ $key ] ) ? $from[ $key ] : array();
	}

	/**
	 * Returns a list of texts.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function texts( array $from, string $key ): array {
		return array_values( array_filter( self::map( $from, $key ), 'is_string' ) );
	}

	/**
	 * Returns a list of objects.
	 *
	 * @param array  $from An object of an answer.
	 * @param string $key  Its key.
	 */
	public static function rows( array $from, string $key ): array {
		return array_values( array_filter( self::map( $from, $key ), 'is_array' ) );
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
		$listed = is_array( $answer['names'] ?? null ) || is_array( $answer['counts'] ?? null );
		if ( $listed && is_array( $answer['pass'] ?? null ) && is_string( $answer['version'] ?? null ) ) {
			if ( $this->plugin->registration()->is_ours( $answer ) ) {
				$this->answer = $answer;
			} else {
				$this->error = new \WP_Error( 'another-installation', 'another-installation', array( 'params' => array( 'url' => $this->plugin->config()->sidecar_url() ) ) );
			}
			return;
		}
		$version     = self::text( $answer, 'version' );
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

	/**
	 * Returns the domains that a sidecar of 0.1.0 gave.
	 */
	private function all(): array {
		return array_values( array_filter( self::rows( $this->answer, 'names' ), array( self::class, 'is_name' ) ) );
	}

	/**
	 * Chooses among all domains, sorted; by urgency where no order is given.
	 *
	 * @param array $query The query of names(), complete.
	 */
	private function choose( array $query ): array {
		$search = strtolower( trim( $query['search'] ) );
		$chosen = array_filter(
			$this->all(),
			static function ( array $name ) use ( $search, $query ): bool {
				$state = self::text( $name, 'state' );
				return ( '' === $search || false !== strpos( strtolower( self::text( $name, 'name' ) ), $search ) )
					&& ( '' === $query['state'] || $state === $query['state'] )
					&& ( '' === $query['needs'] || in_array( $state, array( 'ssl-failed', 'blocked' ), true ) );
			}
		);
		usort(
			$chosen,
			static function ( array $a, array $b ) use ( $query ): int {
				$way = ( $query['desc'] ? -1 : 1 ) * ( self::key( $a, $query['order'] ) <=> self::key( $b, $query['order'] ) );
				return 0 === $way ? strcmp( self::text( $a, 'name' ), self::text( $b, 'name' ) ) : $way;
			}
		);
		return $chosen;
	}

	/**
	 * Returns what a domain is sorted by; a moment that is not known comes last.
	 *
	 * @param array  $name  The domain.
	 * @param string $order One of ORDERS.
	 * @return int|string
	 */
	private static function key( array $name, string $order ) {
		if ( 'name' === $order ) {
			return self::text( $name, 'name' );
		}
		if ( 'state' === $order || 'urgency' === $order ) {
			$place = array_search( self::text( $name, 'state' ), self::STATES, true );
			return false === $place ? -1 : $place;
		}
		$time = self::time( $name, 'next' === $order ? 'nextTryAt' : 'certificateEndsAt' );
		return 0 === $time ? PHP_INT_MAX : $time;
	}

	/**
	 * Tells whether something is a domain: it has at least a name and a state.
	 *
	 * @param array $name The object.
	 */
	private static function is_name( array $name ): bool {
		return '' !== self::text( $name, 'name' ) && '' !== self::text( $name, 'state' );
	}
}
