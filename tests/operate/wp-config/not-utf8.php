<?php
// A password from a time before UTF-8.
// Expect: refused "DB_PASSWORD" "is not UTF-8"
define( 'DB_HOST', '127.0.0.1:1' );
define( 'DB_NAME', '{{name}}' );
define( 'DB_USER', '{{user}}' );
define( 'DB_PASSWORD', "p\xe4ssword" );
/*{salts}*/
/*{network}*/
/*{end}*/
