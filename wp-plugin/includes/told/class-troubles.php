<?php
/**
 * What is wrong now.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Lists everything that the network admin has to know, each trouble under a key that stays the same as long as it lasts: what
 * cannot wait, and what can wait for the digest of the day. A domain's trouble has the key `name:` and the domain.
 */
final class Troubles {

	/** How long the sidecar may give no answer, or passes may fail, until that cannot wait any more, in seconds. */
	const PATIENCE = HOUR_IN_SECONDS;

	/** From this share of the app's room on it is said that it runs out. */
	const MUCH = 0.9;

	/** What the keys of a domain's troubles begin with: the domain itself, and its certificate's end. And the key of a full app. */
	const NAME = 'name:';
	const ENDS = 'ends:';
	const FULL = 'full';

	private Plugin $plugin;
	private Snapshot $snapshot;
	private array $since;
	private int $now;

	/**
	 * Takes what is known.
	 *
	 * @param Plugin   $plugin   The parts.
	 * @param Snapshot $snapshot How the sidecar stands.
	 * @param array    $since    Since when the sidecar and the passes fail, in unix seconds; 0 where they do not.
	 * @param int      $now      Unix seconds.
	 */
	public function __construct( Plugin $plugin, Snapshot $snapshot, array $since, int $now ) {
		$this->plugin   = $plugin;
		$this->snapshot = $snapshot;
		$this->since    = $since;
		$this->now      = $now;
	}

	/**
	 * Returns what cannot wait, as key => array( title, text ). Where the sidecar's table cannot be read, what was told of domains
	 * counts as lasting.
	 *
	 * @param array $told Titles of what was told, by key.
	 */
	public function urgent( array $told ): array {
		$rows = Tables::critical();
		return $this->of_the_bridge() + ( null === $rows ? self::still( $told, array( self::NAME ) ) : $this->of_names( $rows ) );
	}

	/**
	 * Returns what waits for the digest, as urgent() does.
	 *
	 * @param array $told Titles of what was told, by key.
	 */
	public function other( array $told ): array {
		$rows = Tables::not_well( $this->now - 3 * DAY_IN_SECONDS );
		$ends = Tables::ending( $this->now + 14 * DAY_IN_SECONDS );
		$app  = array() === $this->snapshot->app() ? self::still( $told, array( self::FULL ) ) : $this->of_the_app();
		if ( null === $rows || null === $ends ) {
			return $app + self::still( $told, array( self::NAME, self::ENDS ) );
		}
		return $app + $this->of_names( $rows ) + $this->of_ends( $ends );
	}

	/**
	 * Returns what was told of some kinds, for what could not be read is not over.
	 *
	 * @param array $told  Titles of what was told, by key.
	 * @param array $kinds What the keys begin with.
	 */
	private static function still( array $told, array $kinds ): array {
		$still = array();
		foreach ( $told as $key => $title ) {
			if ( in_array( substr( (string) $key, 0, 5 ), $kinds, true ) ) {
				$still[ $key ] = array( $title, '' );
			}
		}
		return $still;
	}

	/**
	 * Returns the domain that a key is of; an empty string where it is of none.
	 *
	 * @param string $key The key.
	 */
	public static function name_of( string $key ): string {
		return in_array( substr( $key, 0, 5 ), array( self::NAME, self::ENDS ), true ) ? substr( $key, 5 ) : '';
	}

	/**
	 * Returns what is wrong with the bridge itself.
	 */
	private function of_the_bridge(): array {
		$reasons  = new Reasons();
		$troubles = array();
		if ( ! $this->plugin->um()->understood() ) {
			$troubles['um'] = array( __( 'Ultimate Multisite was not understood', 'domain-bridge-for-serverpilot' ), implode( ' ', $reasons->describe( 'ultimate-multisite-not-understood' ) ) );
		}
		if ( $this->lasts( 'sidecar' ) ) {
			$troubles['sidecar'] = array(
				$this->snapshot->is_away() ? __( 'The sidecar is away', 'domain-bridge-for-serverpilot' ) : __( 'The sidecar and WordPress do not understand each other', 'domain-bridge-for-serverpilot' ),
				$this->plugin->notices()->away( $this->since['sidecar'], $this->snapshot->error(), $reasons ),
			);
		}
		$titles = array(
			'suspect' => __( 'This network may not belong to the app', 'domain-bridge-for-serverpilot' ),
			'held'    => __( 'A removal waits for your approval', 'domain-bridge-for-serverpilot' ),
		);
		foreach ( array_intersect_key( $this->plugin->registration()->waits(), $titles ) as $kind => $waiting ) {
			$troubles[ $kind ] = array( $titles[ $kind ], $reasons->sentence( $waiting ) );
		}
		if ( $this->lasts( 'passes' ) ) {
			$troubles['passes'] = array(
				/* translators: %s: a date and time. */
				sprintf( __( 'Domains could not be synced since %s', 'domain-bridge-for-serverpilot' ), Words::date( $this->since['passes'], true ) ),
				$reasons->sentence( $this->snapshot->pass() ),
			);
		}
		return $troubles;
	}

	/**
	 * Tells whether something fails for too long.
	 *
	 * @param string $what sidecar or passes.
	 */
	private function lasts( string $what ): bool {
		return 0 !== $this->since[ $what ] && $this->now - $this->since[ $what ] >= self::PATIENCE;
	}

	/**
	 * Returns that the app runs out of room.
	 */
	private function of_the_app(): array {
		list( $used, $most ) = $this->snapshot->capacity();
		if ( $most < 2 || $used < self::MUCH * $most ) {
			return array();
		}
		return array(
			self::FULL => array(
				__( 'The app is nearly full', 'domain-bridge-for-serverpilot' ),
				/* translators: 1: a number of domains, 2: the most domains that the app can have. */
				sprintf( __( 'It has %1$s of at most %2$s domains. Put some sites on another app, or remove domains that nobody uses.', 'domain-bridge-for-serverpilot' ), number_format_i18n( $used ), number_format_i18n( $most ) ),
			),
		);
	}

	/**
	 * Returns the troubles of names.
	 *
	 * @param array $rows Rows of the sidecar's table.
	 */
	private function of_names( array $rows ): array {
		$reasons  = new Reasons();
		$troubles = array();
		foreach ( $rows as $row ) {
			$params = json_decode( (string) $row->params, true );
			$text   = implode( ' ', $reasons->describe( (string) $row->reason, is_array( $params ) ? $params : array() ) );

			$troubles[ self::NAME . $row->name ] = array( $row->name, trim( $text ) );
		}
		return $troubles;
	}

	/**
	 * Returns that certificates end.
	 *
	 * @param array $rows Rows of the sidecar's table.
	 */
	private function of_ends( array $rows ): array {
		$troubles = array();
		foreach ( $rows as $row ) {
			$ends = (int) ( (int) $row->certificate_ends_at / 1000 );

			$troubles[ self::ENDS . $row->name ] = array(
				$row->name,
				/* translators: %s: a date. */
				sprintf( __( 'Its certificate ends on %s and was not renewed so far. ServerPilot renews a month before; check the app there.', 'domain-bridge-for-serverpilot' ), Words::date( $ends, false ) ),
			);
		}
		return $troubles;
	}
}
