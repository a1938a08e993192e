<?php
/**
 * Tests of the notices, the connection test and taking UM's place.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Notices;
use Domain_Bridge\Takeover;
use WP_Ultimo\Integrations\Host_Providers\ServerPilot_Host_Provider;
use WP_Ultimo\Integrations\Integration_Registry;

/**
 * What a network admin sees, and what UM asks of us.
 */
final class Admin_Test extends Bridge_Test_Case {

	protected function tearDown(): void {
		Integration_Registry::get_instance()->integrations = array();
		Integration_Registry::get_instance()->capabilities = array();
	}

	private function notices(): string {
		ob_start();
		do_action( 'network_admin_notices' );
		return (string) ob_get_clean();
	}

	private function enter_credentials(): void {
		$um = new WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Integration();
		foreach ( array( 'CLIENT_ID', 'API_KEY', 'APP_ID' ) as $name ) {
			$um->credentials[ "WU_SERVER_PILOT_{$name}" ] = 'x';
		}
		Integration_Registry::get_instance()->register( $um );
	}

	public function test_all_is_well_and_nothing_is_said(): void {
		$this->enter_credentials();
		self::assertSame( '', $this->notices() );
	}

	public function test_each_missing_constant_is_named(): void {
		self::assertStringContainsString( 'WU_SERVER_PILOT_API_KEY', $this->notices() );
	}

	public function test_an_unfinished_setup_of_um_is_named(): void {
		delete_network_option( null, 'wu_setup_finished' );
		self::assertStringContainsString( 'setup wizard', $this->notices() );
	}

	public function test_a_disabled_integration_is_mentioned_only_on_the_plugins_screen(): void {
		update_network_option( null, 'wu_host_integrations_enabled', array() );
		self::assertSame( '', $this->notices() );
		WP::$screen = 'plugins-network';
		self::assertStringContainsString( 'not enabled', $this->notices() );
	}

	public function test_a_sidecar_that_is_away_is_named_with_since_when_and_what_to_do_until_it_is_back(): void {
		$this->enter_credentials();
		$this->plugin->registration->send( 2.0 );
		WP::$sidecar = self::away();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		$notice = $this->notices();
		self::assertStringContainsString( gmdate( 'Y-m-d' ), $notice );
		self::assertStringContainsString( 'does not answer at http://localhost:8787', $notice );
		self::assertStringContainsString( 'WU_SERVER_PILOT_SIDECAR_URL', $notice );
		WP::$sidecar = array( WP::class, 'willing' );
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		self::assertSame( '', $this->notices() );
	}

	public function test_what_the_sidecar_answers_is_shown_as_text(): void {
		$this->enter_credentials();
		WP::$sidecar = static function (): array {
			return array( 500, '{"title":"x","code":"of-a-later-version","detail":"<script>alert(1)</script>"}' );
		};
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		self::assertStringContainsString( '&lt;script&gt;', $this->notices() );
		self::assertStringNotContainsString( '<script>', $this->notices() );
	}

	public function test_different_versions_are_named(): void {
		$this->enter_credentials();
		WP::$sidecar = static function (): array {
			return array( 200, '{"registered":true,"version":"9.9.9"}' );
		};
		$this->plugin->registration->send( 2.0 );
		self::assertStringContainsString( '9.9.9', $this->notices() );
		WP::$sidecar = array( WP::class, 'willing' );
		WP::$options['domain_bridge_registration']['at'] -= 61;
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( '', $this->notices() );
	}

	public function test_an_unreadable_secret_is_named(): void {
		$this->enter_credentials();
		WP::$salt = 'new salt';
		self::assertStringContainsString( 'salts in wp-config.php were changed', $this->notices() );
	}

	public function test_others_than_network_admins_see_nothing(): void {
		WP::$can = false;
		self::assertSame( '', $this->notices() );
	}

	public function test_the_connection_test_tells_apart_what_is_wrong(): void {
		$check  = static function ( string $id, string $reason ): array {
			return array(
				200,
				json_encode(
					array(
						'ok'     => false,
						'checks' => array(
							array(
								'id'      => $id,
								'ok'      => false,
								'reason'  => $reason,
								'params'  => array( 'appId' => '12' ),
								'message' => "{$reason} message",
								'remedy'  => 'remedy',
							),
							array(
								'id' => 'server',
								'ok' => true,
							),
						),
					)
				),
			);
		};
		$cases  = array(
			'sidecar away'    => array( self::away(), 'WU_SERVER_PILOT_SIDECAR_URL' ),
			'blocked'         => array(
				static function () {
					return new WP_Error( 'http_request_not_executed', 'User has blocked requests through HTTP.' );
				},
				'WP_ACCESSIBLE_HOSTS',
			),
			'another program' => array(
				static function (): array {
					return array( 200, '<html>It works!</html>' );
				},
				'is not the sidecar (HTTP 200)',
			),
			'secret refused'  => array( self::problem( 401, 'signature-invalid' ), 'SIDECAR_SECRET' ),
			'wrong key'       => array(
				static function () use ( $check ): array {
					return $check( 'credentials', 'serverpilot-credentials-invalid' );
				},
				'WU_SERVER_PILOT_API_KEY',
			),
			'wrong app'       => array(
				static function () use ( $check ): array {
					return $check( 'app', 'serverpilot-app-not-found' );
				},
				'WU_SERVER_PILOT_APP_ID',
			),
			'no words'        => array(
				static function (): array {
					return array( 200, '{"ok":false}' );
				},
				'not what',
			),
		);
		foreach ( $cases as $name => list( $sidecar, $words ) ) {
			WP::$sidecar = $sidecar;
			$result      = $this->plugin->connection_test->run();
			self::assertInstanceOf( WP_Error::class, $result, $name );
			self::assertStringContainsString( $words, $result->get_error_message(), $name );
		}
		WP::$sidecar = static function (): array {
			return array( 200, '{"ok":true,"checks":[]}' );
		};
		self::assertTrue( $this->plugin->connection_test->run() );
	}

	public function test_only_a_network_admin_gets_an_answer_from_the_connection_test(): void {
		WP::$can = false;
		self::assertSame( 'forbidden', $this->plugin->connection_test->run()->get_error_code() );
		self::assertSame( array(), WP::$requests );
	}

	public function test_ums_integration_and_module_are_replaced_and_only_note(): void {
		$registry = Integration_Registry::get_instance();
		do_action( 'wu_register_integrations', $registry );
		do_action( 'wu_register_capabilities', $registry );
		WP::$sidecar = static function (): array {
			return array( 200, '{"ok":true}' );
		};
		self::assertTrue( $registry->get( 'serverpilot' )->test_connection() );
		WP::$requests = array();
		$module       = $registry->capabilities['serverpilot']['domain-mapping'];
		self::assertTrue( $module->supports( 'autossl' ) );
		$module->on_add_domain( 'a.example.com', 2 );
		$module->on_remove_domain( 'b.example.com', 2 );
		$module->on_add_subdomain( 'c.network.example', 2 );
		$module->on_remove_subdomain( 'd.network.example', 2 );
		self::assertSame( array(), WP::$requests );
		$this->end_request();
		self::assertCount( 4, WP::events() );
	}

	public function test_older_ums_listeners_are_taken_off_and_its_connection_test_is_answered(): void {
		$provider = ServerPilot_Host_Provider::get_instance();
		$provider->listen();
		do_action( 'plugins_loaded' );
		foreach ( array_keys( Takeover::LISTENERS ) as $hook ) {
			do_action( $hook, 'a.network.example', 2 );
		}
		self::assertSame( array(), $provider->heard );
		$_REQUEST['integration'] = 'cpanel';
		do_action( 'wp_ajax_wu_test_hosting_integration' );
		$_REQUEST['integration'] = 'serverpilot';
		WP::$sidecar             = self::away();
		try {
			do_action( 'wp_ajax_wu_test_hosting_integration' );
			self::fail( 'Nobody answered.' );
		} catch ( Request_Ended $end ) {
			self::assertStringContainsString( 'does not answer', $end->answer['message'] );
		}
	}
}
