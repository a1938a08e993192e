<?php
// An old file that loads wp-settings.php by its own folder.
// Expect: works
/*{database}*/
/*{salts}*/
/*{network}*/
$table_prefix = 'wp_';
require_once( dirname( __FILE__ ) . '/wp-settings.php' );
