<?php
// The database by its socket.
// Expect: works with DB_HOST=localhost:{socket}
define( 'DB_HOST', 'localhost:{{socket}}' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', '{{password}}' );
/*{salts}*/
/*{network}*/
/*{end}*/
