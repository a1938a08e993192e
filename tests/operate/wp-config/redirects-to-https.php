<?php
// Redirects whatever does not come by https.
// Expect: works
if ( empty( $_SERVER['HTTPS'] ) || 'on' !== $_SERVER['HTTPS'] ) {
	header( 'Location: https://' . $_SERVER['HTTP_HOST'] . $_SERVER['REQUEST_URI'], true, 301 );
	exit;
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
