<?php
/**
 * Router of PHP's own web server: files and PHP scripts as they are, everything else by WordPress's index.php.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

$stack_path = (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
$stack_file = $_SERVER['DOCUMENT_ROOT'] . rawurldecode( $stack_path );

if ( is_dir( $stack_file ) ? is_file( rtrim( $stack_file, '/' ) . '/index.php' ) : is_file( $stack_file ) ) {
	return false;
}

$_SERVER['SCRIPT_NAME']     = '/index.php';
$_SERVER['PHP_SELF']        = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
