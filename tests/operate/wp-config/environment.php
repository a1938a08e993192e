<?php
// Values from the environment, as the official image of WordPress has them.
// Expect: works
define( 'DB_HOST', getenv( 'TEST_DB_HOST' ) );
define( 'DB_NAME', getenv( 'TEST_DB_NAME' ) );
define( 'DB_USER', getenv( 'TEST_DB_USER' ) );
define( 'DB_PASSWORD', getenv( 'TEST_DB_PASSWORD' ) );
/*{salts}*/
/*{network}*/
/*{end}*/
