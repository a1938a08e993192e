<?php
/**
 * Tests of WP-CLI's commands.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Commands;

/**
 * What wp domain-bridge prints, and how it ends.
 */
final class Commands_Test extends Bridge_Test_Case {

	/** Runs a command; returns its exit code, with what it printed in WP_CLI::$lines. */
	private function run_command( string $name, array $options = array() ): int {
		WP_CLI::$lines = array();
		try {
			( new Commands( $this->plugin ) )->{$name}( array(), $options );
		} catch ( Request_Ended $end ) {
			WP_CLI::$lines[] = $end->getMessage();
			return $end->answer['exit'];
		}
		return 0;
	}

	private static function printed(): string {
		return implode( "\n", WP_CLI::$lines );
	}

	public function test_status_lists_sidecar_app_pass_and_counts(): void {
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::status() ) );
		self::assertSame( 0, $this->run_command( 'status', array( 'format' => 'json' ) ) );
		self::assertStringContainsString( 'json: domains | 3 / 300', self::printed() );
		self::assertStringContainsString( 'json: ssl-failed | 1', self::printed() );
	}

	public function test_a_sidecar_that_is_away_ends_every_command_with_1_and_what_to_do(): void {
		WP::$sidecar = self::away();
		foreach ( array( 'status', 'names', 'plan', 'sync', 'check' ) as $name ) {
			self::assertSame( 1, $this->run_command( $name ), $name );
			self::assertStringContainsString( 'WU_SERVER_PILOT_SIDECAR_URL', self::printed(), $name );
		}
	}

	public function test_names_are_listed_with_what_to_do(): void {
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::status() ) );
		$this->run_command( 'names' );
		self::assertCount( 3, WP_CLI::$lines );
		self::assertStringContainsString( 'a.example.com | ssl-failed | The DNS has no address for a.example.com. At the domain', WP_CLI::$lines[0] );
		$this->run_command( 'names', array( 'state' => 'pending', 'format' => 'ids' ) );
		self::assertSame( array( 'c.example.com' ), WP_CLI::$lines );
	}

	public function test_plan_ends_with_0_without_changes_and_with_2_with_some(): void {
		WP::$sidecar = Answers::sidecar( array( 'sync' => Answers::plan() ) );
		self::assertSame( 0, $this->run_command( 'plan' ) );
		WP::$sidecar = Answers::sidecar(
			array(
				'sync' => Answers::plan(
					array(
						'add'    => array( 'new.example.com' ),
						'remove' => array( 'old.example.com' ),
						'held'   => array( 'reason' => 'plan-held', 'params' => array( 'removals' => 1, 'owned' => 2, 'percent' => 50 ) ),
					)
				),
			)
		);
		self::assertSame( 2, $this->run_command( 'plan' ) );
		self::assertContains( '- old.example.com', WP_CLI::$lines );
		self::assertContains( '+ new.example.com', WP_CLI::$lines );
		self::assertStringContainsString( '--approve=c0ffee', self::printed() );
		self::assertSame( 2, $this->run_command( 'plan', array( 'format' => 'csv' ) ) );
		self::assertContains( 'csv: add | new.example.com | ', WP_CLI::$lines );
	}

	public function test_a_blocked_name_alone_is_no_change(): void {
		WP::$sidecar = Answers::sidecar( array( 'sync' => Answers::plan( array( 'blocked' => array( array( 'name' => 'x', 'reason' => 'hostname-wildcard' ) ) ) ) ) );
		self::assertSame( 0, $this->run_command( 'plan' ) );
		self::assertStringContainsString( '! x  Wildcard', self::printed() );
	}

	public function test_sync_approves_only_the_plan_with_the_given_checksum_and_retries_names(): void {
		self::assertSame( 0, $this->run_command( 'sync', array( 'approve' => 'c0ffee', 'retry' => 'a.example.com, b.example.com' ) ) );
		self::assertSame(
			array(
				'checksum' => 'c0ffee',
				'force'    => true,
				'retry'    => array( 'a.example.com', 'b.example.com' ),
			),
			json_decode( WP::$requests[0]['body'], true )
		);
		$this->run_command( 'sync' );
		self::assertSame( '{}', WP::$requests[1]['body'] );
		WP::$sidecar = self::problem( 409, 'plan-changed' );
		self::assertSame( 1, $this->run_command( 'sync', array( 'checksum' => 'old' ) ) );
	}

	public function test_check_ends_with_1_where_something_is_to_be_corrected(): void {
		$check       = static function ( bool $ok ): array {
			return array(
				'ok'     => $ok,
				'checks' => array( array( 'id' => 'app', 'ok' => $ok, 'reason' => $ok ? null : 'serverpilot-app-not-found', 'params' => array( 'appId' => '12' ) ) ),
			);
		};
		WP::$sidecar = Answers::sidecar( array( 'check' => $check( true ) ) );
		self::assertSame( 0, $this->run_command( 'check' ) );
		WP::$sidecar = Answers::sidecar( array( 'check' => $check( false ) ) );
		self::assertSame( 1, $this->run_command( 'check' ) );
		self::assertStringContainsString( 'WU_SERVER_PILOT_APP_ID', self::printed() );
	}

	public function test_env_shows_secrets_only_when_asked_to(): void {
		$this->run_command( 'env' );
		self::assertStringContainsString( 'DB_NAME=wordpress', self::printed() );
		self::assertStringNotContainsString( 'whsec_', self::printed() );
		$this->run_command( 'env', array( 'show-secrets' => true, 'format' => 'json' ) );
		self::assertSame( self::SECRET, json_decode( self::printed(), true )['SIDECAR_SECRET'] );
		self::assertSame( 1, $this->run_command( 'env', array( 'format' => 'xml' ) ) );
	}

	public function test_thousands_of_names_are_asked_for_by_page_and_counted_without_being_asked_for(): void {
		$all         = array_map(
			static function ( int $i ): array {
				return Answers::name( "n{$i}.example.com", 'secure' );
			},
			range( 1, 1200 )
		);
		WP::$sidecar = static function ( string $url, array $args ) use ( $all ): array {
			if ( false === strpos( $url, '/names?' ) ) {
				return array( 200, json_encode( Answers::paged( array( 'secure' => 1200 ) ) ) );
			}
			parse_str( (string) parse_url( $url, PHP_URL_QUERY ), $query );
			return array( 200, json_encode( array( 'total' => 1200, 'names' => array_slice( $all, (int) $query['offset'], (int) $query['limit'] ) ) ) );
		};
		$this->run_command( 'names', array( 'format' => 'ids' ) );
		self::assertCount( 1200, explode( ' ', WP_CLI::$lines[0] ) );
		WP::$requests = array();
		$this->run_command( 'names', array( 'format' => 'count' ) );
		self::assertSame( array( '1200' ), WP_CLI::$lines );
		self::assertCount( 2, WP::$requests );
	}
}
