<?php
// Credentials in a file beside, by its bare name.
// Expect: works
require 'wp-config-local.php';
/*{salts}*/
/*{network}*/
/*{end}*/
