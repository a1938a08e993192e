<?php
/**
 * Tests of the registration, its filters and the constants.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Config;
use WP_Ultimo\Integrations\Integration_Registry;
use WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Integration;

/**
 * What the sidecar is told about the network, and when it is told again.
 */
final class Registration_Test extends Bridge_Test_Case {

	protected function tearDown(): void {
		Integration_Registry::get_instance()->integrations = array();
	}

	private function payload(): array {
		WP::$requests = array();
		self::assertTrue( $this->plugin->registration()->send( 2.0 ) );
		return json_decode( WP::$requests[0]['body'], true );
	}

	public function test_the_sidecar_is_told_what_the_contract_says(): void {
		$um              = new ServerPilot_Integration();
		$um->credentials = array(
			Config::CLIENT_ID => 'cid_1',
			Config::API_KEY   => ' key ',
			Config::APP_ID    => 'app1',
		);
		Integration_Registry::get_instance()->register( $um );
		WP::$settings['auto_create_www_subdomain'] = 'main_only';
		$payload = $this->payload();
		self::assertSame( 'http://localhost:8787/v1/networks/default', WP::$requests[0]['url'] );
		self::assertStringContainsString( '"wwwOverrides":{}', WP::$requests[0]['body'] );
		unset( $payload['wwwOverrides'] );
		ksort( $payload );
		self::assertSame(
			array(
				'apiKey'        => 'key',
				'appId'         => 'app1',
				'clientId'      => 'cid_1',
				'enabled'       => true,
				'excluded'      => array(),
				'forceSsl'      => false,
				'multiPartTlds' => array( '.co.uk', '.com.au', '.co.nz', '.com.br', '.co.in' ),
				'pluginVersion' => \Domain_Bridge\VERSION,
				'sslMaxTries'   => 5,
				'wwwPolicy'     => 'main_only',
			),
			$payload
		);
	}

	public function test_a_constant_wins_over_what_um_keeps_and_an_empty_one_counts_as_missing(): void {
		define( 'WU_SERVER_PILOT_APP_ID', '' );
		define( 'WU_SERVER_PILOT_CLIENT_ID', 'from-constant' );
		$um              = new ServerPilot_Integration();
		$um->credentials = array(
			Config::CLIENT_ID => 'from-um',
			Config::API_KEY   => 'key',
		);
		Integration_Registry::get_instance()->register( $um );
		self::assertSame( 'from-constant', $this->plugin->config()->credential( Config::CLIENT_ID ) );
		self::assertSame( array( 'WU_SERVER_PILOT_APP_ID' ), $this->plugin->config()->missing() );
	}

	public function test_it_is_sent_again_when_something_changed_and_only_then(): void {
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array(), WP::sent() );
		update_network_option( null, 'wp-ultimo_v2_settings', array( 'other' => 1 ) );
		$this->end_request();
		self::assertSame( array(), WP::sent() );
		WP::$settings['auto_create_www_subdomain'] = 'never';
		update_network_option( null, 'wp-ultimo_v2_settings', array( 'auto_create_www_subdomain' => 'never' ) );
		$this->end_request();
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
		$this->plugin->secret()->create();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_what_is_kept_does_not_hold_the_api_key(): void {
		$um              = new ServerPilot_Integration();
		$um->credentials = array( Config::API_KEY => 'very-secret-key' );
		Integration_Registry::get_instance()->register( $um );
		$this->payload();
		self::assertStringNotContainsString( 'very-secret-key', serialize( WP::$options ) );
	}

	public function test_filters_decide_about_single_mappings(): void {
		WP::$mappings = array( new Mapping_Double( 'a.example.com', 2 ), new Mapping_Double( 'b.example.com', 3 ), new Mapping_Double( 'c.example.com', 4 ), new Mapping_Double( 'site.network.example', 5 ) );
		add_filter(
			'domain_bridge_www',
			static function ( $wanted, $domain, $site_id ) {
				return 3 === $site_id ? false : $wanted;
			},
			10,
			3
		);
		add_filter(
			'domain_bridge_exclude_mapping',
			static function ( $exclude, $domain ) {
				return 'c.example.com' === $domain;
			},
			10,
			2
		);
		$payload = $this->payload();
		self::assertSame( array( 'b.example.com' => false ), $payload['wwwOverrides'] );
		self::assertSame( array( 'c.example.com' ), $payload['excluded'] );
	}

	public function test_a_filter_that_decides_about_thousands_is_told_in_few_words_and_asked_only_about_what_changed(): void {
		for ( $i = 0; $i < 2000; $i++ ) {
			WP::$mappings[] = new Mapping_Double( "m{$i}.example.com" );
		}
		$asked  = array();
		$wanted = array( 'm7.example.com' => true );
		add_filter(
			'domain_bridge_www',
			static function ( $usual, $domain ) use ( &$asked, &$wanted ) {
				$asked[] = $domain;
				return $wanted[ $domain ] ?? false;
			},
			10,
			2
		);
		$payload = $this->payload();
		self::assertSame( array( 'never', array( 'm7.example.com' => true ) ), array( $payload['wwwPolicy'], $payload['wwwOverrides'] ) );
		self::assertCount( 2000, $asked );
		$asked        = array();
		WP::$requests = array();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array(), $asked );
		do_action( 'wu_add_domain', 'm1.example.com', 2 );
		$this->end_request();
		self::assertSame( array( 'm1.example.com' ), $asked );
		self::assertSame( array( 'POST /v1/networks/default/events' ), WP::sent() );
		$wanted['m2.example.com'] = true;
		do_action( 'wu_add_domain', 'm2.example.com', 2 );
		$this->end_request();
		self::assertSame( array( 'PUT /v1/networks/default', 'POST /v1/networks/default/events' ), WP::sent() );
	}

	public function test_what_a_filter_changed_its_mind_about_is_told_within_the_hour(): void {
		WP::$mappings = array( new Mapping_Double( 'a.example.com' ) );
		$excluded     = false;
		add_filter(
			'domain_bridge_exclude_mapping',
			static function () use ( &$excluded ) {
				return $excluded;
			}
		);
		$this->payload();
		$excluded     = true;
		WP::$requests = array();
		WP::$options['domain_bridge_registration']['decided'] -= 3600;
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array( 'a.example.com' ), json_decode( WP::$requests[0]['body'], true )['excluded'] );
	}

	public function test_a_copy_of_the_site_proves_anew_whose_database_the_sidecar_sees(): void {
		$GLOBALS['wpdb']->base_prefix = 'copy_';
		do_action( 'admin_init' );
		$this->end_request();
		$GLOBALS['wpdb']->base_prefix = 'wp_';
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_a_name_of_the_network_gets_its_www_name_only_when_the_filter_says_so(): void {
		WP::$mappings = array( new Mapping_Double( 'site.network.example' ) );
		$asked        = null;
		add_filter(
			'domain_bridge_www',
			static function ( $wanted ) use ( &$asked ) {
				$asked = $wanted;
				return true;
			}
		);
		self::assertSame( array( 'site.network.example' => true ), $this->payload()['wwwOverrides'] );
		self::assertFalse( $asked );
	}

	public function test_a_table_that_cannot_be_read_is_not_taken_for_nothing_excluded(): void {
		add_filter( 'domain_bridge_exclude_mapping', '__return_true' );
		WP::$table_readable = false;
		$error              = $this->plugin->registration()->send( 2.0 );
		self::assertSame( 'mappings-missing', $error->get_error_code() );
		self::assertSame( array(), WP::$requests );
	}

	public function test_tries_come_from_the_filter_within_bounds(): void {
		foreach ( array( array( 12, 12 ), array( 0, 1 ), array( 1000, 100 ), array( 'many', 5 ) ) as list( $given, $expected ) ) {
			WP::$hooks['domain_bridge_ssl_max_tries'] = array();
			add_filter(
				'domain_bridge_ssl_max_tries',
				static function () use ( $given ) {
					return $given;
				}
			);
			self::assertSame( $expected, $this->payload()['sslMaxTries'] );
		}
	}

	public function test_force_ssl_is_asked_for_by_the_constant_and_the_filter_has_the_last_word(): void {
		self::assertFalse( $this->payload()['forceSsl'] );
		define( 'WU_SERVER_PILOT_FORCE_SSL', true );
		self::assertTrue( $this->payload()['forceSsl'] );
		add_filter(
			'domain_bridge_force_ssl',
			static function ( $force ) {
				return ! $force;
			}
		);
		self::assertFalse( $this->payload()['forceSsl'] );
	}

	public function test_ums_tries_are_raised_while_it_waits_for_a_certificate_and_never_lowered(): void {
		add_filter(
			'domain_bridge_ssl_max_tries',
			static function () {
				return 12;
			}
		);
		$waiting = new Mapping_Double( 'a.example.com', 2, 'checking-ssl-cert' );
		$earlier = new Mapping_Double( 'a.example.com', 2, 'checking-dns' );
		$hook    = 'wu_async_process_domain_stage_max_tries';
		self::assertSame( 12, apply_filters( $hook, 5, $waiting ) );
		self::assertSame( 20, apply_filters( $hook, 20, $waiting ) );
		self::assertSame( 5, apply_filters( $hook, 5, $earlier ) );
		update_network_option( null, 'wu_host_integrations_enabled', array() );
		self::assertSame( 5, apply_filters( $hook, 5, $waiting ) );
	}

	public function test_a_sidecar_that_is_not_known_yet_is_asked_what_it_can_do_before_it_is_told_anything(): void {
		delete_network_option( null, 'domain_bridge_registration' );
		$this->plugin->registration()->send( 2.0 );
		self::assertSame( array( 'GET /v1/networks/default/status', 'PUT /v1/networks/default' ), WP::sent() );
		$this->plugin->registration()->send( 2.0 );
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
		WP::$options['domain_bridge_registration']['plugin'] = '0.0.9';
		$this->plugin->registration()->send( 2.0 );
		self::assertSame( array( 'GET /v1/networks/default/status', 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_a_sidecar_of_the_first_release_gets_its_own_fields_and_no_others(): void {
		$fields = array( 'apiKey', 'appId', 'clientId', 'enabled', 'excluded', 'forceSsl', 'multiPartTlds', 'pluginVersion', 'sslMaxTries', 'wwwOverrides', 'wwwPolicy' );
		$sent   = array_keys( $this->payload() );
		sort( $sent );
		self::assertSame( $fields, $sent );
	}

	public function test_a_sidecar_that_wants_proof_gets_a_nonce_that_lies_in_the_database(): void {
		WP::$state   = array();
		WP::$sidecar = self::able( 'identity' );
		delete_network_option( null, 'domain_bridge_registration' );
		$this->plugin->registration()->send( 2.0 );
		$body  = json_decode( end( WP::$requests )['body'], true );
		$proof = $body['proof'];
		self::assertFalse( $body['forceSslProxied'] );
		self::assertArrayNotHasKey( 'offers', $body );
		self::assertMatchesRegularExpression( '/^[A-Za-z0-9_-]{16,64}$/D', $proof );
		self::assertSame( $proof, json_decode( WP::$state['registration-proof'] ) );
	}

	public function test_a_sidecar_whose_tables_are_not_in_this_database_is_told_nothing(): void {
		WP::$sidecar = self::able( 'identity' );
		delete_network_option( null, 'domain_bridge_registration' );
		self::assertSame( 'another-installation', $this->plugin->registration()->send( 2.0 )->get_error_code() );
		self::assertSame( array( 'GET /v1/networks/default/status' ), WP::sent() );
	}

	public function test_a_sidecar_that_was_updated_is_registered_with_anew_as_soon_as_it_says_what_it_can_do(): void {
		WP::$state   = array();
		WP::$sidecar = self::able( 'identity' );
		$this->payload();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertArrayHasKey( 'proof', json_decode( end( WP::$requests )['body'], true ) );
		WP::$requests = array();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_a_sidecar_that_refuses_a_registration_is_asked_again_what_it_can_do(): void {
		WP::$sidecar = self::problem( 422, 'body-invalid', 'GET' );
		$this->plugin->registration()->send( 2.0 );
		WP::$requests = array();
		WP::$sidecar  = array( WP::class, 'willing' );
		$this->plugin->registration()->send( 2.0 );
		self::assertSame( array( 'GET /v1/networks/default/status', 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_deactivating_switches_the_bridge_off_in_its_table_while_the_sidecar_is_away(): void {
		WP::$registration = '{"enabled":true,"appId":"\u00e4\/1","wwwOverrides":{},"excluded":[]}';
		WP::$sidecar      = self::away();
		$this->plugin->registration()->stop( 2.0 );
		self::assertSame( '{"enabled":false,"appId":"ä/1","wwwOverrides":{},"excluded":[]}', WP::$registration );
		WP::$sidecar  = array( WP::class, 'willing' );
		WP::$requests = array();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertTrue( json_decode( WP::$requests[0]['body'], true )['enabled'] );
	}

	/** Returns a sidecar that can do something more. */
	private static function able( string $feature ): Closure {
		return static function ( string $url, array $args ) use ( $feature ): array {
			return array( 200, json_encode( array( 'version' => Domain_Bridge\VERSION, 'features' => array( $feature ) ) ) );
		};
	}
}
