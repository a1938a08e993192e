<?php
// A switch over the known hosts.
// Expect: refused "ends it: Unknown host" "wp-config.php"
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
