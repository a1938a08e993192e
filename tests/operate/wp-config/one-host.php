<?php
// Redirects every other host before anything is defined; a command line cannot see where to.
// Expect: refused "wp-config.php redirects." "--wordpress-url"
if ( 'bridge.localhost' !== $_SERVER['HTTP_HOST'] ) {
	header( 'HTTP/1.0 301 Moved Permanently' );
	header( 'Location: https://bridge.localhost' . $_SERVER['REQUEST_URI'] );
	exit();
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
