<?php
/**
 * Tests of the screen's parts.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Actions;
use Domain_Bridge\Changes_Panel;
use Domain_Bridge\History_Panel;
use Domain_Bridge\Names_Table;
use Domain_Bridge\Overview;
use Domain_Bridge\Snapshot;
use Domain_Bridge\Words;

/**
 * What the screen prints, and what its buttons ask of the sidecar.
 */
final class Screen_Test extends Bridge_Test_Case {

	const NOW = 1767225600;

	protected function tearDown(): void {
		$_POST = array();
	}

	private function printed( callable $print ): string {
		ob_start();
		$print();
		return (string) ob_get_clean();
	}

	private function perform( array $post ): array {
		$_POST = $post;
		return ( new Actions( $this->plugin ) )->perform( $post['task'] ?? '' );
	}

	public function test_the_overview_names_app_use_and_what_needs_attention(): void {
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::status() ) );
		$html        = $this->printed( array( new Overview( $this->plugin, Snapshot::take( $this->plugin ), self::NOW ), 'show' ) );
		foreach ( array( 'Connected', 'the same as the plugin', '3 of 300 domains used', '1 of 3 domains secure', '1 domain needs action' ) as $words ) {
			self::assertStringContainsString( $words, $html );
		}
	}

	public function test_what_waits_for_a_person_or_for_wordpress_says_that(): void {
		self::assertStringContainsString( 'Held for approval', Words::state_html( 'removing', 'plan-held' ) );
		self::assertStringContainsString( 'Being removed', Words::state_html( 'removing', 'removal-waiting' ) );
		$first = History_Panel::outcome_html( 'failed', 'network-not-registered' );
		self::assertStringContainsString( 'Not connected yet', $first );
		self::assertStringNotContainsString( 'is-bad', $first );
		self::assertStringContainsString( 'is-bad', History_Panel::outcome_html( 'failed', 'table-missing' ) );
	}

	public function test_a_sidecar_that_is_away_leaves_one_box_with_what_to_do(): void {
		WP::$sidecar = self::away();
		$html        = $this->printed( array( new Overview( $this->plugin, Snapshot::take( $this->plugin ), self::NOW ), 'show' ) );
		self::assertStringContainsString( 'Not connected', $html );
		self::assertStringContainsString( 'WU_SERVER_PILOT_SIDECAR_URL', $html );
		self::assertStringNotContainsString( 'ServerPilot app', $html );
	}

	public function test_markup_from_the_sidecar_is_shown_as_text_everywhere(): void {
		$bad         = '<script>alert(1)</script>"\'';
		$name        = Answers::name( $bad, $bad, array( 'reason' => $bad, 'message' => $bad, 'remedy' => $bad, 'kind' => $bad ) );
		$status      = Answers::status(
			array(
				'version' => $bad,
				'names'   => array( $name ),
				'app'     => array( 'name' => $bad, 'serverName' => $bad, 'serverAddress' => $bad, 'domainsUsed' => $bad ),
				'pass'    => array( 'lastOutcome' => $bad, 'reason' => $bad, 'message' => $bad, 'state' => $bad ),
			)
		);
		$explained   = array( 'reason' => $bad, 'message' => $bad, 'remedy' => $bad );
		$plan        = Answers::plan( array( 'checksum' => $bad, 'add' => array( $bad ), 'remove' => array( $bad ), 'result' => array( $bad ), 'blocked' => array( array( 'name' => $bad ) + $explained ), 'held' => $explained ) );
		$history     = array( 'passes' => array( array( 'id' => $bad, 'trigger' => $bad, 'outcome' => $bad, 'added' => array( $bad ), 'removed' => array_fill( 0, 30, $bad ) ) + $explained ) );
		WP::$sidecar = Answers::sidecar( array( 'status' => $status, 'sync' => $plan, 'history' => $history ) );
		$table       = new Names_Table( $this->plugin->reasons(), self::NOW );
		$cell        = new ReflectionMethod( $table, 'column_default' );
		$cell->setAccessible( true );
		$html        = $this->printed( array( new Overview( $this->plugin, Snapshot::take( $this->plugin ), self::NOW ), 'show' ) )
			. $this->printed( array( new Changes_Panel( $this->plugin ), 'show' ) )
			. $this->printed( array( new History_Panel( $this->plugin, self::NOW ), 'show' ) )
			. implode( '', array_map( static function ( string $column ) use ( $table, $cell, $name ): string {
				return $cell->invoke( $table, array( 'state' => 'securing' ) + $name, $column ) . $cell->invoke( $table, $name, $column );
			}, array( 'name', 'state', 'todo', 'next', 'certificate' ) ) )
			. $this->printed( static function () use ( $bad ): void {
				Words::say( 'error', $bad, array( array( false, $bad ) ) );
			} );
		self::assertStringContainsString( '&lt;script&gt;', $html );
		self::assertStringNotContainsString( '<script', $html );
		self::assertStringNotContainsString( 'alert(1)</script>"', $html );
	}

	public function test_the_preview_shows_each_kind_of_change_and_a_button_bound_to_this_plan(): void {
		WP::$sidecar = Answers::sidecar( array( 'sync' => Answers::plan( array( 'add' => array( 'new.example.com' ), 'disown' => array( 'gone.example.com' ) ) ) ) );
		$html        = $this->printed( array( new Changes_Panel( $this->plugin ), 'show' ) );
		self::assertSame( '{"dryRun":true}', WP::$requests[0]['body'] );
		self::assertStringContainsString( 'To be added to the app (1)', $html );
		self::assertStringContainsString( 'gone.example.com', $html );
		self::assertStringContainsString( 'value="c0ffee"', $html );
		self::assertStringContainsString( 'value="apply"', $html );
		self::assertStringNotContainsString( 'value="approve"', $html );
	}

	public function test_a_held_plan_shows_what_it_removes_and_can_only_be_approved(): void {
		WP::$sidecar = Answers::sidecar( array( 'sync' => Answers::plan( array( 'remove' => array( 'old.example.com' ), 'held' => array( 'reason' => 'plan-held', 'params' => array( 'removals' => 1, 'owned' => 2, 'percent' => 50 ) ) ) ) ) );
		$html        = $this->printed( array( new Changes_Panel( $this->plugin ), 'show' ) );
		self::assertStringContainsString( '1 of 2 domains would be removed (50 %)', $html );
		self::assertStringContainsString( 'value="approve"', $html );
		self::assertStringNotContainsString( 'value="apply"', $html );
	}

	public function test_a_suspect_network_and_findings_of_the_app_come_with_what_a_person_can_do(): void {
		$words       = array( 'reason' => 'of-a-later-version', 'message' => 'Nothing shows that it is yours', 'remedy' => 'Look' );
		$missing     = array( 'reason' => 'network-domain-missing', 'params' => array( 'domain' => 'network.example' ) );
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::paged( array(), array( 'suspect' => array( 'checksum' => 'c0ffee' ) + $words, 'findings' => array( $missing ), 'withoutPlace' => 7 ) ) ) );
		$snapshot    = Snapshot::take( $this->plugin );
		$html        = $this->printed( function () use ( $snapshot ): void {
			( new Changes_Panel( $this->plugin ) )->show_waiting( $snapshot );
			( new Overview( $this->plugin, $snapshot, self::NOW ) )->show();
		} );
		foreach ( array( 'Nothing shows that it is yours', 'value="c0ffee"', 'Approve this app', 'network.example', 'value="network-domain"', '7 domains wait for room' ) as $part ) {
			self::assertStringContainsString( $part, $html );
		}
		self::assertSame( 'success', $this->perform( array( 'task' => 'network-domain' ) )[0] );
		self::assertSame( '{"addNetworkDomain":true}', end( WP::$requests )['body'] );
	}

	public function test_the_first_look_at_a_sidecar_that_was_never_there_is_calm(): void {
		delete_network_option( null, 'domain_bridge_registration' );
		WP::$sidecar = self::away();
		$html        = $this->printed( array( new Overview( $this->plugin, Snapshot::take( $this->plugin ), self::NOW ), 'show' ) );
		self::assertStringContainsString( 'Not connected yet', $html );
		self::assertStringContainsString( 'tab=connect', $html );
		self::assertStringNotContainsString( 'is-bad', $html );
	}

	public function test_approving_needs_the_tick_and_is_bound_to_the_checksum(): void {
		self::assertSame( 'error', $this->perform( array( 'task' => 'approve', 'checksum' => 'c0ffee' ) )[0] );
		self::assertSame( array(), WP::$requests );
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::status() ) );
		self::assertSame( 'success', $this->perform( array( 'task' => 'approve', 'checksum' => 'c0ffee', 'seen' => '1' ) )[0] );
		self::assertSame( '{"checksum":"c0ffee","force":true}', end( WP::$requests )['body'] );
	}

	public function test_a_plan_that_changed_meanwhile_is_not_carried_out(): void {
		WP::$sidecar = static function ( string $url, array $args ): array {
			return 'GET' === $args['method'] ? array( 200, json_encode( Answers::status() ) ) : array( 409, '{"code":"plan-changed","title":"Conflict"}' );
		};
		$said        = $this->perform( array( 'task' => 'apply', 'checksum' => 'old' ) );
		self::assertSame( 'error', $said[0] );
		self::assertStringContainsString( 'Look at the new plan', $said[1] );
		self::assertSame( '{"checksum":"old"}', end( WP::$requests )['body'] );
	}

	public function test_try_again_and_sync_now_ask_for_just_that(): void {
		$this->perform( array( 'retry' => 'a.example.com' ) );
		$this->perform( array( 'task' => 'sync' ) );
		self::assertSame( array( '{"retry":["a.example.com"]}', '{}' ), array_column( WP::$requests, 'body' ) );
		self::assertSame( 'error', $this->perform( array( 'task' => 'unheard-of' ) )[0] );
	}

	public function test_the_connection_test_lists_each_thing_and_does_not_wait_for_a_sidecar_that_is_away(): void {
		WP::$sidecar = Answers::sidecar(
			array(
				'status' => Answers::status(),
				'check'  => array(
					'ok'     => false,
					'checks' => array(
						array( 'id' => 'database', 'ok' => true ),
						array( 'id' => 'credentials', 'ok' => false, 'reason' => 'serverpilot-credentials-invalid' ),
					),
				),
			)
		);
		list( $type, , $items ) = $this->perform( array( 'task' => 'check' ) );
		self::assertSame( 'error', $type );
		self::assertSame( array( true, 'Database' ), $items[0] );
		self::assertStringContainsString( 'WU_SERVER_PILOT_API_KEY', $items[1][1] );
		WP::$requests = array();
		WP::$sidecar  = self::away();
		self::assertSame( 'error', $this->perform( array( 'task' => 'check' ) )[0] );
		self::assertSame( array( 2.0 ), array_column( WP::$requests, 'timeout' ) );
	}

	public function test_moments_are_told_from_now(): void {
		self::assertSame( 'in 60 seconds', Words::moment( self::NOW + 60, self::NOW ) );
		self::assertSame( '60 seconds ago', Words::moment( self::NOW - 60, self::NOW ) );
		self::assertStringContainsString( 'none', Words::moment_html( 0, self::NOW ) );
		self::assertSame( 'mapping saved, scheduled check', Words::triggers( 'mapping.saved resync schedule' ) );
	}
}
