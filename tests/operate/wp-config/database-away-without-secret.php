<?php
// The database does not answer, and only the plugin has the secret.
// Expect: refused "Error establishing a database connection"
define( 'DB_HOST', '127.0.0.1:1' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', '{{password}}' );
/*{salts}*/
/*{network}*/
/*{end}*/
