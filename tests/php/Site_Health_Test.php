<?php
/**
 * Tests of the bridge's part of Site Health.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Site_Health;

/**
 * Each test tells apart good and bad, and the section has no secrets.
 */
final class Site_Health_Test extends Bridge_Test_Case {

	/** Returns status and description of each test, against one sidecar. */
	private function results( $sidecar ): array {
		WP::$sidecar = $sidecar;
		$tests       = ( new Site_Health( $this->plugin ) )->add_tests( array( 'direct' => array(), 'async' => array() ) );
		$results     = array();
		foreach ( $tests['async'] ?? array() as $id => $test ) {
			$result = ( $test['async_direct_test'] )();
			$results[ substr( $id, strlen( 'domain_bridge_' ) ) ] = $result['status'] . ' ' . $result['description'];
		}
		return $results;
	}

	public function test_a_full_app_and_a_failing_domain_are_named(): void {
		$status                       = Answers::status();
		$status['app']['domainsUsed'] = 300;
		$results                      = $this->results( Answers::sidecar( array( 'status' => $status ) ) );
		self::assertStringStartsWith( 'good', $results['sidecar'] );
		self::assertStringStartsWith( 'good', $results['app'] );
		self::assertStringStartsWith( 'critical', $results['capacity'] );
		self::assertStringContainsString( 'a.example.com: The DNS has no address', $results['names'] );
		self::assertStringContainsString( 'WU_SERVER_PILOT_APP_ID', $results['constants'] );
		self::assertCount( 1, WP::$requests );
		self::assertSame( array(), ( new Site_Health( $this->plugin ) )->add_tests( array() )['direct'] ?? array() );
	}

	public function test_a_sidecar_that_is_away_or_of_another_version_is_named(): void {
		$away = $this->results( self::away() );
		self::assertStringStartsWith( 'critical', $away['sidecar'] );
		self::assertStringStartsWith( 'recommended', $away['app'] );
		$other = $this->results( Answers::sidecar( array( 'status' => Answers::status( array( 'version' => '9.0.0' ) ) ) ) );
		self::assertStringContainsString( '9.0.0', $other['sidecar'] );
	}

	public function test_a_failed_pass_and_a_held_plan_are_critical(): void {
		$failed = $this->results( Answers::sidecar( array( 'status' => Answers::status( array( 'pass' => Answers::pass( 'failed', 'serverpilot-credentials-invalid' ) ) ) ) ) );
		self::assertStringContainsString( 'WU_SERVER_PILOT_API_KEY', $failed['app'] );
		$held = $this->results( Answers::sidecar( array( 'status' => Answers::status( array( 'held' => array( 'reason' => 'plan-held' ) ) ) ) ) );
		self::assertStringStartsWith( 'critical', $held['app'] );
	}

	public function test_a_site_that_was_live_and_is_not_is_critical(): void {
		$names = array( Answers::name( 'a.example.com', 'securing', array( 'reason' => 'dns-missing' ) ) );
		$lost  = Answers::status( array( 'severities' => array( 'critical' => 1 ), 'names' => $names ) );
		self::assertStringStartsWith( 'critical', $this->results( Answers::sidecar( array( 'status' => $lost ) ) )['names'] );
		$waits = Answers::status( array( 'severities' => array( 'action' => 1 ), 'names' => $names ) );
		self::assertStringStartsWith( 'recommended', $this->results( Answers::sidecar( array( 'status' => $waits ) ) )['names'] );
	}

	public function test_what_the_sidecar_says_is_shown_as_text(): void {
		$names = array( Answers::name( '<script>', 'blocked', array( 'reason' => 'of-a-later-version', 'message' => '<b>' ) ) );
		$shown = $this->results( Answers::sidecar( array( 'status' => Answers::status( array( 'names' => $names ) ) ) ) )['names'];
		self::assertStringContainsString( '&lt;script&gt;: &lt;b&gt;', $shown );
	}

	public function test_the_section_has_no_secrets(): void {
		WP::$sidecar = Answers::sidecar( array( 'status' => Answers::status() ) );
		$section     = ( new Site_Health( $this->plugin ) )->add_information( array() )['domain-bridge'];
		self::assertSame( '3 / 300', $section['fields']['used']['value'] );
		self::assertStringNotContainsString( 'whsec_', (string) json_encode( $section ) );
	}

	public function test_others_than_network_admins_and_disabled_networks_get_none(): void {
		update_network_option( null, 'wu_host_integrations_enabled', array() );
		self::assertSame( array(), $this->results( self::away() ) );
		WP::$can = false;
		self::assertSame( array(), ( new Site_Health( $this->plugin ) )->add_information( array() ) );
	}

	public function test_the_browser_asks_for_each_test_by_a_route_of_the_main_site_that_only_a_network_admin_may_ask(): void {
		do_action( 'rest_api_init' );
		WP::$sidecar     = Answers::sidecar( array( 'status' => Answers::status() ) );
		$route           = WP::$routes['domain-bridge/v1/site-health/(?P<test>[a-z]+)'];
		$request         = new WP_REST_Request( 'GET', '' );
		$request['test'] = 'sidecar';
		self::assertSame( 'good', ( $route['callback'] )( $request )['status'] );
		self::assertFalse( $route['show_in_index'] );
		WP::$can = false;
		self::assertFalse( ( $route['permission_callback'] )() );
		WP::$can       = true;
		WP::$main_site = false;
		self::assertSame( array(), $this->results( self::away() ) );
	}

	public function test_thousands_of_domains_are_counted_and_ten_are_named(): void {
		$page        = array_fill( 0, 10, Answers::name( 'failed.example.com', 'ssl-failed' ) );
		WP::$sidecar = Answers::sidecar( array( 'names?' => array( 'total' => 40000, 'names' => $page ), 'status' => Answers::paged( array( 'ssl-failed' => 40000 ) ) ) );
		$result      = ( new Site_Health( $this->plugin ) )->result( 'names' );
		self::assertSame( '40000 domains need action', $result['label'] );
		self::assertSame( 10, substr_count( $result['description'], 'failed.example.com' ) );
		self::assertStringContainsString( 'needs=action', end( WP::$requests )['url'] );
		self::assertStringContainsString( 'limit=10', end( WP::$requests )['url'] );
	}
}
