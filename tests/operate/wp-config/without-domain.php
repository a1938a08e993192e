<?php
// Only that it is a network; WordPress looks up the rest.
// Expect: works
/*{database}*/
/*{salts}*/
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', true );
/*{end}*/
