<?php
/**
 * The functions of Action Scheduler, which UM brings along.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

use Um_Double\Job_Queue;

/**
 * Whether its tables can be used now: it complains before "init", and each site has its own; only the main site's run.
 */
function um_double_scheduler_works(): bool {
	if ( ! did_action( 'init' ) ) {
		trigger_error( 'Action Scheduler was called before its tables are known', E_USER_NOTICE );
		return false;
	}
	return is_main_site();
}

/**
 * Plans a job.
 *
 * @param int                  $timestamp Unix seconds.
 * @param string               $hook      The action that does it.
 * @param array<string, mixed> $args      What the action is given.
 * @param string               $group     A name for jobs that belong together.
 */
function as_schedule_single_action( $timestamp, $hook, $args = array(), $group = '' ): int {
	return um_double_scheduler_works() ? Job_Queue::add( (int) $timestamp, $hook, $args, $group ) : 0;
}

/**
 * Whether a job is planned or runs.
 *
 * @param string                    $hook  The action.
 * @param array<string, mixed>|null $args  What it is given; null for any.
 * @param string                    $group The group.
 */
function as_has_scheduled_action( $hook, $args = null, $group = '' ): bool {
	return um_double_scheduler_works() && Job_Queue::has( $hook, $group );
}

/**
 * Takes jobs away: all of an action, or those that are given just these arguments.
 *
 * @param string               $hook  The action.
 * @param array<string, mixed> $args  What it is given.
 * @param string               $group The group; empty for any.
 */
function as_unschedule_all_actions( $hook, $args = array(), $group = '' ): void {
	if ( um_double_scheduler_works() ) {
		Job_Queue::forget( $hook, $args, $group );
	}
}

/**
 * Finds planned jobs of an action whose arguments have the given ones among them.
 *
 * @param array<string, mixed> $query Hook, args and per_page; others are taken as `partial_args_matching` json and `status` pending.
 * @return array<int, object>
 */
function as_get_scheduled_actions( $query = array() ): array {
	$found = array();
	foreach ( um_double_scheduler_works() ? Job_Queue::planned( $query['hook'] ) : array() as $id => $args ) {
		if ( array_intersect_assoc( $query['args'] ?? array(), $args ) === ( $query['args'] ?? array() ) ) {
			$found[ $id ] = new Um_Double\Planned_Job( $args );
		}
	}
	return array_slice( $found, 0, $query['per_page'] ?? 5, true );
}
