<?php
/**
 * Tests of the sidecar's status and of choosing among its domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Snapshot;

/**
 * Whatever the sidecar answers is shown, or said to be wrong.
 */
final class Snapshot_Test extends Bridge_Test_Case {

	private function taken( $answer ): Snapshot {
		WP::$sidecar = is_callable( $answer ) ? $answer : Answers::sidecar( array( 'status' => $answer ) );
		return Snapshot::take( $this->plugin );
	}

	public function test_a_good_answer_is_read(): void {
		$snapshot = $this->taken( Answers::status() );
		self::assertNull( $snapshot->error() );
		self::assertSame( array( 3, 300 ), $snapshot->capacity() );
		self::assertSame(
			array(
				'ssl-failed' => 1,
				'blocked'    => 0,
				'pending'    => 1,
				'removing'   => 0,
				'securing'   => 0,
				'secure'     => 1,
			),
			$snapshot->counts()
		);
		self::assertSame( 2.0, WP::$requests[0]['timeout'] );
	}

	public function test_garbage_is_called_garbage_and_another_version_is_named(): void {
		self::assertSame( 'sidecar-unreadable', $this->taken( '<html>' )->error()->get_error_code() );
		$error = $this->taken( array( 'version' => '9.0.0', 'domains' => array() ) )->error();
		self::assertSame( 'sidecar-not-understood', $error->get_error_code() );
		self::assertStringContainsString( '9.0.0', $this->plugin->reasons()->error_sentence( $error ) );
	}

	public function test_values_of_another_kind_read_as_empty(): void {
		$odd = $this->taken(
			Answers::status(
				array(
					'app'   => 'none',
					'pass'  => array( 'lastAt' => array(), 'nextAt' => 'soon' ),
					'names' => array( 'text', array( 'name' => 7 ), array( 'name' => 'a.example.com', 'state' => 'of-a-later-version', 'params' => 'x' ) ),
				)
			)
		);
		self::assertNull( $odd->error() );
		self::assertSame( array(), $odd->app() );
		self::assertCount( 1, $odd->names( array() )[1] );
		self::assertSame( 1, $odd->counts()['of-a-later-version'] );
	}

	public function test_it_is_remembered_since_when_the_sidecar_is_away(): void {
		self::assertTrue( $this->taken( self::away() )->is_away() );
		$since = $this->plugin->dispatcher()->away()['since'];
		self::assertGreaterThan( time() - 5, $since );
		$this->taken( self::away() );
		self::assertSame( 1, $this->plugin->dispatcher()->away()['tries'] );
		$this->taken( Answers::status() );
		$this->end_request();
		self::assertNull( $this->plugin->dispatcher()->away() );
	}

	public function test_a_sidecar_that_answers_with_a_problem_is_not_away(): void {
		self::assertFalse( $this->taken( self::problem( 503, 'database-unreachable' ) )->is_away() );
		self::assertNull( $this->plugin->dispatcher()->away() );
	}

	public function test_it_is_looked_again_sooner_while_something_is_under_way(): void {
		$calm = array( Answers::name( 'a.example.com', 'secure' ) );
		self::assertSame( 20, $this->taken( Answers::status( array( 'names' => $calm ) ) )->poll_seconds() );
		self::assertSame( 2, $this->taken( Answers::status() )->poll_seconds() );
		$running = array( 'state' => 'running' ) + Answers::pass( 'ok', null );
		self::assertSame( 2, $this->taken( Answers::status( array( 'names' => $calm, 'pass' => $running ) ) )->poll_seconds() );
		$held = array( 'checksum' => 'c', 'remove' => array( 'a.example.com' ) );
		self::assertSame( 20, $this->taken( Answers::status( array( 'held' => $held, 'names' => array( Answers::name( 'a.example.com', 'removing' ) ) ) ) )->poll_seconds() );
	}

	public function test_domains_of_a_sidecar_that_gives_all_are_searched_filtered_and_sorted(): void {
		$snapshot = $this->taken( Answers::status() );
		$chosen   = static function ( array $query ) use ( $snapshot ): string {
			return implode( ' ', array_map( static function ( string $name ): string {
				return $name[0];
			}, array_column( $snapshot->names( $query )[1], 'name' ) ) );
		};
		self::assertSame( 'a c b', $chosen( array() ) );
		self::assertSame( 'a b c', $chosen( array( 'order' => 'name' ) ) );
		self::assertSame( 'c b a', $chosen( array( 'order' => 'name', 'desc' => true ) ) );
		self::assertSame( 'b a c', $chosen( array( 'order' => 'certificate' ) ) );
		self::assertSame( 'a b c', $chosen( array( 'order' => 'next' ) ) );
		self::assertSame( 'b', $chosen( array( 'search' => ' B.EX' ) ) );
		self::assertSame( 'c', $chosen( array( 'state' => 'pending' ) ) );
		self::assertSame( 'a', $chosen( array( 'needs' => 'action' ) ) );
		self::assertSame( 'c', $chosen( array( 'offset' => 1, 'limit' => 1 ) ) );
		self::assertSame( 3, $snapshot->names( array( 'limit' => 1 ) )[0] );
	}

	public function test_domains_of_a_later_sidecar_are_asked_for_by_page(): void {
		WP::$sidecar = Answers::sidecar( array( 'names?' => array( 'total' => 40000, 'names' => array( Answers::name( 'a.example.com', 'secure' ), 'text' ) ), 'status' => Answers::paged( array( 'secure' => 39999, 'ssl-failed' => 1 ) ) ) );
		$snapshot    = Snapshot::take( $this->plugin );
		self::assertSame( 39999, $snapshot->counts()['secure'] );
		self::assertSame( 1, $snapshot->worries() );
		$page = $snapshot->names( array( 'search' => 'a&b', 'state' => 'secure', 'order' => 'name', 'desc' => true, 'offset' => 50, 'limit' => 50 ) );
		self::assertSame( 40000, $page[0] );
		self::assertCount( 1, $page[1] );
		self::assertStringEndsWith( '/names?search=a%26b&state=secure&order=name&desc=1&offset=50&limit=50', end( WP::$requests )['url'] );
	}

	public function test_a_sidecar_with_the_registration_of_another_installation_is_not_shown(): void {
		$error = $this->taken( Answers::paged( array(), array( 'mark' => 'of another' ) ) )->error();
		self::assertSame( 'another-installation', $error->get_error_code() );
		WP::$sidecar = array( WP::class, 'willing' );
		$this->end_request();
		self::assertContains( 'PUT /v1/networks/default', WP::sent() );
	}
}
