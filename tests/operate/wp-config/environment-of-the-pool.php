<?php
// Values that only PHP-FPM's pool has.
// Expect: refused "does not set DB_NAME, DB_USER" "environment of the site's PHP"
define( 'DB_HOST', 'localhost' );
define( 'DB_NAME', getenv( 'ONLY_IN_THE_POOL' ) );
define( 'DB_USER', getenv( 'ONLY_IN_THE_POOL' ) );
define( 'DB_PASSWORD', getenv( 'ONLY_IN_THE_POOL' ) );
/*{salts}*/
/*{network}*/
/*{end}*/
