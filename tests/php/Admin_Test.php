<?php
/**
 * Tests of the notices, the connection test and taking UM's place.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Config;
use Domain_Bridge\Ultimate_Multisite;
use WP_Ultimo\Integrations\Host_Providers\ServerPilot_Host_Provider;
use WP_Ultimo\Integrations\Integration_Registry;
use WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Domain_Mapping;

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
		$this->plugin->registration()->send( 2.0 );
		WP::$sidecar = self::away();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		$notice = $this->notices();
		self::assertStringContainsString( gmdate( 'Y-m-d' ), $notice );
		self::assertStringContainsString( 'does not answer at http://localhost:8787', $notice );
		self::assertStringContainsString( 'WU_SERVER_PILOT_SIDECAR_URL', $notice );
		WP::$sidecar = array( WP::class, 'willing' );
		do_action( 'domain_bridge_retry' );
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
		$this->plugin->registration()->send( 2.0 );
		self::assertStringContainsString( '9.9.9', $this->notices() );
		WP::$sidecar = array( WP::class, 'willing' );
		WP::$options['domain_bridge_registration']['looked'] -= 601;
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( '', $this->notices() );
	}

	public function test_the_first_activation_is_calm_and_names_the_next_step(): void {
		$this->enter_credentials();
		delete_network_option( null, 'domain_bridge_registration' );
		WP::$sidecar = self::away();
		$this->plugin->dispatcher()->ask();
		$this->end_request();
		$notices = $this->notices();
		self::assertStringContainsString( 'notice-info', $notices );
		self::assertStringContainsString( 'Next step: connect the sidecar', $notices );
		self::assertStringContainsString( 'tab=connect', $notices );
		self::assertStringNotContainsString( 'could not be told', $notices );
	}

	public function test_what_waits_for_a_person_is_named_everywhere_until_it_is_decided(): void {
		$this->enter_credentials();
		$waiting     = array( 'suspect' => array( 'reason' => 'of-a-later-version', 'message' => 'Is it yours?', 'checksum' => 'c' ) );
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::paged( array(), $waiting ) ) );
		Domain_Bridge\Snapshot::take( $this->plugin );
		$this->plugin->registration()->send( 2.0 );
		self::assertStringContainsString( 'Is it yours?', $this->notices() );
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::paged( array() ) ) );
		Domain_Bridge\Snapshot::take( $this->plugin );
		self::assertStringNotContainsString( 'Is it yours?', $this->notices() );
	}

	public function test_http_to_another_machine_is_refused_and_said(): void {
		$this->enter_credentials();
		self::assertSame( '', $this->plugin->config()->address_problem() );
		foreach ( array( 'http://127.0.0.1:1' => '', 'http://[::1]:1' => '', 'http://a.localhost' => '', 'https://bridge.example' => '', 'http://127.0.0.1.example' => 'sidecar-insecure', 'http://localhost.example' => 'sidecar-insecure', 'http://10.0.0.1:8787' => 'sidecar-insecure' ) as $url => $problem ) {
			self::assertSame( $problem, Config::problem_of( $url ), $url );
		}
	}

	public function test_the_release_before_or_after_is_information_and_no_trouble(): void {
		foreach ( array( '0.1.9' => 'info', '0.2.0' => 'info', '0.3.0' => 'warning', '1.1.0' => 'warning' ) as $version => $type ) {
			$this->enter_credentials();
			WP::$sidecar = static function () use ( $version ): array {
				return array( 200, json_encode( array( 'version' => $version ) ) );
			};
			$this->plugin->registration()->send( 2.0 );
			self::assertStringContainsString( "notice-{$type}", $this->notices(), $version );
		}
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

	/** The sidecar's answer to a check that failed. */
	private static function failed( string $id, string $reason ): array {
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
	}

	public function test_the_connection_test_tells_apart_what_is_wrong(): void {
		$cases = array(
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
				static function (): array {
					return self::failed( 'credentials', 'serverpilot-credentials-invalid' );
				},
				'WU_SERVER_PILOT_API_KEY',
			),
			'wrong app'       => array(
				static function (): array {
					return self::failed( 'app', 'serverpilot-app-not-found' );
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
			$result      = $this->plugin->connection_test()->run();
			self::assertInstanceOf( WP_Error::class, $result, $name );
			self::assertStringContainsString( $words, $result->get_error_message(), $name );
		}
		WP::$sidecar = static function (): array {
			return array( 200, '{"ok":true,"checks":[]}' );
		};
		self::assertTrue( $this->plugin->connection_test()->run() );
	}

	public function test_only_a_network_admin_gets_an_answer_from_the_connection_test(): void {
		WP::$can = false;
		self::assertSame( 'forbidden', $this->plugin->connection_test()->run()->get_error_code() );
		self::assertSame( array(), WP::$requests );
	}

	public function test_ums_own_listeners_are_taken_off_whatever_their_methods_are_called(): void {
		foreach ( array( 'on_add_domain', 'handle' ) as $method ) {
			$this->setUp();
			$module = $this->um_listens( $method );
			do_action( 'plugins_loaded' );
			foreach ( Ultimate_Multisite::HOOKS as $hook ) {
				do_action( $hook, 'a.network.example', 2 );
			}
			self::assertSame( array(), $module->heard, $method );
			self::assertTrue( $this->plugin->um()->understood(), $method );
			$this->end_request();
			self::assertCount( 4, WP::events(), $method );
		}
	}

	public function test_a_um_whose_listeners_are_not_found_is_left_alone_said_and_the_sidecar_is_paused(): void {
		$this->enter_credentials();
		$this->plugin->registration()->send( 2.0 );
		WP::$requests     = array();
		WP::$registration = '{"enabled":true,"wwwOverrides":{}}';
		$this->um_listens( 'handle', array( 'wu_remove_domain', 'wu_of_a_later_um' ) );
		do_action( 'plugins_loaded' );
		self::assertFalse( $this->plugin->um()->understood() );
		self::assertTrue( has_filter( 'wu_remove_domain' ) );
		self::assertStringContainsString( 'in a way that the plugin does not know', $this->notices() );
		do_action( 'admin_init' );
		$this->end_request();
		self::assertFalse( json_decode( WP::$requests[0]['body'], true )['enabled'] );
		self::assertSame( '{"enabled":false,"wwwOverrides":{}}', WP::$registration );
		WP::$requests = array();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_a_um_that_throws_wherever_it_is_asked_is_no_fatal_error(): void {
		$registry         = Integration_Registry::get_instance();
		$registry->broken = true;
		do_action( 'wu_register_capabilities', $registry );
		do_action( 'plugins_loaded' );
		self::assertContains( Config::API_KEY, $this->plugin->config()->missing() );
		self::assertFalse( $this->plugin->um()->understood() );
		$registry->broken = false;
	}

	public function test_a_mapping_that_does_not_tell_its_name_is_a_reason_to_look_at_everything(): void {
		$mapping = new class() {
			public function get_domain(): string {
				throw new TypeError( 'changed' );
			}
		};
		do_action( 'wu_domain_post_save', array(), $mapping );
		$this->end_request();
		self::assertSame( array( 'resync' ), WP::events() );
	}

	public function test_older_ums_listeners_are_taken_off_and_its_connection_test_is_answered(): void {
		$provider = ServerPilot_Host_Provider::get_instance();
		$provider->listen();
		do_action( 'plugins_loaded' );
		foreach ( Ultimate_Multisite::HOOKS as $hook ) {
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

	private function um_listens( string $method, array $hooks = Ultimate_Multisite::HOOKS ): ServerPilot_Domain_Mapping {
		$module = new ServerPilot_Domain_Mapping();
		Integration_Registry::get_instance()->capabilities = array( 'serverpilot' => array( 'domain-mapping' => $module ) );
		do_action( 'wu_register_capabilities' );
		foreach ( $hooks as $hook ) {
			add_action( $hook, array( $module, $method ), 10, 2 );
		}
		return $module;
	}
}
