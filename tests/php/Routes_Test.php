<?php
/**
 * Tests of the sidecar's routes and of UM's forms.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Signature;

/**
 * What the sidecar is told about this WordPress, and who is refused.
 */
final class Routes_Test extends Bridge_Test_Case {

	/** Asks a route as the sidecar would. */
	private function ask( string $route, array $content, string $secret = self::SECRET ) {
		do_action( 'rest_api_init' );
		$path    = "/domain-bridge/v1/{$route}";
		$body    = (string) json_encode( $content + array( 'network' => 'default' ) );
		$headers = Signature::headers( $secret, 'msg_' . bin2hex( random_bytes( 8 ) ), time(), 'POST', "/?rest_route={$path}", $body );

		$_SERVER['REQUEST_URI'] = "/?rest_route={$path}";
		WP::$incoming           = array( $body, $headers );
		$request                = new WP_REST_Request( 'POST', $path );
		$request->set_body( $body );
		$request->set_headers( $headers );
		$allowed = ( WP::$routes[ "domain-bridge/v1/{$route}" ]['permission_callback'] )( $request );
		return true === $allowed ? ( WP::$routes[ "domain-bridge/v1/{$route}" ]['callback'] )( $request ) : $allowed;
	}

	public function test_the_routes_are_on_the_main_site_and_in_no_list(): void {
		do_action( 'rest_api_init' );
		foreach ( array( 'notifications', 'identity', 'nonces' ) as $route ) {
			self::assertFalse( WP::$routes[ "domain-bridge/v1/{$route}" ]['show_in_index'] );
		}
		WP::$routes    = array();
		WP::$main_site = false;
		do_action( 'rest_api_init' );
		self::assertSame( array(), WP::$routes );
	}

	public function test_a_challenge_is_answered_from_the_database_and_with_null_where_there_is_none(): void {
		self::assertSame( array( 'challenge' => null ), $this->ask( 'identity', array() ) );
		WP::$state = array( 'identity-challenge' => '"a nonce of the sidecar"' );
		self::assertSame( array( 'challenge' => 'a nonce of the sidecar' ), $this->ask( 'identity', array() ) );
		self::assertSame( 'signature-invalid', $this->ask( 'identity', array(), str_repeat( 'x', 32 ) )->get_error_code() );
		self::assertSame( 'network-unknown', $this->ask( 'identity', array( 'network' => 'other' ) )->get_error_code() );
	}

	public function test_nonces_are_given_for_host_names_and_for_nothing_else(): void {
		$names  = array( 'shop.example.com', 'xn--kda.example', 'admin|1795653642|token|auth', 'localhost', 'Shop.example.com', 7, "a.example\n" );
		$answer = $this->ask( 'nonces', array( 'names' => $names ) );
		self::assertSame( array( 'shop.example.com', 'xn--kda.example' ), array_keys( (array) $answer['nonces'] ) );
		self::assertSame( wp_hash( 'shop.example.com' ), $answer['nonces']->{'shop.example.com'} );
		self::assertSame( 'body-invalid', $this->ask( 'nonces', array( 'names' => array_fill( 0, 201, 'a.example' ) ) )->get_error_code() );
		self::assertSame( 'body-invalid', $this->ask( 'nonces', array() )->get_error_code() );
	}

	public function test_a_plugin_that_closes_rest_for_visitors_does_not_close_it_for_the_sidecar(): void {
		$closed = new WP_Error( 'rest_not_logged_in', 'Log in first' );
		foreach ( array( self::SECRET => true, str_repeat( 'x', 32 ) => $closed ) as $secret => $expected ) {
			$this->ask( 'identity', array(), $secret );
			$GLOBALS['wp'] = (object) array( 'query_vars' => array( 'rest_route' => '/domain-bridge/v1/identity' ) );
			self::assertSame( $expected, apply_filters( 'rest_authentication_errors', $closed ) );
			$request = new WP_REST_Request( 'POST', '/domain-bridge/v1/identity' );
			$request->set_body( WP::$incoming[0] );
			$request->set_headers( WP::$incoming[1] );
			self::assertSame( true === $expected ? null : $closed, apply_filters( 'rest_pre_dispatch', $closed, new WP_REST_Server(), $request ) );
		}
	}

	public function test_another_route_stays_closed_even_with_the_sidecars_signature(): void {
		$closed = new WP_Error( 'rest_not_logged_in', 'Log in first' );
		$this->ask( 'identity', array() );
		foreach ( array( '/wp/v2/users', '/domain-bridge/v1/site-health/app', '' ) as $route ) {
			$GLOBALS['wp'] = (object) array( 'query_vars' => array( 'rest_route' => $route ) );
			self::assertSame( $closed, apply_filters( 'rest_authentication_errors', $closed ), $route );
		}
		self::assertNull( apply_filters( 'rest_authentication_errors', null ) );
	}

	/** @return array<string, array{string, string, array, bool}> */
	public function forms(): array {
		return array(
			'the owner'                => array( 'user_delete_domain_modal', '7', array( 'id' => '1' ), true ),
			'another customer'         => array( 'user_delete_domain_modal', '8', array( 'id' => '1' ), false ),
			'another, made primary'    => array( 'user_make_domain_primary', '8', array( 'id' => '1' ), false ),
			'nobody'                   => array( 'user_make_domain_primary', '0', array( 'id' => '1' ), false ),
			'several ids'              => array( 'user_delete_domain_modal', '7', array( 'id' => array( '1' ) ), false ),
			'a site without customer'  => array( 'user_delete_domain_modal', '7', array( 'id' => '2' ), false ),
			'a mapping that is gone'   => array( 'user_delete_domain_modal', '8', array( 'id' => '99' ), true ),
			'a form that UM checks'    => array( 'user_edit_dns_record', '8', array( 'id' => '1' ), true ),
			'a UM that works otherwise' => array( 'user_delete_domain_modal', '8', array( 'id' => '3' ), true ),
		);
	}

	/** @dataProvider forms */
	public function test_ums_forms_are_refused_for_the_domain_of_another( string $form, string $user, array $domain, bool $passes ): void {
		WP::$can  = false;
		WP::$user = $user;
		$_REQUEST = array(
			'form'      => $form,
			'domain_id' => $domain['id'],
		);
		$refused  = false;
		try {
			do_action( 'wu_ajax_wu_form_handler' );
		} catch ( Request_Ended $end ) {
			$refused = true;
		}
		self::assertSame( ! $passes, $refused );
		WP::$can = true;
		do_action( 'wu_ajax_wu_form_handler' );
		$_REQUEST = array();
	}

	public function test_a_second_network_is_refused_with_words_and_nothing_is_done_for_it(): void {
		WP::reset();
		WP::$network = 2;
		( new Domain_Bridge\Plugin() )->register();
		do_action( 'wu_add_domain', 'a.example.com', 2 );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
		ob_start();
		do_action( 'network_admin_notices' );
		self::assertStringContainsString( 'main network of a WordPress only', (string) ob_get_clean() );
		$this->expectException( Request_Ended::class );
		$this->expectExceptionMessage( 'main network' );
		Domain_Bridge\Plugin::activate();
	}
}
