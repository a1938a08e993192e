/**
 * Loads a WordPress as a web request would, and says as JSON on pipe 3 what the sidecar needs. It also answers where the
 * site ends PHP before its end: then with the constants that wp-config.php had set by then, and with who ended it.
 *
 * Its arguments: wp-load.php, the host, the path, and `https` or `http`. It is PHP 7.4, read from the standard input.
 */
export const wordpressScript = String.raw`<?php
error_reporting( E_ALL );
$domain_bridge = array( 'loaded' => false, 'error' => '', 'redirect' => '', 'redirectedBy' => array(), 'printed' => false, 'warnings' => array() );

/** Whether a file is the site's own: neither WordPress's nor ours. */
function domain_bridge_is_own( $file ) {
	return '/' === substr( (string) $file, 0, 1 ) && ! preg_match( '#/wp-(includes|admin)/|/wp-(load|settings)\.php$|/domain-bridge-for-serverpilot/#', $file );
}

/** The file that declares a hook's callback; empty where that cannot be told. */
function domain_bridge_declared_in( $callback ) {
	try {
		if ( is_string( $callback ) && false === strpos( $callback, '::' ) || $callback instanceof Closure ) {
			return (string) ( new ReflectionFunction( $callback ) )->getFileName();
		}
		$parts = is_string( $callback ) ? explode( '::', $callback ) : ( is_object( $callback ) ? array( $callback, '__invoke' ) : $callback );
		return (string) ( new ReflectionMethod( $parts[0], $parts[1] ) )->getFileName();
	} catch ( Throwable $e ) {
		return '';
	}
}

/** The files that may have ended PHP: those of the hook that was running, else the last one that was loaded; none: WordPress. */
function domain_bridge_ended_by() {
	$hook  = empty( $GLOBALS['wp_current_filter'] ) ? '' : end( $GLOBALS['wp_current_filter'] );
	$files = array();
	if ( '' !== $hook && isset( $GLOBALS['wp_filter'][ $hook ] ) && $GLOBALS['wp_filter'][ $hook ] instanceof WP_Hook ) {
		$running   = $GLOBALS['wp_filter'][ $hook ];
		$priority  = $running->current_priority();
		$callbacks = isset( $running->callbacks[ $priority ] ) ? $running->callbacks[ $priority ] : array();
		foreach ( $callbacks as $callback ) {
			$files[] = domain_bridge_declared_in( $callback['function'] );
		}
	}
	$files    = array_values( array_unique( array_filter( $files, 'domain_bridge_is_own' ) ) );
	$included = get_included_files();
	return $files ? $files : array_filter( array( end( $included ) ), 'domain_bridge_is_own' );
}

/** What the open database connection tells. */
function domain_bridge_ask_database( &$found ) {
	global $wpdb;
	if ( ! isset( $wpdb ) || ! $wpdb instanceof wpdb || empty( $wpdb->ready ) || empty( $wpdb->base_prefix ) ) {
		return;
	}
	$wpdb->suppress_errors( true );
	$first  = defined( 'SITE_ID_CURRENT_SITE' ) ? (int) SITE_ID_CURRENT_SITE : 0;
	$site   = $wpdb->get_row( "SELECT domain, path FROM {$wpdb->base_prefix}site ORDER BY id = {$first} DESC, id LIMIT 1" );
	$cipher = $wpdb->get_row( "SHOW SESSION STATUS LIKE 'Ssl_cipher'", ARRAY_N );
	if ( $site ) {
		$found['site'] = array( 'host' => (string) $site->domain, 'path' => (string) $site->path );
	}
	$found['encrypted'] = isset( $cipher[1] ) && '' !== $cipher[1];
	foreach ( array( 'wu_domain_mappings', 'wu_domain' ) as $table ) {
		if ( $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->base_prefix . $table ) ) ) ) {
			$found['mappingTables'][] = $table;
		}
	}
}

/** The constants of wp-config.php that say something to the sidecar. */
function domain_bridge_read_constants( &$found ) {
	$names = array(
		'DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'MYSQL_CLIENT_FLAGS', 'MYSQL_SSL_CA', 'DOMAIN_CURRENT_SITE', 'PATH_CURRENT_SITE',
		'WU_SERVER_PILOT_CLIENT_ID', 'WU_SERVER_PILOT_API_KEY', 'WU_SERVER_PILOT_APP_ID', 'WU_SERVER_PILOT_SIDECAR_URL', 'WU_SERVER_PILOT_SIDECAR_SECRET',
	);
	foreach ( $names as $name ) {
		if ( defined( $name ) && is_scalar( constant( $name ) ) ) {
			$found['constants'][ $name ] = (string) constant( $name );
			if ( 1 !== preg_match( '//u', $found['constants'][ $name ] ) ) {
				$found['notUtf8'][] = $name;
			}
		}
	}
	$found['prefix']    = isset( $GLOBALS['table_prefix'] ) && is_string( $GLOBALS['table_prefix'] ) ? $GLOBALS['table_prefix'] : '';
	$found['multisite'] = function_exists( 'is_multisite' ) ? is_multisite() : defined( 'MULTISITE' ) && MULTISITE;
}

/** What the plugin knows, and only the plugin: its secret is encrypted, its credentials may be Ultimate Multisite's. */
function domain_bridge_ask_plugin( &$found ) {
	$found['home'] = (string) get_blog_option( get_main_site_id(), 'home' );
	if ( ! defined( 'Domain_Bridge\\PLUGIN_FILE' ) || ! class_exists( 'Domain_Bridge\\Plugin' ) ) {
		return;
	}
	$folder = dirname( constant( 'Domain_Bridge\\PLUGIN_FILE' ) ) . '/includes';
	if ( is_readable( "$folder/init-facts.php" ) ) {
		$found['plugin'] = require "$folder/init-facts.php";
		return;
	}
	// The plugin of 0.1.0 has no such file.
	if ( ! class_exists( 'Domain_Bridge\\Environment' ) ) {
		require_once "$folder/class-environment.php";
	}
	$plugin          = Domain_Bridge\Plugin::instance();
	$environment     = new Domain_Bridge\Environment( $plugin->config, $plugin->secret );
	$found['plugin'] = array(
		'variables'   => $environment->variables( true ),
		'credentials' => array(
			'clientId' => $plugin->config->credential( 'WU_SERVER_PILOT_CLIENT_ID' ),
			'apiKey'   => $plugin->config->credential( 'WU_SERVER_PILOT_API_KEY' ),
			'appId'    => $plugin->config->credential( 'WU_SERVER_PILOT_APP_ID' ),
		),
		'network'     => $plugin->config->network(),
		'version'     => constant( 'Domain_Bridge\\VERSION' ),
	);
}

set_error_handler(
	static function ( $level, $text, $file, $line ) {
		if ( error_reporting() & $level && 'wp-config.php' === basename( $file ) ) {
			$GLOBALS['domain_bridge']['warnings'][] = "$text ($file:$line)";
		}
		return true;
	}
);

register_shutdown_function(
	static function () {
		$found = $GLOBALS['domain_bridge'];
		$last  = error_get_last();
		if ( ! $found['loaded'] && '' === $found['error'] && $last && $last['type'] & ( E_ERROR | E_PARSE | E_COMPILE_ERROR | E_CORE_ERROR | E_USER_ERROR ) ) {
			$found['error'] = "{$last['message']} ({$last['file']}:{$last['line']})";
		}
		$output = '';
		while ( ob_get_level() > 0 ) {
			$output = ob_get_clean() . $output;
		}
		$found['output'] = substr( trim( strip_tags( preg_replace( '#<(style|script|head|title)\b.*?</\1>#is', '', $output ) ) ), 0, 500 );
		// The command line keeps no headers, but it keeps the status that goes with a redirect or a question for a password.
		$found['status']      = (int) http_response_code();
		$found['endedBy']     = $found['redirectedBy'] ? $found['redirectedBy'] : domain_bridge_ended_by();
		$found['maintenance'] = defined( 'ABSPATH' ) && file_exists( ABSPATH . '.maintenance' );
		$found['socket']      = (string) ini_get( 'mysqli.default_socket' );
		$found['php']         = PHP_VERSION;
		domain_bridge_read_constants( $found );
		try {
			domain_bridge_ask_database( $found );
		} catch ( Throwable $e ) {
			$found['encrypted'] = false;
		}
		file_put_contents( 'php://fd/3', json_encode( $found, JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE ) );
	}
);

list( , $domain_bridge_load, $domain_bridge_host, $domain_bridge_path, $domain_bridge_scheme ) = $argv;

$_SERVER = array(
	'HTTP_HOST'       => $domain_bridge_host,
	'SERVER_NAME'     => preg_replace( '/:\d+$/', '', $domain_bridge_host ),
	'SERVER_PORT'     => 'https' === $domain_bridge_scheme ? '443' : '80',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
	'SERVER_ADDR'     => '127.0.0.1',
	'SERVER_SOFTWARE' => 'domain-bridge',
	'REQUEST_METHOD'  => 'GET',
	'REQUEST_SCHEME'  => $domain_bridge_scheme,
	'REQUEST_URI'     => $domain_bridge_path,
	'QUERY_STRING'    => '',
	'SCRIPT_NAME'     => '/index.php',
	'SCRIPT_FILENAME' => dirname( $domain_bridge_load ) . '/index.php',
	'PHP_SELF'        => '/index.php',
	'DOCUMENT_ROOT'   => dirname( $domain_bridge_load ),
	'REMOTE_ADDR'     => '127.0.0.1',
	'HTTP_USER_AGENT' => 'domain-bridge',
	'HTTP_ACCEPT'     => '*/*',
) + $_SERVER;
if ( 'https' === $domain_bridge_scheme ) {
	// As a web server says it, and as a proxy in front of one does.
	$_SERVER['HTTPS']                  = 'on';
	$_SERVER['HTTP_X_FORWARDED_PROTO'] = 'https';
}

// WordPress takes over hooks that are there before it (WP_Hook::build_preinitialized_hooks).
$wp_filter = array(
	'muplugins_loaded' => array(
		-1000 => array(
			'domain_bridge' => array(
				'accepted_args' => 0,
				'function'      => static function () {
					$GLOBALS['domain_bridge']['printed'] = ob_get_level() > 0 && 0 < ob_get_length();
				},
			),
		),
	),
	'wp_redirect'      => array(
		PHP_INT_MAX => array(
			'domain_bridge' => array(
				'accepted_args' => 1,
				'function'      => static function ( $location ) {
					$files = array_column( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ), 'file' );
					$GLOBALS['domain_bridge']['redirect']     = (string) $location;
					$GLOBALS['domain_bridge']['redirectedBy'] = array_slice( array_filter( $files, 'domain_bridge_is_own' ), 0, 1 );
					return $location;
				},
			),
		),
	),
);

ob_start();
try {
	require $domain_bridge_load;
	domain_bridge_ask_plugin( $domain_bridge );
	$domain_bridge['loaded'] = true;
} catch ( Throwable $domain_bridge_error ) {
	$domain_bridge['error'] = $domain_bridge_error->getMessage() . ' (' . $domain_bridge_error->getFile() . ':' . $domain_bridge_error->getLine() . ')';
}
`;
