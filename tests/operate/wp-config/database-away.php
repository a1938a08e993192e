<?php
// The database does not answer, but the file has the secret.
// Expect: works alone, noting "could not be loaded"
define( 'DB_HOST', '127.0.0.1:1' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', '{{password}}' );
define( 'WU_SERVER_PILOT_SIDECAR_SECRET', '{{secret}}' );
/*{salts}*/
/*{network}*/
/*{end}*/
