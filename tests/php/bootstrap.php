<?php
/**
 * Loads the plugin on top of a small double of the few WordPress functions that it uses.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

error_reporting( E_ALL );

require_once __DIR__ . '/class-wp.php';
require_once __DIR__ . '/wordpress-classes.php';
require_once __DIR__ . '/wordpress-functions.php';
require_once __DIR__ . '/screen-functions.php';
require_once __DIR__ . '/ultimate-multisite.php';
require_once dirname( __DIR__, 2 ) . '/wp-plugin/domain-bridge-for-serverpilot.php';
require_once __DIR__ . '/class-bridge-test-case.php';
require_once __DIR__ . '/class-answers.php';
