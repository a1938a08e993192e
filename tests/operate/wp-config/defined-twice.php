<?php
// A plugin's installer has written a constant a second time.
// Expect: works, noting "already defined"
/*{database}*/
define( 'DB_NAME', 'another' );
/*{salts}*/
/*{network}*/
/*{end}*/
