<?php
/**
 * A job that is planned, as Action Scheduler gives it.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Tells its arguments.
 */
final class Planned_Job {

	/**
	 * What its action is given.
	 *
	 * @var array<string, mixed>
	 */
	private $args;

	/**
	 * Takes its arguments.
	 *
	 * @param array<string, mixed> $args What its action is given.
	 */
	public function __construct( array $args ) {
		$this->args = $args;
	}

	/**
	 * Gives its arguments.
	 *
	 * @return array<string, mixed>
	 */
	public function get_args(): array {
		return $this->args;
	}
}
