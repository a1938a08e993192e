<?php
/**
 * Tests of what is told to the sidecar, when, and what becomes of it when that fails.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Dispatcher;
use Domain_Bridge\Signature;

/**
 * From hooks to one signed call at the end of the request.
 */
final class Dispatcher_Test extends Bridge_Test_Case {

	public function test_each_hook_becomes_its_events(): void {
		WP::$mappings[] = new Mapping_Double( 'Shop.Example.com', 3 );
		$mapping        = WP::$mappings[0];
		$cases          = array(
			'created'           => array( array( 'wu_transition_domain_domain', 'new', 'shop.example.com', 1 ), array( 'mapping.saved shop.example.com' ) ),
			'renamed'           => array( array( 'wu_transition_domain_domain', 'old.example.com', 'new.example.com', 1 ), array( 'mapping.removed old.example.com', 'mapping.saved new.example.com' ) ),
			'saved'             => array( array( 'wu_domain_post_save', array(), $mapping, true ), array( 'mapping.saved shop.example.com' ) ),
			'deleted'           => array( array( 'wu_domain_post_delete', true, $mapping ), array( 'mapping.removed shop.example.com' ) ),
			'not deleted'       => array( array( 'wu_domain_post_delete', false, $mapping ), array() ),
			'job added'         => array( array( 'wu_add_domain', 'a.example.com', 3 ), array( 'mapping.saved a.example.com' ) ),
			'job removed'       => array( array( 'wu_remove_domain', 'a.example.com', 3 ), array( 'mapping.removed a.example.com' ) ),
			'job site'          => array( array( 'wu_add_subdomain', 'a.network.example', '3' ), array( 'site.created a.network.example' ) ),
			'job site gone'     => array( array( 'wu_remove_subdomain', 'a.network.example', '3' ), array( 'site.removed a.network.example' ) ),
			'site inserted'     => array( array( 'wp_insert_site', new WP_Site( '3', 'a.network.example' ) ), array( 'site.created a.network.example' ) ),
			'site deleted'      => array( array( 'wp_delete_site', new WP_Site( '3', 'a.network.example' ) ), array( 'site.removed a.network.example' ) ),
			'site in a folder'  => array( array( 'wp_insert_site', new WP_Site( '3', 'network.example' ) ), array() ),
			'site moved'        => array( array( 'wp_update_site', new WP_Site( '3', 'b.network.example' ), new WP_Site( '3', 'a.network.example' ) ), array( 'site.removed a.network.example', 'site.created b.network.example' ) ),
			'site only renamed' => array( array( 'wp_update_site', new WP_Site( '3', 'a.network.example' ), new WP_Site( '3', 'a.network.example' ) ), array() ),
		);
		foreach ( $cases as $name => list( $action, $expected ) ) {
			do_action( ...$action );
			$this->end_request();
			self::assertLessThanOrEqual( 1, count( WP::$requests ), $name );
			$events = WP::events();
			sort( $events );
			sort( $expected );
			self::assertSame( $expected, $events, $name );
		}
	}

	public function test_many_changes_of_a_request_are_one_signed_call_without_repeats(): void {
		for ( $i = 0; $i < 50; $i++ ) {
			do_action( 'wu_transition_domain_domain', 'new', "m{$i}.example.com", $i );
			do_action( 'wu_domain_post_save', array(), new Mapping_Double( "m{$i}.example.com" ), true );
			do_action( 'wu_add_domain', "m{$i}.example.com", 2 );
		}
		$this->end_request();
		self::assertCount( 1, WP::$requests );
		$request = WP::$requests[0];
		self::assertSame( 'http://localhost:8787/v1/networks/default/events', $request['url'] );
		self::assertSame( '', Signature::verify( self::SECRET, $request['headers'], $request['time'], 'POST', '/v1/networks/default/events', $request['body'] ) );
		self::assertLessThanOrEqual( Dispatcher::BUDGET, $request['timeout'] );
		self::assertSame( 0, $request['redirection'] );
		self::assertCount( 50, WP::events() );
		self::assertSame( 50, substr_count( $request['body'], '"siteId":2' ) );
	}

	public function test_a_request_without_changes_sends_nothing(): void {
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_above_the_limit_of_hints_one_says_look_at_everything(): void {
		for ( $i = 0; $i <= Dispatcher::HINTS; $i++ ) {
			do_action( 'wu_add_domain', "m{$i}.example.com", 2 );
		}
		$this->end_request();
		self::assertSame( array( 'resync' ), WP::events() );
	}

	public function test_thousands_of_removals_are_all_named_in_calls_the_sidecar_takes(): void {
		for ( $i = 0; $i < 2100; $i++ ) {
			do_action( 'wu_domain_post_delete', true, new Mapping_Double( "m{$i}.example.com" ) );
		}
		$this->end_request();
		foreach ( WP::$requests as $request ) {
			self::assertLessThanOrEqual( 1000, count( json_decode( $request['body'], true )['events'] ) );
		}
		self::assertCount( 2100, array_unique( WP::events() ) );
		self::assertSame( array(), $this->kept_removals() );
	}

	public function test_while_the_sidecar_is_away_the_network_is_marked_and_removals_are_kept(): void {
		WP::$sidecar = self::away();
		$before      = time();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		do_action( 'wu_add_domain', 'new.example.com', 2 );
		$this->end_request();
		self::assertSame( 'sidecar-away', $this->plugin->dispatcher()->error()->get_error_code() );
		self::assertGreaterThanOrEqual( $before, $this->plugin->dispatcher()->away()['since'] );
		self::assertGreaterThanOrEqual( $before + 15, WP::$jobs['domain_bridge_retry'] );
		self::assertSame( array( 'gone.example.com' ), $this->kept_removals() );
	}

	public function test_the_planned_try_delivers_what_was_kept_once_and_takes_the_mark_away(): void {
		WP::$sidecar = self::away();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		$this->end_request();
		do_action( 'domain_bridge_retry' );
		$this->end_request();
		self::assertSame( 2, $this->plugin->dispatcher()->away()['tries'] );
		WP::$requests = array();
		WP::$sidecar  = array( WP::class, 'willing' );
		do_action( 'domain_bridge_retry' );
		$this->end_request();
		self::assertSame( array( 'mapping.removed gone.example.com', 'resync' ), WP::events() );
		self::assertNull( $this->plugin->dispatcher()->away() );
		self::assertArrayNotHasKey( 'domain_bridge_retry', WP::$cron );
		do_action( 'domain_bridge_retry' );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_while_the_sidecar_is_known_to_be_away_nothing_is_called_before_the_next_planned_try(): void {
		WP::$sidecar = self::away();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		$this->end_request();
		WP::$requests = array();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone-too.example.com' ) );
		$this->end_request();
		update_network_option( null, 'wp-ultimo_v2_settings', array( 'other' => 1 ) );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
		self::assertSame( array( 'gone.example.com', 'gone-too.example.com' ), $this->kept_removals() );
		self::assertSame( 1, $this->plugin->dispatcher()->away()['tries'] );
	}

	public function test_a_sidecar_that_was_never_there_and_refuses_at_once_is_tried_with_each_event(): void {
		delete_network_option( null, 'domain_bridge_registration' );
		WP::$sidecar = self::away();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		WP::$sidecar = array( WP::class, 'willing' );
		do_action( 'wu_add_domain', 'b.example.com', 2 );
		$this->end_request();
		self::assertNull( $this->plugin->dispatcher()->away() );
		delete_network_option( null, 'domain_bridge_registration' );
		$this->plugin->dispatcher()->lost( new WP_Error( 'sidecar-away' ), time(), 2.0 );
		WP::$requests = array();
		do_action( 'wu_add_domain', 'c.example.com', 2 );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_a_sidecar_that_asks_something_is_there_again(): void {
		WP::$sidecar = self::away();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		$this->end_request();
		WP::$requests = array();
		WP::$sidecar  = array( WP::class, 'willing' );
		$this->notify( array() );
		$this->end_request();
		self::assertSame( array( 'mapping.removed gone.example.com', 'resync' ), WP::events() );
	}

	public function test_the_next_event_after_the_planned_time_delivers_what_was_kept_too(): void {
		WP::$sidecar = self::away();
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		$this->end_request();
		WP::$requests = array();
		WP::$sidecar  = array( WP::class, 'willing' );
		WP::$options['domain_bridge_away']['next'] = time();
		do_action( 'wu_add_domain', 'next.example.com', 2 );
		$this->end_request();
		self::assertSame( array( 'mapping.removed gone.example.com', 'resync' ), WP::events() );
	}

	public function test_tries_come_ever_more_slowly_but_at_least_every_ten_minutes(): void {
		$delays = array();
		for ( $i = 0; $i < 9; $i++ ) {
			$this->plugin->dispatcher()->lost( new WP_Error( 'sidecar-away' ), 1000 );
			$delays[] = WP::$jobs['domain_bridge_retry'] - 1000;
			// Action Scheduler runs it.
			WP::$jobs = array();
		}
		self::assertSame( array( 15, 30, 60, 120, 240, 480, 600, 600, 600 ), $delays );
		self::assertSame( 1000, $this->plugin->dispatcher()->away()['since'] );
	}

	public function test_a_name_that_the_sidecar_never_takes_is_dropped_and_all_others_are_told(): void {
		$taken       = array();
		WP::$sidecar = static function ( string $url, array $args ) use ( &$taken ): array {
			if ( false !== strpos( $args['body'], 'cursed' ) ) {
				return ( self::problem( 422, 'body-invalid' ) )( $url, $args );
			}
			$taken = array_merge( $taken, array_column( json_decode( $args['body'], true )['events'] ?? array(), 'domain' ) );
			return array( 202, '{"accepted":1}' );
		};
		for ( $i = 0; $i < 700; $i++ ) {
			do_action( 'wu_domain_post_delete', true, new Mapping_Double( 333 === $i ? 'cursed.example.com' : "m{$i}.example.com" ) );
		}
		$this->end_request();
		self::assertNull( $this->plugin->dispatcher()->away() );
		self::assertSame( array(), $this->kept_removals() );
		self::assertCount( 699, array_unique( $taken ) );
		self::assertStringContainsString( 'mapping.removed cursed.example.com was refused', implode( WP::$logs['integration-serverpilot'] ) );
	}

	public function test_a_sidecar_that_forgot_the_network_is_told_again_within_the_same_request(): void {
		$forgot      = true;
		WP::$sidecar = static function ( string $url, array $args ) use ( &$forgot ): array {
			if ( 'PUT' === $args['method'] ) {
				$forgot = false;
			}
			return $forgot ? ( self::problem( 409, 'network-not-registered' ) )( $url, $args ) : WP::willing( $url, $args );
		};
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		$ids = array_column( array_column( WP::$requests, 'headers' ), 'webhook-id' );
		self::assertCount( 3, array_unique( $ids ) );
		self::assertSame( array( 'POST /v1/networks/default/events', 'PUT /v1/networks/default', 'POST /v1/networks/default/events' ), WP::sent() );
		self::assertNull( $this->plugin->dispatcher()->away() );
	}

	public function test_a_sidecar_that_keeps_forgetting_is_asked_twice_and_no_more(): void {
		WP::$sidecar = self::problem( 409, 'network-not-registered', 'PUT' );
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		self::assertCount( 3, WP::sent() );
		self::assertSame( 'network-not-registered', $this->plugin->dispatcher()->error()->get_error_code() );
	}

	public function test_a_disabled_integration_sends_nothing(): void {
		$this->disable();
		$this->end_request();
		WP::$requests = array();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'b.example.com' ) );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
		self::assertSame( array(), $this->kept_removals() );
	}

	public function test_disabling_tells_the_sidecar_to_stop_and_enabling_to_go_on(): void {
		$this->disable();
		$this->end_request();
		self::assertFalse( json_decode( WP::$requests[0]['body'], true )['enabled'] );
		WP::$requests = array();
		update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => true ) );
		$this->end_request();
		self::assertTrue( json_decode( WP::$requests[0]['body'], true )['enabled'] );
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_disabling_is_told_later_when_the_sidecar_is_away(): void {
		WP::$sidecar = self::away();
		$this->disable();
		$this->end_request();
		WP::$sidecar  = array( WP::class, 'willing' );
		WP::$requests = array();
		do_action( 'domain_bridge_retry' );
		$this->end_request();
		self::assertSame( array( 'PUT /v1/networks/default' ), WP::sent() );
	}

	public function test_a_network_that_was_never_enabled_is_never_told_of(): void {
		delete_network_option( null, 'domain_bridge_registration' );
		$this->disable();
		do_action( 'admin_init' );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_an_error_of_another_plugin_neither_ends_the_request_nor_loses_anything(): void {
		add_filter(
			'domain_bridge_www',
			static function () {
				throw new RuntimeException( 'broken filter' );
			}
		);
		WP::$mappings[] = new Mapping_Double( 'a.example.com' );
		do_action( 'wu_domain_post_delete', true, new Mapping_Double( 'gone.example.com' ) );
		$this->end_request();
		self::assertSame( 'plugin-error', $this->plugin->dispatcher()->error()->get_error_code() );
		self::assertSame( array( 'gone.example.com' ), $this->kept_removals() );
	}

	private function disable(): void {
		update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => false ) );
	}

	private function kept_removals(): array {
		return array_column( ( new Domain_Bridge\Outbox() )->next()[1], 'domain' );
	}
}
