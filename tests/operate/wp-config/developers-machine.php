<?php
// Another database on a developer's localhost.
// Expect: works
if ( in_array( $_SERVER['HTTP_HOST'], array( 'localhost', '127.0.0.1' ), true ) ) {
	define( 'DB_HOST', '127.0.0.1:1' );
	define( 'DB_NAME', 'developer' );
	define( 'DB_USER', 'root' );
	define( 'DB_PASSWORD', '' );
} else {
	/*{database}*/
}
/*{salts}*/
/*{network}*/
/*{end}*/
