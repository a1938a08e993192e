<?php
/**
 * Jobs that run later.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Stands in for Action Scheduler: one table of the main site, a job whose action has no listener has failed.
 */
final class Job_Queue {

	/**
	 * The table's full name.
	 */
	public static function table(): string {
		global $wpdb;
		return $wpdb->base_prefix . 'um_double_jobs';
	}

	/**
	 * Makes the table once a network.
	 */
	public static function install(): void {
		global $wpdb;
		if ( get_network_option( null, 'um_double_jobs', false ) ) {
			return;
		}
		$wpdb->query(
			'CREATE TABLE IF NOT EXISTS `' . self::table() . "` (
				id bigint(20) NOT NULL AUTO_INCREMENT PRIMARY KEY,
				due bigint(20) NOT NULL,
				hook varchar(191) NOT NULL,
				args longtext NOT NULL,
				job_group varchar(191) NOT NULL,
				status enum('pending','running','complete','failed') DEFAULT 'pending',
				message text NULL
			) " . $wpdb->get_charset_collate()
		);
		update_network_option( null, 'um_double_jobs', 1 );
	}

	/**
	 * Adds a job.
	 *
	 * @param int                  $due   Unix seconds.
	 * @param string               $hook  The action that does it.
	 * @param array<string, mixed> $args  What the action is given.
	 * @param string               $group Say, domain.
	 */
	public static function add( int $due, string $hook, array $args, string $group ): int {
		global $wpdb;
		$wpdb->insert(
			self::table(),
			array(
				'due'       => $due,
				'hook'      => $hook,
				'args'      => (string) wp_json_encode( $args ),
				'job_group' => $group,
			)
		);
		$id = (int) $wpdb->insert_id;
		/** For tests that look at the order of things. */
		do_action( 'um_double_job', $hook, $args );
		return $id;
	}

	/**
	 * Whether a job is planned or runs.
	 *
	 * @param string $hook  The action.
	 * @param string $group The group.
	 */
	public static function has( string $hook, string $group ): bool {
		global $wpdb;
		return (bool) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM `' . self::table() . "` WHERE hook = %s AND job_group = %s AND status IN ('pending', 'running')", $hook, $group ) );
	}

	/**
	 * Takes planned jobs away.
	 *
	 * @param string               $hook  The action.
	 * @param array<string, mixed> $args  What they are given; empty for anything.
	 * @param string               $group The group; empty for any.
	 */
	public static function forget( string $hook, array $args, string $group ): void {
		global $wpdb;
		$json = array() === $args ? '%' : $wpdb->esc_like( (string) wp_json_encode( $args ) );
		$wpdb->query( $wpdb->prepare( 'DELETE FROM `' . self::table() . "` WHERE hook = %s AND args LIKE %s AND job_group LIKE %s AND status = 'pending'", $hook, $json, '' === $group ? '%' : $group ) );
	}

	/**
	 * Gives the arguments of the planned jobs of an action, by the jobs' ids.
	 *
	 * @param string $hook The action.
	 * @return array<int, array<string, mixed>>
	 */
	public static function planned( string $hook ): array {
		global $wpdb;
		$jobs = $wpdb->get_results( $wpdb->prepare( 'SELECT id, args FROM `' . self::table() . "` WHERE hook = %s AND status = 'pending' ORDER BY id", $hook ) );
		$all  = array();
		foreach ( $jobs as $job ) {
			$all[ (int) $job->id ] = (array) json_decode( $job->args, true );
		}
		return $all;
	}

	/**
	 * Adds one of the four jobs that tell of names.
	 *
	 * @param string     $hook    The job's action.
	 * @param string     $kind    domain or subdomain.
	 * @param string     $name    The name.
	 * @param int|string $site_id The site.
	 */
	public static function announce( string $hook, string $kind, string $name, $site_id ): void {
		self::add( time(), $hook, array( $kind => $name, 'site_id' => $site_id ), 'domain' );
	}

	/**
	 * Runs every job that is due, those included that the jobs themselves add; two runs at once share the jobs.
	 *
	 * @param int|null $now Unix seconds; the clock's where it is not given.
	 */
	public static function run( ?int $now = null ): void {
		global $wpdb;
		$now   = $now ?? time();
		$table = self::table();
		for ( $count = 0; $count < 5000; ++$count ) {
			$job = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM `{$table}` WHERE status = 'pending' AND due <= %d ORDER BY due, id LIMIT 1", $now ) );
			if ( ! $job ) {
				return;
			}
			$claimed = $wpdb->update(
				$table,
				array( 'status' => 'running' ),
				array(
					'id'     => $job->id,
					'status' => 'pending',
				)
			);
			if ( $claimed ) {
				$wpdb->update( $table, self::attempt( $job ), array( 'id' => $job->id ) );
			}
		}
	}

	/**
	 * Runs one job; gives what is to be kept of it.
	 *
	 * @param \stdClass $job The job's row.
	 * @return array<string, string>
	 */
	private static function attempt( \stdClass $job ): array {
		if ( ! has_action( $job->hook ) ) {
			return array(
				'status'  => 'failed',
				'message' => 'no listener for ' . $job->hook,
			);
		}
		try {
			do_action_ref_array( $job->hook, array_values( (array) json_decode( $job->args, true ) ) );
		} catch ( \Throwable $error ) {
			return array(
				'status'  => 'failed',
				'message' => $error->getMessage(),
			);
		}
		return array( 'status' => 'complete' );
	}
}
