<?php
/**
 * Tests of the signature and of what keeps the secret.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Plugin;
use Domain_Bridge\Secret;
use Domain_Bridge\Signature;

/**
 * The vectors are the same file that the sidecar's tests read.
 */
final class Signature_Test extends Bridge_Test_Case {

	private static function vectors( string $kind ): array {
		return json_decode( (string) file_get_contents( dirname( __DIR__ ) . '/signature-vectors.json' ), true )[ $kind ];
	}

	public function test_keys_are_derived_as_the_vectors_say(): void {
		foreach ( self::vectors( 'keys' ) as $vector ) {
			$expected = null === $vector['key'] ? array() : array( $vector['key'] );
			self::assertSame( $expected, array_map( 'bin2hex', Signature::keys( $vector['secret'] ) ), $vector['name'] );
		}
	}

	public function test_requests_are_signed_as_the_vectors_say(): void {
		foreach ( self::vectors( 'sign' ) as $vector ) {
			$headers = Signature::headers( $vector['secrets'], $vector['id'], $vector['timestamp'], $vector['method'], $vector['target'], $vector['body'] );
			self::assertSame( $vector['signature'], $headers['webhook-signature'], $vector['name'] );
			self::assertSame( (string) $vector['timestamp'], $headers['webhook-timestamp'], $vector['name'] );
		}
	}

	public function test_requests_are_verified_as_the_vectors_say(): void {
		foreach ( self::vectors( 'verify' ) as $vector ) {
			$problem = Signature::verify( $vector['secrets'], $vector['headers'], $vector['now'], $vector['method'], $vector['target'], $vector['body'] );
			self::assertSame( 'ok' === $vector['expected'] ? '' : $vector['expected'], $problem, $vector['name'] );
		}
	}

	public function test_without_a_usable_secret_nothing_is_signed(): void {
		self::assertSame( array(), Signature::headers( 'short', 'msg_1', 1, 'GET', '/', '' ) );
	}

	public function test_a_changed_value_and_other_salts_are_noticed(): void {
		$secret = new Secret();
		$sealed = WP::$options['domain_bridge_secret'];
		$bytes  = base64_decode( substr( $sealed, 3 ) );
		foreach ( array( 'v2:', 'v2:####', 'v1:' . substr( $sealed, 3 ), 'v2:' . base64_encode( substr( $bytes, 0, -1 ) . chr( ord( substr( $bytes, -1 ) ) ^ 1 ) ) ) as $broken ) {
			WP::$options['domain_bridge_secret'] = $broken;
			self::assertSame( '', $secret->get(), $broken );
		}
		WP::$options['domain_bridge_secret'] = $sealed;
		self::assertSame( self::SECRET, $secret->get() );
		WP::$salt = 'new salt';
		self::assertSame( '', $secret->get() );
	}

	public function test_what_the_first_release_kept_is_read_and_kept_anew(): void {
		if ( ! function_exists( 'openssl_encrypt' ) ) {
			self::markTestSkipped( 'The first release could not have kept anything without openssl.' );
		}
		$key    = hash_hkdf( 'sha256', WP::$salt, 32, 'domain-bridge sidecar-secret' );
		$sealed = openssl_encrypt( self::SECRET, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, 'twelve bytes', $tag, 'sidecar-secret' );
		WP::$options['domain_bridge_secret'] = 'v1:' . base64_encode( 'twelve bytes' . $tag . $sealed );
		self::assertSame( self::SECRET, ( new Secret() )->get() );
		self::assertStringStartsWith( 'v2:', WP::$options['domain_bridge_secret'] );
		self::assertSame( self::SECRET, ( new Secret() )->get() );
	}

	public function test_a_made_secret_is_usable_and_not_readable_in_the_database(): void {
		$secret = new Secret();
		$made   = $secret->create();
		self::assertSame( $made, $secret->get() );
		self::assertSame( '', $secret->problem() );
		self::assertStringNotContainsString( substr( $made, 6 ), WP::$options['domain_bridge_secret'] );
	}

	public function test_it_is_said_whether_the_secret_is_missing_or_unreadable(): void {
		$secret   = new Secret();
		WP::$salt = 'new salt';
		self::assertSame( 'secret-unreadable', $secret->problem() );
		delete_network_option( null, 'domain_bridge_secret' );
		self::assertSame( 'secret-missing', $secret->problem() );
	}

	public function test_activation_makes_a_secret_once(): void {
		delete_network_option( null, 'domain_bridge_secret' );
		Plugin::activate();
		$made = ( new Secret() )->get();
		self::assertStringStartsWith( 'whsec_', $made );
		Plugin::activate();
		self::assertSame( $made, ( new Secret() )->get() );
	}

	public function test_a_single_site_is_refused_with_a_reason_and_nothing_listens_on_it(): void {
		WP::reset();
		WP::$multisite = false;
		( new Plugin() )->register();
		self::assertSame( array(), WP::$hooks );
		$this->expectException( Request_Ended::class );
		$this->expectExceptionMessage( 'single site' );
		Plugin::activate();
	}
}
