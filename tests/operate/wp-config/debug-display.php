<?php
// A developer's settings left on.
// Expect: works
error_reporting( E_ALL );
ini_set( 'display_errors', 1 );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', true );
define( 'SCRIPT_DEBUG', true );
define( 'SAVEQUERIES', true );
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
