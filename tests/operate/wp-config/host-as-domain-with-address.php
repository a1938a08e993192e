<?php
// The same, where the person says the address.
// Expect: works
// Address: https://bridge.localhost
/*{database}*/
/*{salts}*/
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', true );
define( 'DOMAIN_CURRENT_SITE', $_SERVER['HTTP_HOST'] );
define( 'PATH_CURRENT_SITE', '/' );
/*{end}*/
