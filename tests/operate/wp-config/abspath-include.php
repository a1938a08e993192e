<?php
// Credentials in a file beside, found through ABSPATH.
// Expect: works
require_once ABSPATH . 'wp-config-local.php';
/*{salts}*/
/*{network}*/
/*{end}*/
