<?php
/**
 * Runs every WP-Cron event of the main site that is due, once, as wp-cron.php would, and then the jobs of UM's double.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

define( 'DOING_CRON', true );
require __DIR__ . '/bootstrap.php';

// Seconds by which this run lives in the future, so that tests need not wait for what is planned.
$stack_now = time() + (int) stack_env( 'STACK_AHEAD', '0' );
$stack_ran = 0;

foreach ( (array) _get_cron_array() as $stack_time => $stack_hooks ) {
	if ( ! is_int( $stack_time ) || $stack_time > $stack_now ) {
		continue;
	}
	foreach ( (array) $stack_hooks as $stack_hook => $stack_events ) {
		foreach ( $stack_events as $stack_event ) {
			if ( false !== $stack_event['schedule'] ) {
				wp_reschedule_event( $stack_time, $stack_event['schedule'], $stack_hook, $stack_event['args'] );
			}
			wp_unschedule_event( $stack_time, $stack_hook, $stack_event['args'] );
			do_action_ref_array( $stack_hook, $stack_event['args'] );
			++$stack_ran;
		}
	}
}

/** Tells the queue of UM's double to run what is due. */
do_action( 'um_double_run_queue', $stack_now );

file_put_contents( 'php://fd/3', (string) wp_json_encode( array( 'result' => $stack_ran ) ) );
