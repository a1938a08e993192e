<?php
/**
 * Tests of what the sidecar tells WordPress.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

/**
 * From a signed notification to UM's mapping and logs.
 */
final class Notifications_Test extends Bridge_Test_Case {

	public function test_a_secured_name_is_done_and_secure_with_one_save_whatever_um_had_thought(): void {
		foreach ( array( 'checking-dns', 'checking-ssl-cert', 'ssl-failed', 'failed', 'done-without-ssl' ) as $index => $stage ) {
			$mapping      = new Mapping_Double( 'shop.example.com', 2, $stage );
			WP::$mappings = array( $mapping );
			self::assertSame( self::answer( 1 ), $this->notify( array( self::change( $index + 1, 'shop.example.com' ) ) ) );
			self::assertSame( array( 'done', true, 1 ), array( $mapping->stage, $mapping->secure, $mapping->saves ), $stage );
		}
	}

	public function test_a_mapping_that_is_done_and_secure_is_not_saved_again(): void {
		$mapping         = new Mapping_Double( 'shop.example.com', 2, 'done' );
		$mapping->secure = true;
		WP::$mappings    = array( $mapping );
		$this->notify( array( self::change( 1, 'shop.example.com' ) ) );
		self::assertSame( 0, $mapping->saves );
	}

	public function test_a_mapping_whose_dns_is_right_by_now_is_checked_by_um_at_once_by_one_chain(): void {
		$right = array( 'dnsRight' => true, 'reason' => 'certificate-pending' );
		$back  = array(
			'checking-dns'      => 'checking-dns',
			'failed'            => 'checking-dns',
			'ssl-failed'        => 'checking-ssl-cert',
			'checking-ssl-cert' => null,
			'done'              => null,
			'done-without-ssl'  => null,
		);
		foreach ( array_keys( $back ) as $index => $stage ) {
			$mapping      = new Mapping_Double( 'shop.example.com', 2, $stage );
			$others       = array( 'domain_id' => 7, 'tries' => 1 );
			$planned      = array( 'domain_id' => $mapping->get_id(), 'tries' => 3 );
			WP::$mappings = array( $mapping );
			WP::$checks   = array( $others, $planned );
			$this->notify( array( self::change( $index + 1, 'shop.example.com', 'securing', $right ) ) );
			$now = array( 'domain_id' => $mapping->get_id(), 'tries' => 0 );
			self::assertSame( array( $others, null === $back[ $stage ] ? $planned : $now ), WP::$checks, $stage );
			self::assertSame( array( $back[ $stage ] ?? $stage, false ), array( $mapping->stage, $mapping->secure ), $stage );
			self::assertSame( null === $back[ $stage ] || $back[ $stage ] === $stage ? 0 : 1, $mapping->saves, $stage );
		}
	}

	public function test_a_mapping_is_left_to_ums_own_time_while_its_dns_is_wrong_or_not_told(): void {
		$mapping      = new Mapping_Double( 'shop.example.com', 2, 'failed' );
		WP::$mappings = array( $mapping );
		foreach ( array( array(), array( 'dnsRight' => false ), array( 'dnsRight' => 'yes' ) ) as $index => $more ) {
			$this->notify( array( self::change( $index + 1, 'shop.example.com', 'securing', $more ) ) );
		}
		$this->notify( array( self::change( 9, 'shop.example.com', 'ssl-failed', array( 'dnsRight' => true ) ) ) );
		self::assertSame( array( 'failed', 0, array() ), array( $mapping->stage, $mapping->saves, WP::$checks ) );
	}

	public function test_other_plugins_hear_of_each_change_once_and_their_errors_change_nothing(): void {
		$heard = array();
		add_action(
			'domain_bridge_domain_changed',
			static function ( array $change ) use ( &$heard ): void {
				$heard[] = $change;
				throw new \RuntimeException( 'an error of another plugin' );
			}
		);
		$lapsed  = array(
			'siteId'   => 2,
			'previous' => 'secure',
			'reason'   => 'dns-missing',
			'message'  => 'The DNS has no address.',
			'severity' => 'critical',
			'actor'    => 'customer',
			'live'     => true,
		);
		$changes = array( self::change( 1, 'shop.example.com', 'securing', $lapsed ) );
		self::assertSame( self::answer( 1 ), $this->notify( $changes ) );
		self::assertSame( self::answer( 0 ), $this->notify( $changes ) );
		self::assertCount( 1, $heard );
		self::assertSame(
			array( 'shop.example.com', 2, 'securing', 'secure', 'dns-missing', 'critical', 'customer', true ),
			array( $heard[0]['name'], $heard[0]['site_id'], $heard[0]['state'], $heard[0]['previous'], $heard[0]['reason'], $heard[0]['severity'], $heard[0]['actor'], $heard[0]['live'] )
		);
	}

	public function test_um_is_given_the_address_that_names_are_to_point_at(): void {
		$asked = static function ( $found ): array {
			return array( apply_filters( 'pre_site_transient_wu_public_network_ip', false ), apply_filters( 'wu_get_network_public_ip', $found ) );
		};
		self::assertSame( array( false, '198.51.100.1' ), $asked( '198.51.100.1' ) );
		$this->notify( array(), array( 'address' => '192.0.2.1' ) );
		self::assertSame( array( '192.0.2.1', '192.0.2.1' ), $asked( '198.51.100.1' ) );
		// A sidecar of 0.1 does not tell it.
		$this->notify( array() );
		self::assertSame( array( '192.0.2.1', '192.0.2.1' ), $asked( '198.51.100.1' ) );
		foreach ( array( null, 'no address', array( '192.0.2.1' ) ) as $unknown ) {
			$this->notify( array(), array( 'address' => '192.0.2.1' ) );
			$this->notify( array(), array( 'address' => $unknown ) );
			self::assertSame( array( false, '198.51.100.1' ), $asked( '198.51.100.1' ) );
		}
		$this->plugin->registration()->learn( array( 'address' => '2001:db8::1' ), 1 );
		self::assertSame( array( '2001:db8::1', '2001:db8::1' ), $asked( '198.51.100.1' ) );
		update_network_option( null, 'wu_host_integrations_enabled', array() );
		self::assertSame( array( false, '198.51.100.1' ), $asked( '198.51.100.1' ) );
	}

	public function test_our_own_save_is_no_news_for_the_sidecar(): void {
		WP::$mappings = array( new Mapping_Double( 'shop.example.com' ) );
		$this->notify( array( self::change( 1, 'shop.example.com' ) ) );
		$this->end_request();
		self::assertSame( array(), WP::$requests );
	}

	public function test_a_secured_www_name_leaves_the_mapping_to_its_own_name(): void {
		$mapping      = new Mapping_Double( 'example.com' );
		WP::$mappings = array( $mapping );
		$this->notify( array( self::change( 1, 'www.example.com', 'secure', array( 'kind' => 'www' ) ) ) );
		self::assertSame( 0, $mapping->saves );
		self::assertStringContainsString( 'www.example.com is secure', WP::$logs['domain-example.com'][0] );
	}

	public function test_every_mapping_of_a_name_is_updated_even_when_um_refuses_one(): void {
		$refused          = new Mapping_Double( 'shop.example.com', 2 );
		$refused->refusal = new WP_Error( 'invalid', 'The site is gone' );
		$other            = new Mapping_Double( 'shop.example.com', 3 );
		WP::$mappings     = array( $refused, $other );
		$this->notify( array( self::change( 1, 'shop.example.com' ) ) );
		self::assertTrue( $other->secure );
		self::assertContains( 'error: shop.example.com: The site is gone', WP::$logs['integration-serverpilot'] );
	}

	public function test_failures_and_recoveries_are_logged_in_plain_words(): void {
		$failure = array(
			'reason'  => 'dns-elsewhere',
			'params'  => array(
				'name'     => 'shop.example.com',
				'found'    => '203.0.113.9',
				'expected' => '192.0.2.1',
			),
			'message' => 'from the wire',
		);
		$this->notify( array( self::change( 1, 'shop.example.com', 'ssl-failed', $failure ), self::change( 2, 'shop.example.com', 'secure', array( 'previous' => 'ssl-failed' ) ) ) );
		foreach ( array( 'integration-serverpilot', 'domain-shop.example.com' ) as $log ) {
			self::assertStringStartsWith( 'error: shop.example.com has no valid certificate', WP::$logs[ $log ][0] );
			self::assertStringContainsString( 'points at 203.0.113.9', WP::$logs[ $log ][0] );
			self::assertStringStartsWith( 'info: shop.example.com is secure again', WP::$logs[ $log ][1] );
		}
	}

	public function test_an_unknown_reason_is_logged_in_the_sidecars_words_on_one_line(): void {
		$this->notify(
			array(
				self::change(
					1,
					'shop.example.com',
					'blocked',
					array(
						'reason'  => 'of-a-later-version',
						'message' => "Line one\n2026-01-01 forged {name}",
						'params'  => array( 'name' => "x\ny" ),
					)
				),
			)
		);
		self::assertStringContainsString( 'Line one 2026-01-01 forged x y', WP::$logs['integration-serverpilot'][0] );
	}

	public function test_a_blocked_name_does_not_become_a_path(): void {
		$this->notify( array( self::change( 1, '../../evil', 'blocked' ), self::change( 2, "a.example\n.com", 'blocked' ) ) );
		self::assertSame( array( 'integration-serverpilot' ), array_keys( WP::$logs ) );
	}

	public function test_a_change_counts_once_and_an_older_one_not_at_all(): void {
		$mapping      = new Mapping_Double( 'shop.example.com' );
		WP::$mappings = array( $mapping );
		self::assertSame( self::answer( 2 ), $this->notify( array( self::change( 5, 'shop.example.com' ), self::change( 4, 'shop.example.com', 'securing' ) ) ) );
		$mapping->stage = 'ssl-failed';
		self::assertSame( self::answer( 0 ), $this->notify( array( self::change( 5, 'shop.example.com' ), self::change( 3, 'shop.example.com' ) ) ) );
		self::assertSame( 1, $mapping->saves );
		self::assertSame( self::answer( 1 ), $this->notify( array( self::change( 5, 'shop.example.com' ), self::change( 6, 'shop.example.com' ) ) ) );
	}

	public function test_a_sidecar_that_counts_anew_is_heard(): void {
		$this->notify( array( self::change( 500, 'shop.example.com' ) ) );
		$later = array( 'at' => '2026-06-01T00:00:00.000Z' );
		self::assertSame( self::answer( 1 ), $this->notify( array( self::change( 1, 'shop.example.com', 'secure', $later ) ) ) );
		self::assertSame( self::answer( 0 ), $this->notify( array( self::change( 1, 'shop.example.com', 'secure', $later ) ) ) );
	}

	public function test_forged_old_replayed_and_misdirected_notifications_change_nothing(): void {
		$mapping      = new Mapping_Double( 'shop.example.com' );
		WP::$mappings = array( $mapping );
		$changes      = array( self::change( 1, 'shop.example.com' ) );
		$cases        = array(
			'forged'          => array( array( 'secret' => str_repeat( 'x', 32 ) ), 'signature-invalid', 401 ),
			'unsigned'        => array( array( 'secret' => '' ), 'signature-missing', 401 ),
			'old'             => array( array( 'at' => time() - 400 ), 'signature-expired', 401 ),
			'early'           => array( array( 'at' => time() + 400 ), 'signature-expired', 401 ),
			'another target'  => array( array( 'target' => '/wp-json/domain-bridge/v1/notifications' ), 'signature-invalid', 401 ),
			'changed body'    => array( array( 'sent' => '{"network":"default","changes":[]}' ), 'signature-invalid', 401 ),
			'another network' => array( array( 'network' => 'other' ), 'network-unknown', 404 ),
			'no JSON'         => array( array( 'body' => 'hello' ), 'body-malformed', 400 ),
			'no changes'      => array( array( 'body' => '{"network":"default"}' ), 'body-invalid', 422 ),
			'too large'       => array( array( 'body' => str_repeat( ' ', 2097153 ) ), 'body-too-large', 413 ),
		);
		foreach ( $cases as $name => list( $overrides, $code, $status ) ) {
			$refusal = $this->notify( $changes, $overrides );
			self::assertInstanceOf( WP_Error::class, $refusal, $name );
			self::assertSame( array( $code, $status ), array( $refusal->get_error_code(), $refusal->get_error_data()['status'] ), $name );
		}
		self::assertSame( 0, $mapping->saves );
		self::assertSame( array(), WP::$logs );
	}

	public function test_an_id_is_accepted_once(): void {
		$this->notify( array( self::change( 1, 'a.example.com' ) ), array( 'id' => 'msg_same' ) );
		$refusal = $this->notify( array( self::change( 2, 'a.example.com' ) ), array( 'id' => 'msg_same' ) );
		self::assertSame( 'request-replayed', $refusal->get_error_code() );
		self::assertCount( 1, WP::$logs['integration-serverpilot'] );
	}

	public function test_while_another_process_works_the_sidecar_is_asked_to_come_again(): void {
		WP::$lock_free = false;
		self::assertSame( 503, $this->notify( array( self::change( 1, 'a.example.com' ) ) )->get_error_data()['status'] );
	}

	public function test_a_change_that_the_database_does_not_take_now_is_not_accepted_and_comes_again(): void {
		$mapping            = new Mapping_Double( 'shop.example.com' );
		WP::$mappings       = array( $mapping );
		$changes            = array( self::change( 1, 'other.example.com', 'securing' ), self::change( 2, 'shop.example.com' ) );
		WP::$table_readable = false;
		self::assertSame( 503, $this->notify( $changes )->get_error_data()['status'] );
		WP::$table_readable = true;
		$mapping->db_error  = 'The server is read-only';
		self::assertSame( 503, $this->notify( $changes )->get_error_data()['status'] );
		$mapping->db_error = '';
		self::assertSame( self::answer( 1 ), $this->notify( $changes ) );
		self::assertTrue( $mapping->secure );
		self::assertCount( 2, WP::$logs['integration-serverpilot'] );
	}

	public function test_a_bad_change_is_named_and_holds_no_other_back(): void {
		$broken       = new Mapping_Double( 'broken.example.com' );
		$good         = new Mapping_Double( 'good.example.com' );
		WP::$mappings = array( $broken, $good );
		add_action(
			'wu_domain_post_save',
			static function ( $data, $mapping ) use ( $broken ): void {
				if ( $mapping === $broken ) {
					throw new TypeError( 'UM has changed' );
				}
			},
			10,
			2
		);
		$bad = array(
			'seq'   => 1,
			'name'  => '',
			'state' => 'secure',
			'at'    => 'never',
		);
		self::assertSame(
			self::answer(
				1,
				array(
					array(
						'seq'    => 1,
						'reason' => 'body-invalid',
					),
					array(
						'seq'    => 2,
						'reason' => 'ultimate-multisite-error',
					),
				)
			),
			$this->notify( array( $bad, 'text', self::change( 2, 'broken.example.com' ), self::change( 3, 'good.example.com' ) ) )
		);
		self::assertTrue( $good->secure );
		self::assertContains( 'error: broken.example.com: UM has changed', WP::$logs['integration-serverpilot'] );
	}

	private static function answer( int $accepted, array $rejected = array() ): array {
		return array(
			'accepted' => $accepted,
			'rejected' => $rejected,
		);
	}
}
