<?php
// Turns the command line away.
// Expect: refused "ends it: No command line."
if ( PHP_SAPI === 'cli' ) {
	die( 'No command line.' );
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
