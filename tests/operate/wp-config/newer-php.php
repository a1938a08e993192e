<?php
// Wants a newer PHP than the command line's.
// Expect: refused "PHP 99 is needed." "--php"
if ( PHP_VERSION_ID < 990000 ) {
	exit( 'PHP 99 is needed.' );
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
