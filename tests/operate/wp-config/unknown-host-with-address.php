<?php
// The same, where the person says the address.
// Expect: works
// Address: http://bridge.localhost/
switch ( $_SERVER['SERVER_NAME'] ) {
	case 'bridge.localhost':
		/*{database}*/
		break;
	default:
		die( 'Unknown host' );
}
/*{salts}*/
/*{network}*/
/*{end}*/
