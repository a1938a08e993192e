<?php
/**
 * The state of the double.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

/**
 * Everything that a WordPress request would have: options, hooks, HTTP, cron and what UM keeps.
 */
final class WP {

	public static array $options  = array();
	public static array $hooks    = array();
	public static array $requests = array();
	public static array $cron     = array();
	public static array $did      = array();
	public static array $jobs     = array();
	/** The arguments of UM's planned checks. */
	public static array $checks   = array();
	public static array $logs     = array();
	public static array $mappings = array();
	public static array $settings = array();
	public static array $routes   = array();
	public static bool $can       = true;
	public static bool $multisite = true;
	public static bool $network_admin  = true;
	public static bool $table_readable = true;
	public static bool $lock_free      = true;
	public static string $salt         = 'salt-of-wp-config';
	public static string $screen       = '';

	/** Body and headers of the request that WordPress answers. */
	public static array $incoming = array( '', array() );
	public static bool $main_site = true;
	public static int $network    = 1;
	public static string $user    = '0';

	/** The sidecar's table of its registration: the settings of its row as JSON, null where there is no table. */
	public static ?string $registration = null;

	/** What the sidecar's table of states holds, null where there is no table. */
	public static ?array $state = null;

	/** Answers requests: takes url and arguments, returns array( status, body ) or a WP_Error. */
	public static $sidecar;

	/**
	 * Begins anew, with ServerPilot enabled, a secret and a sidecar that takes everything.
	 */
	public static function reset(): void {
		self::$options  = array(
			'wu_setup_finished'            => true,
			'wu_host_integrations_enabled' => array( 'serverpilot' => true ),
		);
		self::$hooks    = array();
		self::$requests = array();
		self::$cron     = array();
		self::$did      = array( 'init' => 1 );
		self::$jobs     = array();
		self::$registration = null;
		$GLOBALS['wp_filter'] = array();
		self::$checks   = array();
		self::$logs     = array();
		self::$mappings = array();
		self::$settings = array();
		self::$routes   = array();
		self::$can            = true;
		self::$multisite      = true;
		self::$network_admin  = true;
		self::$table_readable = true;
		self::$lock_free      = true;
		self::$salt           = 'salt-of-wp-config';
		self::$screen         = '';
		self::$state          = null;
		self::$main_site      = true;
		self::$network        = 1;
		self::$user           = '0';
		self::$sidecar        = array( self::class, 'willing' );
	}

	/**
	 * Is a sidecar that takes everything.
	 */
	public static function willing( string $url, array $args ): array {
		return 'PUT' === $args['method']
			? array( 200, json_encode( array( 'network' => 'default', 'registered' => true, 'version' => \Domain_Bridge\VERSION ) ) )
			: array( 202, '{"accepted":1}' );
	}

	/**
	 * Returns the requests so far as "METHOD path", and forgets them.
	 */
	public static function sent(): array {
		$sent = array_map(
			static function ( array $request ): string {
				return $request['method'] . ' ' . parse_url( $request['url'], PHP_URL_PATH );
			},
			self::$requests
		);
		self::$requests = array();
		return $sent;
	}

	/**
	 * Returns the events of all requests so far as "type domain", and forgets the requests.
	 */
	public static function events(): array {
		$events = array();
		foreach ( self::$requests as $request ) {
			foreach ( json_decode( $request['body'], true )['events'] ?? array() as $event ) {
				$events[] = trim( $event['type'] . ' ' . ( $event['domain'] ?? '' ) );
			}
		}
		self::$requests = array();
		return $events;
	}
}
