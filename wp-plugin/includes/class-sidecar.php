<?php
/**
 * The sidecar as the rest of the plugin sees it.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Calls the sidecar, and registers the network once where the sidecar does not know it.
 */
final class Sidecar {

	/** WordPress's cURL transport rounds shorter time-outs up to a second, so no call is begun with less. */
	const LEAST = 1.0;

	private Sidecar_Client $client;
	private Registration $registration;

	/**
	 * Takes the way to the sidecar and what to tell it.
	 */
	public function __construct( Sidecar_Client $client, Registration $registration ) {
		$this->client       = $client;
		$this->registration = $registration;
	}

	/**
	 * Returns the sidecar's answer within the given time, registration included.
	 *
	 * @param string     $method  The HTTP method.
	 * @param string     $path    The path below the network's address.
	 * @param array|null $body    What is sent as JSON.
	 * @param float      $seconds The longest that it may take.
	 * @return array|\WP_Error
	 */
	public function call( string $method, string $path, ?array $body, float $seconds ) {
		$end    = microtime( true ) + $seconds;
		$answer = $this->client->request( $method, $path, $body, $seconds );
		if ( ! is_wp_error( $answer ) || 'network-not-registered' !== $answer->get_error_code() || self::left( $end ) < self::LEAST ) {
			return $answer;
		}
		$registered = $this->registration->send( self::left( $end ) );
		if ( is_wp_error( $registered ) ) {
			return $registered;
		}
		return self::left( $end ) < self::LEAST ? $answer : $this->client->request( $method, $path, $body, self::left( $end ) );
	}

	/**
	 * Returns the seconds left until a moment of microtime.
	 */
	private static function left( float $end ): float {
		return $end - microtime( true );
	}
}
