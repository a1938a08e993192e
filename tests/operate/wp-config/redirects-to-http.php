<?php
// A site without TLS that redirects https away.
// Expect: works
/*{database}*/
/*{salts}*/
/*{network}*/
if ( ! empty( $_SERVER['HTTPS'] ) ) {
	header( 'Location: http://' . $_SERVER['HTTP_HOST'] . '/' );
	exit;
}
/*{end}*/
