<?php
/**
 * Runs the code on stdin with WordPress loaded and writes what it returns, as JSON, to the pipe with number 3.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

require __DIR__ . '/bootstrap.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

wp_set_current_user( (int) stack_env( 'STACK_USER', '1' ) );

$stack_result = ( static function () {
	// The code comes from the tests; running it is this file's purpose.
	return eval( (string) stream_get_contents( STDIN ) ); // phpcs:ignore Squiz.PHP.Eval
} )();

file_put_contents( 'php://fd/3', (string) wp_json_encode( array( 'result' => $stack_result ) ) );
