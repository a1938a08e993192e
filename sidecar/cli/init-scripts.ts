/** What both scripts do: collect warnings, and answer on pipe 3 even when the code that they run ends PHP. */
const frame = `<?php
error_reporting( E_ALL );
$domain_bridge = array( 'done' => false, 'error' => '', 'warnings' => array(), 'php' => PHP_VERSION );
set_error_handler( static function ( $level, $text, $file, $line ) {
	if ( error_reporting() & $level ) {
		$GLOBALS['domain_bridge']['warnings'][] = "$text ($file:$line)";
	}
	return true;
} );
register_shutdown_function( static function () {
	$found = $GLOBALS['domain_bridge'];
	$last  = error_get_last();
	if ( ! $found['done'] && '' === $found['error'] && $last && $last['type'] & ( E_ERROR | E_COMPILE_ERROR | E_CORE_ERROR | E_USER_ERROR ) ) {
		$found['error'] = "{$last['message']} ({$last['file']}:{$last['line']})";
	}
	$found['output'] = '';
	while ( ob_get_level() > 0 ) {
		$found['output'] = ob_get_clean() . $found['output'];
	}
	$found['output'] = substr( trim( strip_tags( preg_replace( '#<(style|script|head).*?</\\\\1>#is', '', $found['output'] ) ) ), 0, 500 );
	if ( function_exists( 'domain_bridge_constants' ) ) {
		domain_bridge_constants( $found );
	}
	$flags = JSON_PARTIAL_OUTPUT_ON_ERROR | ( defined( 'JSON_INVALID_UTF8_SUBSTITUTE' ) ? JSON_INVALID_UTF8_SUBSTITUTE : 0 );
	file_put_contents( 'php://fd/3', json_encode( $found, $flags ) );
} );
$_SERVER = array(
	'HTTP_HOST'       => $argv[2],
	'SERVER_NAME'     => $argv[2],
	'SERVER_PORT'     => '80',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
	'REQUEST_METHOD'  => 'GET',
	'REQUEST_URI'     => $argv[3],
	'SCRIPT_NAME'     => '/index.php',
	'PHP_SELF'        => '/index.php',
	'QUERY_STRING'    => '',
	'REMOTE_ADDR'     => '127.0.0.1',
	'DOCUMENT_ROOT'   => dirname( $argv[1] ),
) + $_SERVER;
ob_start();
`;

/**
 * Reads the wp-config.php named by the first argument, without WordPress: what the file requires in the end is the empty
 * wp-settings.php beside this script.
 */
export const configScript = `${frame}
define( 'ABSPATH', __DIR__ . '/' );
function domain_bridge_constants( &$found ) {
	$found['constants'] = array();
	$names = array(
		'DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'MULTISITE', 'DOMAIN_CURRENT_SITE', 'PATH_CURRENT_SITE',
		'WU_SERVER_PILOT_CLIENT_ID', 'WU_SERVER_PILOT_API_KEY', 'WU_SERVER_PILOT_APP_ID',
		'WU_SERVER_PILOT_SIDECAR_URL', 'WU_SERVER_PILOT_SIDECAR_SECRET',
	);
	foreach ( $names as $name ) {
		if ( defined( $name ) && is_scalar( constant( $name ) ) ) {
			$found['constants'][ $name ] = (string) constant( $name );
		}
	}
	$found['prefix'] = isset( $GLOBALS['table_prefix'] ) ? (string) $GLOBALS['table_prefix'] : '';
}
try {
	require $argv[1];
	$domain_bridge['done'] = true;
} catch ( Throwable $domain_bridge_error ) {
	$domain_bridge['error'] = $domain_bridge_error->getMessage() . ' (' . $domain_bridge_error->getFile() . ':' . $domain_bridge_error->getLine() . ')';
}
`;

/** Loads the WordPress whose wp-load.php is the first argument, and asks the plugin for the sidecar's environment. */
export const wordpressScript = `${frame}
try {
	require $argv[1];
	$domain_bridge['plugin'] = defined( 'Domain_Bridge\\\\PLUGIN_FILE' ) && class_exists( 'Domain_Bridge\\\\Plugin' );
	if ( $domain_bridge['plugin'] ) {
		require_once dirname( constant( 'Domain_Bridge\\\\PLUGIN_FILE' ) ) . '/includes/class-environment.php';
		$domain_bridge_plugin = Domain_Bridge\\Plugin::instance();
		$domain_bridge_environment = new Domain_Bridge\\Environment( $domain_bridge_plugin->config, $domain_bridge_plugin->secret );
		$domain_bridge['variables']   = $domain_bridge_environment->variables( true );
		$domain_bridge['credentials'] = array(
			'clientId' => $domain_bridge_plugin->config->credential( 'WU_SERVER_PILOT_CLIENT_ID' ),
			'apiKey'   => $domain_bridge_plugin->config->credential( 'WU_SERVER_PILOT_API_KEY' ),
			'appId'    => $domain_bridge_plugin->config->credential( 'WU_SERVER_PILOT_APP_ID' ),
		);
		$domain_bridge['network']     = $domain_bridge_plugin->config->network();
		$domain_bridge['version']     = constant( 'Domain_Bridge\\\\VERSION' );
	}
	$domain_bridge['done'] = true;
} catch ( Throwable $domain_bridge_error ) {
	$domain_bridge['error'] = $domain_bridge_error->getMessage() . ' (' . $domain_bridge_error->getFile() . ':' . $domain_bridge_error->getLine() . ')';
}
`;
