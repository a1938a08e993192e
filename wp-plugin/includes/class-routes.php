<?php
/**
 * What the sidecar asks WordPress.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Adds the signed REST routes for the sidecar, on the main site only: notifications, identity and nonces. The raw body is
 * verified before anything in it counts. A plugin that closes REST for visitors does not close these: they let nobody in
 * without the secret.
 */
final class Routes {

	const REST_NAMESPACE = 'domain-bridge/v1';

	/** Each route's method here that answers it. */
	const SIGNED = array(
		'/notifications' => 'notifications',
		'/identity'      => 'identity',
		'/nonces'        => 'nonces',
	);

	const LARGEST_BODY = 2097152;

	/** Names that are given nonces in one answer. */
	const NONCES = 200;

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Adds the routes; the site's list of routes does not name them.
	 */
	public function add(): void {
		if ( ! is_main_site() ) {
			return;
		}
		foreach ( self::SIGNED as $route => $method ) {
			register_rest_route(
				self::REST_NAMESPACE,
				$route,
				array(
					'methods'             => 'POST',
					'show_in_index'       => false,
					'permission_callback' => array( $this, 'verify' ),
					'callback'            => function ( \WP_REST_Request $request ) use ( $method ) {
						return $this->answer( $request, $method );
					},
				)
			);
		}
		register_rest_route(
			self::REST_NAMESPACE,
			'/site-health/(?P<test>[a-z]+)',
			array(
				'methods'             => 'GET',
				'show_in_index'       => false,
				'args'                => array( 'test' => array( 'enum' => Site_Health::TESTS ) ),
				'permission_callback' => static function (): bool {
					return current_user_can( 'manage_network_options' );
				},
				'callback'            => function ( \WP_REST_Request $request ): array {
					return $this->plugin->site_health()->result( (string) $request['test'] );
				},
			)
		);
	}

	/**
	 * Lets the sidecar in where another plugin closes REST for visitors, before WordPress looks for a route.
	 *
	 * @param mixed $errors What others say about who asks: null, true or an error.
	 * @return mixed
	 */
	public function let_in( $errors ) {
		if ( ! is_wp_error( $errors ) ) {
			return $errors;
		}
		$route = isset( $GLOBALS['wp']->query_vars['rest_route'] ) ? (string) $GLOBALS['wp']->query_vars['rest_route'] : '';
		if ( ! $this->is_signed_route( $route ) ) {
			return $errors;
		}
		$request = new \WP_REST_Request( 'POST', $route );
		$request->set_body( \WP_REST_Server::get_raw_data() );
		$request->set_headers( rest_get_server()->get_headers( wp_unslash( $_SERVER ) ) );
		return true === $this->verify( $request ) ? true : $errors;
	}

	/**
	 * Lets the sidecar through where another plugin answers with a refusal once the route is known.
	 *
	 * @param mixed            $answer  What others answer in the place of the route.
	 * @param \WP_REST_Server  $server  The server.
	 * @param \WP_REST_Request $request The request.
	 * @return mixed
	 */
	public function let_through( $answer, $server, $request ) {
		return is_wp_error( $answer ) && $this->is_signed_route( (string) $request->get_route() ) && true === $this->verify( $request ) ? null : $answer;
	}

	/**
	 * Lets only the sidecar in.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return true|\WP_Error
	 */
	public function verify( \WP_REST_Request $request ) {
		$body = (string) $request->get_body();
		if ( strlen( $body ) > self::LARGEST_BODY ) {
			return self::refusal( 'body-too-large', 413 );
		}
		$headers = array();
		foreach ( array( 'webhook-id', 'webhook-timestamp', 'webhook-signature' ) as $name ) {
			$headers[ $name ] = (string) $request->get_header( $name );
		}
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- The signature is over the very bytes that stood on the request line.
		$target  = isset( $_SERVER['REQUEST_URI'] ) && is_string( $_SERVER['REQUEST_URI'] ) ? wp_unslash( $_SERVER['REQUEST_URI'] ) : '';
		$problem = Signature::verify( $this->plugin->secret()->get(), $headers, time(), 'POST', $target, $body );
		return '' === $problem ? true : self::refusal( $problem, 401 );
	}

	/**
	 * Makes a refusal.
	 *
	 * @param string $code   The reason.
	 * @param int    $status The HTTP status.
	 */
	public static function refusal( string $code, int $status ): \WP_Error {
		return new \WP_Error( $code, $code, array( 'status' => $status ) );
	}

	/**
	 * Answers a verified request.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @param string           $method  The method of this class.
	 * @return array|\WP_Error
	 */
	private function answer( \WP_REST_Request $request, string $method ) {
		$content = json_decode( (string) $request->get_body(), true );
		if ( ! is_array( $content ) ) {
			return self::refusal( 'body-malformed', 400 );
		}
		if ( ( $content['network'] ?? '' ) !== $this->plugin->config()->network() ) {
			return self::refusal( 'network-unknown', 404 );
		}
		if ( null !== $this->plugin->dispatcher()->away() ) {
			// Whoever asks is there again.
			$this->plugin->dispatcher()->ask();
		}
		return $this->$method( $content, (string) $request->get_header( 'webhook-id' ) );
	}

	/**
	 * Takes a notification.
	 *
	 * @param array  $content The body.
	 * @param string $id      The message's id.
	 * @return array|\WP_Error
	 */
	private function notifications( array $content, string $id ) {
		return $this->plugin->notifications()->receive( $content, $id );
	}

	/**
	 * Returns what the sidecar has written into its table, as this WordPress reads it: so the sidecar sees whether a domain
	 * leads to the WordPress of its database.
	 */
	private function identity(): array {
		return array( 'challenge' => Tables::challenge() );
	}

	/**
	 * Returns the nonces with which UM answers at a mapped name, for names that the sidecar checks.
	 *
	 * @param array $content The body.
	 * @return array|\WP_Error
	 */
	private function nonces( array $content ) {
		$names = $content['names'] ?? null;
		if ( ! is_array( $names ) || count( $names ) > self::NONCES ) {
			return self::refusal( 'body-invalid', 422 );
		}
		$nonces = array();
		foreach ( array_filter( $names, array( self::class, 'is_name' ) ) as $name ) {
			$nonces[ $name ] = wp_hash( $name );
		}
		return array( 'nonces' => (object) $nonces );
	}

	/**
	 * Tells whether something is a host name, the only thing that is hashed for the sidecar: wp_hash() makes WordPress's
	 * other tokens too.
	 *
	 * @param mixed $name Anything.
	 */
	private static function is_name( $name ): bool {
		return is_string( $name ) && strlen( $name ) <= 253 && 1 === preg_match( '/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/D', $name );
	}

	/**
	 * Tells whether a route is one of the sidecar's.
	 *
	 * @param string $route The route.
	 */
	private function is_signed_route( string $route ): bool {
		return 0 === strpos( $route, '/' . self::REST_NAMESPACE . '/' ) && isset( self::SIGNED[ substr( rtrim( $route, '/' ), strlen( self::REST_NAMESPACE ) + 1 ) ] );
	}
}
