<?php
/**
 * Loads WordPress in a command-line process, as a request for one host would find it.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

/**
 * Reads a setting that the stack gave to this process.
 *
 * @param string $name          The environment variable's name.
 * @param string $default_value What holds where it is not set.
 */
function stack_env( string $name, string $default_value = '' ): string {
	$value = getenv( $name );
	return false === $value ? $default_value : $value;
}

$_SERVER['HTTP_HOST']       = stack_env( 'STACK_HOST', 'bridge.localhost' );
$_SERVER['SERVER_NAME']     = $_SERVER['HTTP_HOST'];
$_SERVER['REQUEST_URI']     = stack_env( 'STACK_REQUEST_URI', '/' );
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
foreach ( array_filter( explode( ' ', stack_env( 'STACK_DEFINE' ) ) ) as $stack_constant ) {
	define( $stack_constant, true );
}
require stack_env( 'STACK_WORDPRESS' ) . '/wp-load.php';
