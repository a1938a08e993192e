<?php
/**
 * WP-CLI's commands that ask the sidecar to do something.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

use WP_CLI;
use WP_CLI\Utils;

/**
 * wp domain-bridge plan, sync and check.
 */
final class Pass_Commands {

	/** The exit code of "plan" when there are changes, as of other tools that compare. */
	const CHANGES = 2;

	/** Seconds to wait for the sidecar, which asks ServerPilot meanwhile. */
	const SECONDS = 60.0;

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Shows what a pass would change, and changes nothing. Exit code 0: nothing, 2: changes, 1: error.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : One of diff, table, json, yaml and csv.
	 * ---
	 * default: diff
	 * ---
	 *
	 * @param array $args    Nothing.
	 * @param array $options The options.
	 */
	public function plan( $args, $options ): void {
		$plan    = $this->call( '/sync', array( 'dryRun' => true ) );
		$rows    = Plan_Rows::of( $plan, $this->plugin->reasons );
		$changes = array_filter(
			$rows,
			static function ( array $row ): bool {
				return 'blocked' !== $row['change'];
			}
		);
		$held    = Wire::map( $plan, 'held' );
		$format  = $options['format'] ?? 'diff';
		if ( 'diff' === $format ) {
			foreach ( $rows as $row ) {
				WP_CLI::line( rtrim( Plan_Rows::SIGNS[ $row['change'] ] . ' ' . $row['name'] . '  ' . $row['why'] ) );
			}
			WP_CLI::line( sprintf( 'checksum %s, %d unchanged', Wire::text( $plan, 'checksum' ), Wire::number( $plan, 'keep' ) ) );
		} else {
			Utils\format_items( $format, $rows, array( 'change', 'name', 'why' ) );
		}
		if ( array() !== $held ) {
			WP_CLI::warning( $this->plugin->reasons->sentence( $held ) . ' wp domain-bridge sync --approve=' . Wire::text( $plan, 'checksum' ) );
		}
		if ( array() !== $changes ) {
			WP_CLI::halt( self::CHANGES );
		}
	}

	/**
	 * Starts a pass now.
	 *
	 * ## OPTIONS
	 *
	 * [--checksum=<checksum>]
	 * : Only if the plan is still this one.
	 *
	 * [--approve=<checksum>]
	 * : Approves the held plan with this checksum.
	 *
	 * [--retry=<names>]
	 * : Looks at the certificates of these domains now; separated by commas.
	 *
	 * @param array $args    Nothing.
	 * @param array $options The options.
	 */
	public function sync( $args, $options ): void {
		$body     = array();
		$checksum = (string) ( $options['approve'] ?? $options['checksum'] ?? '' );
		if ( '' !== $checksum ) {
			$body['checksum'] = $checksum;
			$body['force']    = isset( $options['approve'] );
		}
		$retry = array_values( array_filter( array_map( 'trim', explode( ',', (string) ( $options['retry'] ?? '' ) ) ), 'strlen' ) );
		if ( array() !== $retry ) {
			$body['retry'] = $retry;
		}
		$this->call( '/sync', $body );
		WP_CLI::success( __( 'A pass was started.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Tries every connection and says what to correct. Exit code 0: all is well, 1: something is to be corrected.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : One of table, json, yaml and csv.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param array $args    Nothing.
	 * @param array $options The options.
	 */
	public function check( $args, $options ): void {
		$answer = $this->call( '/check', array() );
		$rows   = array();
		foreach ( Wire::rows( $answer, 'checks' ) as $check ) {
			$rows[] = array(
				'check'  => Wire::text( $check, 'id' ),
				'ok'     => true === ( $check['ok'] ?? null ) ? 'yes' : 'no',
				'reason' => Wire::text( $check, 'reason' ),
				'what'   => $this->plugin->reasons->sentence( $check ),
			);
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'check', 'ok', 'reason', 'what' ) );
		if ( true !== ( $answer['ok'] ?? null ) ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Returns the sidecar's answer, or ends with why there is none.
	 */
	private function call( string $path, array $body ): array {
		$answer = $this->plugin->sidecar->call( 'POST', $path, $body, self::SECONDS );
		if ( is_wp_error( $answer ) ) {
			WP_CLI::error( $this->plugin->reasons->error_sentence( $answer ) );
		}
		return (array) $answer;
	}
}
