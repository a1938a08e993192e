<?php
// The plugin of 0.1.0, which was not updated yet.
// Expect: works with SIDECAR_SECRET={secret}
define( 'WP_PLUGIN_DIR', __DIR__ . '/no-plugins' );
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
