<?php
/**
 * WP-CLI's commands.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

use WP_CLI;
use WP_CLI\Utils;

/**
 * Shows what the sidecar knows about this network's domains, and asks it to work.
 */
final class Commands {

	/** The exit code of "plan" when there are changes, as of other tools that compare. */
	const CHANGES = 2;

	/** Seconds to wait for a sidecar that only looks into its tables, and for one that asks ServerPilot meanwhile. */
	const SHORT = 5.0;
	const LONG  = 60.0;

	/** The signs before the names of a plan, as in the sidecar's own command line. */
	const SIGNS = array(
		'remove'  => '-',
		'add'     => '+',
		'adopt'   => '~',
		'disown'  => '~',
		'blocked' => '!',
	);

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Shows the sidecar, the app, the last sync and how many domains are in each state.
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
			'app'         => Snapshot::text( $app, 'name' ),
			'domains'     => array() === $app ? '' : implode( ' / ', $snapshot->capacity() ),
			'last-pass'   => Snapshot::text( $pass, 'lastAt' ),
			'outcome'     => Snapshot::text( $pass, 'lastOutcome' ),
			'reason'      => $this->plugin->reasons()->sentence( $pass ),
			'next-pass'   => Snapshot::text( $pass, 'nextAt' ),
			'held'        => Snapshot::text( $snapshot->held(), 'checksum' ),
			'suspect'     => Snapshot::text( $snapshot->suspect(), 'checksum' ),
			'state'       => Snapshot::text( $pass, 'state' ),
		);
		foreach ( $snapshot->counts() as $state => $count ) {
			$facts[ $state ] = (string) $count;
		}
		$rows = array();
		foreach ( $facts as $field => $value ) {
			$rows[] = array(
				'field' => $field,
				'value' => $value,
			);
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'field', 'value' ) );
	}

	/**
	 * Lists the domains with state, reason, what to do, next check and when the certificate expires.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : Only those in this state: ssl-failed, blocked, pending, removing, securing or secure.
	 *
	 * [--search=<text>]
	 * : Only those with this in their name.
	 *
	 * [--needs-action]
	 * : Only those that need a person.
	 *
	 * [--orderby=<field>]
	 * : One of urgency, name, state, next and certificate.
	 * ---
	 * default: urgency
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
		$rows     = array();
		$snapshot = $this->snapshot();
		$format   = $options['format'] ?? 'table';
		$query    = array(
			'search' => (string) ( $options['search'] ?? '' ),
			'state'  => (string) ( $options['state'] ?? '' ),
			'needs'  => isset( $options['needs-action'] ) ? 'action' : '',
			'order'  => (string) ( $options['orderby'] ?? 'urgency' ),
		);
		do {
			$page = $snapshot->names( array( 'offset' => count( $rows ), 'limit' => 'count' === $format ? 1 : Snapshot::PAGE ) + $query );
			if ( is_wp_error( $page ) ) {
				WP_CLI::error( $this->plugin->reasons()->error_sentence( $page ) );
			}
			foreach ( $page[1] as $name ) {
				$rows[] = array(
					'name'        => Snapshot::text( $name, 'name' ),
					'state'       => Snapshot::text( $name, 'state' ),
					'why'         => $this->plugin->reasons()->sentence( $name ),
					'next'        => Snapshot::text( $name, 'nextTryAt' ),
					'certificate' => Snapshot::text( $name, 'certificateEndsAt' ),
					'site'        => Snapshot::text( $name, 'siteId' ),
				);
			}
		} while ( 'count' !== $format && array() !== $page[1] && count( $rows ) < $page[0] );
		if ( 'count' === $format ) {
			WP_CLI::line( (string) $page[0] );
		} elseif ( 'ids' === $format ) {
			WP_CLI::line( implode( ' ', array_column( $rows, 'name' ) ) );
		} else {
			Utils\format_items( $format, $rows, array( 'name', 'state', 'why', 'next', 'certificate', 'site' ) );
		}
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
		$environment = new Environment( $this->plugin->config(), $this->plugin->secret() );
		$shown       = ! empty( $options['show-secrets'] );
		$problem     = $this->plugin->secret()->problem();
		if ( '' !== $problem ) {
			WP_CLI::warning( trim( implode( ' ', $this->plugin->reasons()->describe( $problem ) ) ) );
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
	 * Shows what a sync would change, and changes nothing. Exit code 0: nothing, 2: changes, 1: error.
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
		$rows    = $this->rows( $plan );
		$changes = array_filter(
			$rows,
			static function ( array $row ): bool {
				return 'blocked' !== $row['change'];
			}
		);
		$held    = Snapshot::map( $plan, 'held' );
		$format  = $options['format'] ?? 'diff';
		if ( 'diff' === $format ) {
			foreach ( $rows as $row ) {
				WP_CLI::line( rtrim( self::SIGNS[ $row['change'] ] . ' ' . $row['name'] . '  ' . $row['why'] ) );
			}
			WP_CLI::line( sprintf( 'checksum %s, %d unchanged', Snapshot::text( $plan, 'checksum' ), Snapshot::number( $plan, 'keep' ) ) );
		} else {
			Utils\format_items( $format, $rows, array( 'change', 'name', 'why' ) );
		}
		if ( array() !== $held ) {
			WP_CLI::warning( $this->plugin->reasons()->sentence( $held ) . ' wp domain-bridge sync --approve=' . Snapshot::text( $plan, 'checksum' ) );
		}
		if ( array() !== $changes ) {
			WP_CLI::halt( self::CHANGES );
		}
	}

	/**
	 * Starts a sync now.
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
	 * : Checks these domains now; separated by commas.
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
		WP_CLI::success( __( 'A sync was started.', 'domain-bridge-for-serverpilot' ) );
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
		foreach ( Snapshot::rows( $answer, 'checks' ) as $check ) {
			$rows[] = array(
				'check'  => Snapshot::text( $check, 'id' ),
				'ok'     => true === ( $check['ok'] ?? null ) ? 'yes' : 'no',
				'reason' => Snapshot::text( $check, 'reason' ),
				'what'   => $this->plugin->reasons()->sentence( $check ),
			);
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'check', 'ok', 'reason', 'what' ) );
		if ( true !== ( $answer['ok'] ?? null ) ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Returns the sidecar's status, or ends with why there is none.
	 */
	private function snapshot(): Snapshot {
		$snapshot = Snapshot::take( $this->plugin, self::SHORT );
		if ( null !== $snapshot->error() ) {
			WP_CLI::error( $this->plugin->reasons()->error_sentence( $snapshot->error() ) );
		}
		return $snapshot;
	}

	/**
	 * Returns the sidecar's answer, or ends with why there is none.
	 *
	 * @param string $path The path.
	 * @param array  $body What is sent.
	 */
	private function call( string $path, array $body ): array {
		$answer = $this->plugin->sidecar()->call( 'POST', $path, $body, self::LONG );
		if ( is_wp_error( $answer ) ) {
			WP_CLI::error( $this->plugin->reasons()->error_sentence( $answer ) );
		}
		return (array) $answer;
	}

	/**
	 * Returns a plan as rows of change, name and why.
	 *
	 * @param array $plan The plan.
	 */
	private function rows( array $plan ): array {
		$whys = array(
			'remove' => '',
			'add'    => '',
			'adopt'  => __( 'on the app already, looked after from now on', 'domain-bridge-for-serverpilot' ),
			'disown' => __( 'removed in the ServerPilot panel, no longer looked after', 'domain-bridge-for-serverpilot' ),
		);
		$rows = array();
		foreach ( $whys as $change => $why ) {
			foreach ( Snapshot::texts( $plan, $change ) as $name ) {
				$rows[] = array(
					'change' => $change,
					'name'   => $name,
					'why'    => $why,
				);
			}
		}
		foreach ( Snapshot::rows( $plan, 'blocked' ) as $blocked ) {
			$rows[] = array(
				'change' => 'blocked',
				'name'   => Snapshot::text( $blocked, 'name' ),
				'why'    => $this->plugin->reasons()->sentence( $blocked ),
			);
		}
		return $rows;
	}
}
