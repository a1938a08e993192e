<?php
/**
 * Answers of the sidecar for the tests of the screen and the commands.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

/**
 * A sidecar with an app, a few domains, a plan and a history.
 */
final class Answers {

	/**
	 * Returns a status; the given parts differ.
	 */
	public static function status( array $more = array() ): array {
		return $more + array(
			'network'    => 'default',
			'version'    => \Domain_Bridge\VERSION,
			'registered' => true,
			'app'        => array(
				'id'          => 'app1',
				'name'        => 'shop',
				'domainsUsed' => 3,
				'capacity'    => 300,
			),
			'pass'       => self::pass( 'ok', null ),
			'held'       => null,
			'names'      => array(
				self::name( 'b.example.com', 'secure', array( 'certificateEndsAt' => '2026-03-01T00:00:00.000Z' ) ),
				self::name(
					'a.example.com',
					'ssl-failed',
					array(
						'reason'    => 'dns-missing',
						'params'    => array(
							'name'     => 'a.example.com',
							'expected' => '192.0.2.1',
						),
						'nextTryAt' => '2026-02-01T00:00:00.000Z',
						'tries'     => 5,
					)
				),
				self::name( 'c.example.com', 'pending' ),
			),
		);
	}

	/**
	 * Returns a status of a sidecar whose domains are asked for by page.
	 */
	public static function paged( array $counts, array $more = array() ): array {
		$status = $more + array(
			'features'    => array( 'names', 'severity' ),
			'counts'      => $counts,
			'severities'  => array(
				'action' => $counts['ssl-failed'] ?? 0,
				'ok'     => $counts['secure'] ?? 0,
			),
			'suspect'     => null,
			'findings'    => array(),
			'withoutPlace' => 0,
		) + self::status();
		unset( $status['names'] );
		return $status;
	}

	/**
	 * Returns the last pass of a status.
	 */
	public static function pass( string $outcome, ?string $reason ): array {
		return array(
			'state'       => 'idle',
			'lastAt'      => '2026-01-01T00:00:00.000Z',
			'lastOutcome' => $outcome,
			'reason'      => $reason,
			'params'      => array(),
			'message'     => '',
			'remedy'      => '',
			'nextAt'      => null,
		);
	}

	/**
	 * Returns a domain of a status.
	 */
	public static function name( string $name, string $state, array $more = array() ): array {
		return $more + array(
			'name'   => $name,
			'state'  => $state,
			'reason' => null,
			'params' => array(),
			'siteId' => 2,
			'kind'   => 'mapping',
		);
	}

	/**
	 * Returns a plan; the given parts differ.
	 */
	public static function plan( array $more = array() ): array {
		return $more + array(
			'checksum' => 'c0ffee',
			'add'      => array(),
			'remove'   => array(),
			'adopt'    => array(),
			'disown'   => array(),
			'keep'     => 3,
			'blocked'  => array(),
			'result'   => array( 'a.example.com' ),
			'held'     => null,
		);
	}

	/**
	 * Returns a sidecar that gives an answer for each path's end, and takes everything else.
	 */
	public static function sidecar( array $answers ): Closure {
		return static function ( string $url, array $args ) use ( $answers ): array {
			foreach ( $answers as $end => $answer ) {
				if ( false !== strpos( $url, "/{$end}" ) ) {
					return array( 200, is_string( $answer ) ? $answer : (string) json_encode( $answer ) );
				}
			}
			return WP::willing( $url, $args );
		};
	}
}
