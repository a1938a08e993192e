<?php
// One file for many names: the network is called whatever the request is for.
// Expect: works
/*{database}*/
/*{salts}*/
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', true );
define( 'DOMAIN_CURRENT_SITE', $_SERVER['HTTP_HOST'] );
define( 'PATH_CURRENT_SITE', '/' );
/*{end}*/
