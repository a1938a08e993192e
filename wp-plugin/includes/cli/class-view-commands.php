<?php
/**
 * WP-CLI's commands that show things.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

use WP_CLI;
use WP_CLI\Utils;

/**
 * wp domain-bridge status, names and env.
 */
final class View_Commands {

	/** Seconds to wait for the sidecar. */
	const SECONDS = 5.0;

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Shows the sidecar, the app, the last pass and how many domains are in each state.
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
	public function status( $args, $options ): void {
		$snapshot = $this->snapshot();
		$app      = $snapshot->app();
		$pass     = $snapshot->pass();
		$facts    = array(
			'sidecar'     => $snapshot->version(),
			'plugin'      => VERSION,
			'registered'  => $snapshot->registered() ? 'yes' : 'no',
			'app'         => Wire::text( $app, 'name' ),
			'domains'     => array() === $app ? '' : implode( ' / ', $snapshot->capacity() ),
			'last-pass'   => Wire::text( $pass, 'lastAt' ),
			'outcome'     => Wire::text( $pass, 'lastOutcome' ),
			'reason'      => $this->plugin->reasons->sentence( $pass ),
			'next-pass'   => Wire::text( $pass, 'nextAt' ),
			'held'        => Wire::text( $snapshot->held(), 'checksum' ),
			'state'       => Wire::text( $pass, 'state' ),
		);
		foreach ( $snapshot->counts() as $state => $count ) {
			$facts[ $state ] = (string) $count;
		}
		$rows = array();
		foreach ( $facts as $field => $value ) {
			$rows[] = compact( 'field', 'value' );
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'field', 'value' ) );
	}

	/**
	 * Lists the domains with state, reason, what to do, next try and the certificate's end.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : Only those in this state: ssl-failed, blocked, pending, removing, securing or secure.
	 *
	 * [--search=<text>]
	 * : Only those with this in their name.
	 *
	 * [--orderby=<field>]
	 * : One of name, state, next and certificate.
	 * ---
	 * default: state
	 * ---
	 *
	 * [--format=<format>]
	 * : One of table, json, yaml, csv, count and ids.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param array $args    Nothing.
	 * @param array $options The options.
	 */
	public function names( $args, $options ): void {
		$rows = array();
		foreach ( Name_List::choose( $this->snapshot()->names(), (string) ( $options['search'] ?? '' ), (string) ( $options['state'] ?? '' ), (string) ( $options['orderby'] ?? 'state' ) ) as $name ) {
			$rows[] = array(
				'name'        => Wire::text( $name, 'name' ),
				'state'       => Wire::text( $name, 'state' ),
				'why'         => $this->plugin->reasons->sentence( $name ),
				'next'        => Wire::text( $name, 'nextTryAt' ),
				'certificate' => Wire::text( $name, 'certificateEndsAt' ),
				'site'        => Wire::text( $name, 'siteId' ),
			);
		}
		if ( 'ids' === ( $options['format'] ?? '' ) ) {
			WP_CLI::line( implode( ' ', array_column( $rows, 'name' ) ) );
			return;
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'name', 'state', 'why', 'next', 'certificate', 'site' ) );
	}

	/**
	 * Prints the environment that the sidecar of this network is started with.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : env, json, or network (an entry of the networks file).
	 * ---
	 * default: env
	 * ---
	 *
	 * [--show-secrets]
	 * : Prints the secret and the database password as well.
	 *
	 * @param array $args    Nothing.
	 * @param array $options The options.
	 */
	public function env( $args, $options ): void {
		$environment = new Environment( $this->plugin->config, $this->plugin->secret );
		$shown       = ! empty( $options['show-secrets'] );
		$problem     = $this->plugin->secret->problem();
		if ( '' !== $problem ) {
			WP_CLI::warning( trim( implode( ' ', $this->plugin->reasons->describe( $problem ) ) ) );
		}
		$format = $options['format'] ?? 'env';
		if ( 'env' === $format ) {
			WP_CLI::line( rtrim( $environment->file( $shown ) ) );
			return;
		}
		if ( ! in_array( $format, array( 'json', 'network' ), true ) ) {
			WP_CLI::error( __( 'The format is one of env, json and network.', 'domain-bridge-for-serverpilot' ) );
		}
		$data = 'json' === $format ? $environment->variables( $shown ) : $environment->network_entry( $shown );
		WP_CLI::line( (string) wp_json_encode( $data, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
	}

	/**
	 * Returns the sidecar's status, or ends with why there is none.
	 */
	private function snapshot(): Snapshot {
		$snapshot = Snapshot::take( $this->plugin, self::SECONDS );
		if ( null !== $snapshot->error() ) {
			WP_CLI::error( $this->plugin->reasons->error_sentence( $snapshot->error() ) );
		}
		return $snapshot;
	}
}
