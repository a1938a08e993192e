<?php
// PHP's own setting says where the socket is (MAMP, Local); the port is none of PHP's business then.
// Expect: works with DB_HOST=localhost:{socket}
ini_set( 'mysqli.default_socket', '{{socket}}' );
define( 'DB_HOST', 'localhost:3307' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', '{{password}}' );
/*{salts}*/
/*{network}*/
/*{end}*/
