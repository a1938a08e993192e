<?php
/**
 * Notifications from the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Takes signed notifications at a REST route; each change counts once and in order, however often it arrives.
 */
final class Notifications {

	const REST_NAMESPACE = 'domain-bridge/v1';
	const ROUTE          = '/notifications';

	/** Holds array( seq, at: of the last change applied; ids: accepted webhook ids => unix seconds ). */
	const OPTION = 'domain_bridge_received';

	const LARGEST_BODY = 2097152;

	private Config $config;
	private Secret $secret;
	private Ultimate_Multisite $um;
	private Mapping_Updates $updates;

	/**
	 * Takes what verifies a notification, and what applies it.
	 */
	public function __construct( Config $config, Secret $secret, Ultimate_Multisite $um, Mapping_Updates $updates ) {
		$this->config  = $config;
		$this->secret  = $secret;
		$this->um      = $um;
		$this->updates = $updates;
	}

	/**
	 * Listens for WordPress's REST server.
	 */
	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'add_route' ), 10, 0 );
	}

	/**
	 * Adds the route.
	 */
	public function add_route(): void {
		register_rest_route(
			self::REST_NAMESPACE,
			self::ROUTE,
			array(
				'methods'             => 'POST',
				'callback'            => array( $this, 'receive' ),
				'permission_callback' => array( $this, 'verify' ),
			)
		);
	}

	/**
	 * Lets only the sidecar in: the raw body is verified before anything in it counts.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return true|\WP_Error
	 */
	public function verify( \WP_REST_Request $request ) {
		$body = (string) $request->get_body();
		if ( strlen( $body ) > self::LARGEST_BODY ) {
			return self::refuse( 'body-too-large', 413 );
		}
		$headers = array();
		foreach ( array( 'webhook-id', 'webhook-timestamp', 'webhook-signature' ) as $name ) {
			$headers[ $name ] = (string) $request->get_header( $name );
		}
		// WordPress adds slashes to the server's variables; the signature is over what stood on the request line.
		$target  = isset( $_SERVER['REQUEST_URI'] ) && is_string( $_SERVER['REQUEST_URI'] ) ? wp_unslash( $_SERVER['REQUEST_URI'] ) : '';
		$problem = Signature::verify( $this->secret->get(), $headers, time(), 'POST', $target, $body );
		return '' === $problem ? true : self::refuse( $problem, 401 );
	}

	/**
	 * Applies a verified notification.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public function receive( \WP_REST_Request $request ) {
		$content = json_decode( (string) $request->get_body(), true );
		if ( ! is_array( $content ) ) {
			return self::refuse( 'body-malformed', 400 );
		}
		if ( ( $content['network'] ?? '' ) !== $this->config->network() ) {
			return self::refuse( 'network-unknown', 404 );
		}
		$changes = $content['changes'] ?? null;
		if ( ! is_array( $changes ) ) {
			return self::refuse( 'body-invalid', 422 );
		}
		if ( ! $this->um->present() ) {
			return self::refuse( 'ultimate-multisite-missing', 503 );
		}
		try {
			return $this->one_at_a_time(
				function () use ( $changes, $request ) {
					return $this->accept( $changes, (string) $request->get_header( 'webhook-id' ) );
				}
			);
		} catch ( Database_Busy $failed ) {
			// What could not be written now is sent again; what was written is not done twice.
			return self::refuse( 'database-busy', 503 );
		}
	}

	/**
	 * Applies the changes that are new, each for itself: a bad one is named in the answer and holds no other back. An id that
	 * was accepted before is refused.
	 *
	 * @param array  $changes What the sidecar sent as changes.
	 * @param string $id      The notification's id.
	 * @return array|\WP_Error
	 */
	private function accept( array $changes, string $id ) {
		$kept = get_network_option( null, self::OPTION, array() );
		$kept = ( is_array( $kept ) ? $kept : array() ) + array(
			'seq' => 0,
			'at'  => 0.0,
			'ids' => array(),
		);
		if ( isset( $kept['ids'][ $id ] ) ) {
			return self::refuse( 'request-replayed', 409 );
		}
		$rejected = array();
		foreach ( $changes as $index => $change ) {
			if ( ! self::is_change( $change ) ) {
				$rejected[] = array(
					'seq'    => is_int( $change['seq'] ?? null ) ? $change['seq'] : null,
					'reason' => 'body-invalid',
				);
				unset( $changes[ $index ] );
			}
		}
		usort(
			$changes,
			static function ( array $one, array $other ): int {
				return $one['seq'] <=> $other['seq'];
			}
		);
		$accepted = 0;
		try {
			foreach ( $changes as $change ) {
				$at = (float) ( new \DateTimeImmutable( $change['at'] ) )->format( 'U.u' );
				// A smaller number with a later time is the count of a sidecar whose tables were made anew.
				if ( $change['seq'] <= $kept['seq'] && $at <= $kept['at'] ) {
					continue;
				}
				$reason = $this->apply( $change );
				if ( '' !== $reason ) {
					$rejected[] = array(
						'seq'    => $change['seq'],
						'reason' => $reason,
					);
				}
				$kept['seq'] = $change['seq'];
				$kept['at']  = max( $kept['at'], $at );
				$accepted   += '' === $reason ? 1 : 0;
			}
			$kept['ids'][ $id ] = time();
		} finally {
			$kept['ids'] = array_filter(
				$kept['ids'],
				static function ( int $seen ): bool {
					// Older requests are refused for their time stamp.
					return $seen > time() - 3 * Signature::TOLERANCE;
				}
			);
			update_network_option( null, self::OPTION, $kept );
		}
		return array(
			'accepted' => $accepted,
			'rejected' => $rejected,
		);
	}

	/**
	 * Applies one change; returns an empty string, or why it cannot be applied, now or later.
	 *
	 * @param array $change The change.
	 * @throws Database_Busy When it is worth sending it again.
	 */
	private function apply( array $change ): string {
		try {
			$this->updates->apply( $change );
			return '';
		} catch ( Database_Busy $busy ) {
			throw $busy;
		} catch ( \Throwable $error ) {
			$this->um->log( Ultimate_Multisite::LOG, "{$change['name']}: {$error->getMessage()}", 'error' );
			return 'ultimate-multisite-error';
		}
	}

	/**
	 * Does the work while no other PHP process does it, so that none overwrites another's watermark.
	 *
	 * @return array|\WP_Error
	 */
	private function one_at_a_time( callable $work ) {
		global $wpdb;
		$lock = 'domain_bridge_' . md5( DB_NAME . $wpdb->base_prefix . get_current_network_id() );
		if ( '1' !== (string) $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 5)', $lock ) ) ) {
			return self::refuse( 'database-busy', 503 );
		}
		try {
			return $work();
		} finally {
			$wpdb->query( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $lock ) );
		}
	}

	/**
	 * Tells whether something is a change as the sidecar sends it.
	 *
	 * @param mixed $change Anything.
	 */
	private static function is_change( $change ): bool {
		return is_array( $change )
			&& is_int( $change['seq'] ?? null )
			&& is_string( $change['name'] ?? null ) && '' !== $change['name'] && strlen( $change['name'] ) <= 255
			&& is_string( $change['state'] ?? null )
			&& is_string( $change['at'] ?? null ) && false !== strtotime( $change['at'] );
	}

	/**
	 * Makes a refusal.
	 */
	private static function refuse( string $code, int $status ): \WP_Error {
		return new \WP_Error( $code, $code, array( 'status' => $status ) );
	}
}
