<?php
// A staging site behind a password of its own.
// Expect: refused "wp-config.php asks for a password."
if ( 'staging' !== ( $_SERVER['PHP_AUTH_USER'] ?? '' ) ) {
	header( 'WWW-Authenticate: Basic realm="Staging"' );
	header( 'HTTP/1.0 401 Unauthorized' );
	exit;
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
