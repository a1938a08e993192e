<?php
// Addresses made of the request, by constants that a network does not use.
// Expect: works
define( 'WP_HOME', 'https://' . $_SERVER['HTTP_HOST'] );
define( 'WP_SITEURL', 'https://' . $_SERVER['HTTP_HOST'] );
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
