<?php
/**
 * The base of the plugin's tests.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Plugin;
use Domain_Bridge\Signature;
use PHPUnit\Framework\TestCase;

/**
 * Begins each test with a fresh WordPress, a plugin that listens, and a network that is registered.
 */
abstract class Bridge_Test_Case extends TestCase {

	const SECRET = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';
	const TARGET = '/?rest_route=/domain-bridge/v1/notifications';

	protected Plugin $plugin;

	/**
	 * Begins anew.
	 */
	protected function setUp(): void {
		WP::reset();
		$this->plugin = new Plugin();
		$this->plugin->register();
		$this->plugin->secret()->keep( self::SECRET );
		$this->plugin->registration()->send( 2.0 );
		WP::$requests = array();
	}

	/**
	 * Ends the request, as WordPress does.
	 */
	protected function end_request(): void {
		do_action( 'shutdown' );
	}

	/**
	 * Delivers a notification as WordPress's REST server would.
	 *
	 * @param array $changes   The changes.
	 * @param array $overrides Headers, body, network, address or target that differ from a good notification.
	 * @return mixed
	 */
	protected function notify( array $changes, array $overrides = array() ) {
		do_action( 'rest_api_init' );
		$body = $overrides['body'] ?? json_encode(
			array(
				'network' => $overrides['network'] ?? 'default',
				'changes' => $changes,
			) + array_intersect_key( $overrides, array( 'address' => null ) )
		);
		$id      = $overrides['id'] ?? 'msg_' . bin2hex( random_bytes( 8 ) );
		$headers = Signature::headers( $overrides['secret'] ?? self::SECRET, $id, $overrides['at'] ?? time(), 'POST', self::TARGET, $body );
		$_SERVER['REQUEST_URI'] = addslashes( $overrides['target'] ?? self::TARGET );
		$request = new WP_REST_Request( 'POST', '/domain-bridge/v1/notifications' );
		$request->set_body( $overrides['sent'] ?? $body );
		$request->set_headers( $headers );
		$route   = WP::$routes['domain-bridge/v1/notifications'];
		$allowed = ( $route['permission_callback'] )( $request );
		return true === $allowed ? ( $route['callback'] )( $request ) : $allowed;
	}

	/**
	 * Returns a change as the sidecar sends it.
	 */
	protected static function change( int $seq, string $name, string $state = 'secure', array $more = array() ): array {
		return $more + array(
			'seq'      => $seq,
			'name'     => $name,
			'state'    => $state,
			'previous' => 'securing',
			'reason'   => null,
			'params'   => array(),
			'message'  => '',
			'remedy'   => '',
			'at'       => gmdate( 'Y-m-d\TH:i:s.000\Z', 1767225600 + $seq ),
			'siteId'   => 2,
			'kind'     => 'mapping',
		);
	}

	/**
	 * Returns a sidecar that is away.
	 */
	protected static function away(): Closure {
		return static function () {
			return new WP_Error( 'http_request_failed', 'cURL error 7: Failed to connect to localhost port 8787' );
		};
	}

	/**
	 * Returns a sidecar that answers with a problem, to every method but the given one.
	 */
	protected static function problem( int $status, string $code, string $except = '' ): Closure {
		return static function ( string $url, array $args ) use ( $status, $code, $except ): array {
			return $args['method'] === $except ? WP::willing( $url, $args ) : array(
				$status,
				json_encode(
					array(
						'title'  => 'Problem',
						'status' => $status,
						'code'   => $code,
						'detail' => "detail of {$code}",
					)
				),
			);
		};
	}
}
