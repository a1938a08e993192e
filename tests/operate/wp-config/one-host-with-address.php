<?php
// The same, where the person says the address.
// Expect: works
// Address: https://bridge.localhost
if ( 'bridge.localhost' !== $_SERVER['HTTP_HOST'] ) {
	header( 'HTTP/1.0 301 Moved Permanently' );
	header( 'Location: https://bridge.localhost' . $_SERVER['REQUEST_URI'] );
	exit();
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
