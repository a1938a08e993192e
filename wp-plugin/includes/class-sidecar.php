<?php
/**
 * The sidecar, as the plugin asks it.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Sends signed requests and turns whatever comes back into data or a WP_Error with a reason code.
 */
final class Sidecar {

	/** WordPress's cURL transport rounds shorter time-outs up to a second, so no call is begun with less. */
	const LEAST = 1.0;

	/** Errors that mean that nothing that could be the sidecar answered. */
	const AWAY = array( 'sidecar-away', 'sidecar-blocked', 'sidecar-unreadable', 'sidecar-insecure' );

	private Config $config;
	private Secret $secret;

	/** Returns the registration, which itself asks the sidecar. */
	private \Closure $registration;

	/** One id for everything that this PHP request asks for, so that logs on both sides can be joined. */
	private string $correlation_id = '';

	/**
	 * Takes the address, the secret and the way to the registration.
	 *
	 * @param Config   $config       The address.
	 * @param Secret   $secret       The secret.
	 * @param \Closure $registration Returns the registration.
	 */
	public function __construct( Config $config, Secret $secret, \Closure $registration ) {
		$this->config       = $config;
		$this->secret       = $secret;
		$this->registration = $registration;
	}

	/**
	 * Returns the sidecar's answer within the given time. Where the sidecar does not know the network as it is now, it is
	 * registered first: a copy of the site still holds the original's registration, and must not act for it.
	 *
	 * @param string     $method  The HTTP method.
	 * @param string     $path    The path below the network's address.
	 * @param array|null $body    What is sent as JSON.
	 * @param float      $seconds The longest that it may take.
	 * @return array|\WP_Error
	 */
	public function call( string $method, string $path, ?array $body, float $seconds ) {
		$end          = microtime( true ) + $seconds;
		$registration = ( $this->registration )();
		if ( 'GET' !== $method && ! $registration->is_current() ) {
			$registered = $registration->send( $seconds );
			if ( is_wp_error( $registered ) ) {
				return $registered;
			}
			$seconds = max( self::LEAST, $end - microtime( true ) );
		}
		$answer = $this->request( $method, $path, $body, $seconds );
		if ( ! is_wp_error( $answer ) || 'network-not-registered' !== $answer->get_error_code() || $end - microtime( true ) < self::LEAST ) {
			return $answer;
		}
		$registered = $registration->send( $end - microtime( true ) );
		if ( is_wp_error( $registered ) ) {
			return $registered;
		}
		return $end - microtime( true ) < self::LEAST ? $answer : $this->request( $method, $path, $body, $end - microtime( true ) );
	}

	/**
	 * Returns the decoded answer, or a WP_Error whose code is a reason and whose data has status, params and remedy.
	 *
	 * @param string     $method  The HTTP method.
	 * @param string     $path    The path below the network's address, such as "/events", with its query.
	 * @param array|null $body    What is sent as JSON; null for no body.
	 * @param float      $seconds The longest that the call may take.
	 * @return array|\WP_Error
	 */
	public function request( string $method, string $path, ?array $body, float $seconds ) {
		$problem = $this->config->address_problem();
		$problem = '' === $problem ? $this->secret->problem() : $problem;
		if ( '' !== $problem ) {
			return $this->error( $problem );
		}
		$url     = $this->config->sidecar_url() . '/v1/networks/' . $this->config->network() . $path;
		$content = null === $body ? '' : (string) wp_json_encode( array() === $body ? new \stdClass() : $body, JSON_UNESCAPED_SLASHES );
		$headers = Signature::headers( $this->secret->get(), 'msg_' . wp_generate_uuid4(), time(), $method, self::target( $url ), $content );
		// Not wp_safe_remote_request: that refuses 127.0.0.1 and unusual ports, and the address is the network admin's own.
		$response = wp_remote_request(
			$url,
			array(
				'method'              => $method,
				'timeout'             => $seconds,
				'redirection'         => 0,
				'limit_response_size' => 8 * MB_IN_BYTES,
				'headers'             => $headers + array(
					'content-type'     => 'application/json',
					'accept'           => 'application/json',
					'x-correlation-id' => $this->correlation_id(),
				),
				'body'                => $content,
			)
		);
		return is_wp_error( $response ) ? $this->unreachable( $response ) : $this->read( $response );
	}

	/**
	 * Returns the id that joins the logs.
	 */
	public function correlation_id(): string {
		if ( '' === $this->correlation_id ) {
			$this->correlation_id = 'wp-' . bin2hex( random_bytes( 8 ) );
		}
		return $this->correlation_id;
	}

	/**
	 * Returns path and query of an address, as they stand on the request line.
	 *
	 * @param string $url The address.
	 */
	private static function target( string $url ): string {
		$query = (string) wp_parse_url( $url, PHP_URL_QUERY );
		return wp_parse_url( $url, PHP_URL_PATH ) . ( '' === $query ? '' : "?{$query}" );
	}

	/**
	 * Reads an answer; anything but the sidecar's own JSON is called unreadable.
	 *
	 * @param array $response WordPress's response.
	 * @return array|\WP_Error
	 */
	private function read( array $response ) {
		$status = (int) wp_remote_retrieve_response_code( $response );
		$answer = json_decode( wp_remote_retrieve_body( $response ), true );
		if ( is_array( $answer ) && $status >= 200 && $status < 300 ) {
			return $answer;
		}
		if ( ! is_array( $answer ) || ! isset( $answer['code'], $answer['title'] ) || ! is_string( $answer['code'] ) ) {
			return $this->error( 'sidecar-unreadable', array( 'status' => $status ) );
		}
		$text = static function ( string $key ) use ( $answer ): string {
			return isset( $answer[ $key ] ) && is_string( $answer[ $key ] ) ? $answer[ $key ] : '';
		};
		return new \WP_Error(
			$answer['code'],
			'' !== $text( 'detail' ) ? $text( 'detail' ) : $text( 'title' ),
			array(
				'status' => $status,
				'params' => isset( $answer['params'] ) && is_array( $answer['params'] ) ? $answer['params'] : array(),
				'remedy' => $text( 'remedy' ),
			)
		);
	}

	/**
	 * Tells apart a sidecar that is away from a WordPress that may not ask it.
	 *
	 * @param \WP_Error $error WordPress's own error.
	 */
	private function unreachable( \WP_Error $error ): \WP_Error {
		$blocked = 'http_request_not_executed' === $error->get_error_code();
		return $this->error( $blocked ? 'sidecar-blocked' : 'sidecar-away', array( 'detail' => $error->get_error_message() ) );
	}

	/**
	 * Makes an error of the plugin's own.
	 *
	 * @param string $code   The reason.
	 * @param array  $params What its words are filled with.
	 */
	private function error( string $code, array $params = array() ): \WP_Error {
		return new \WP_Error(
			$code,
			$code,
			array(
				'status' => $params['status'] ?? 0,
				'params' => $params + array( 'url' => $this->config->sidecar_url() ),
				'remedy' => '',
			)
		);
	}
}
