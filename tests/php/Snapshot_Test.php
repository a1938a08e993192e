<?php
/**
 * Tests of the sidecar's status and of choosing among its domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Name_List;
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
		self::assertStringContainsString( '9.0.0', $this->plugin->reasons->error_sentence( $error ) );
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
		self::assertCount( 1, $odd->names() );
		self::assertSame( 1, $odd->counts()['of-a-later-version'] );
	}

	public function test_it_is_remembered_since_when_the_sidecar_is_away(): void {
		self::assertTrue( $this->taken( self::away() )->is_away() );
		$since = $this->plugin->contact->away()['since'];
		self::assertGreaterThan( time() - 5, $since );
		$this->taken( self::away() );
		self::assertSame( 1, $this->plugin->contact->away()['tries'] );
		$this->taken( Answers::status() );
		$this->end_request();
		self::assertNull( $this->plugin->contact->away() );
	}

	public function test_a_sidecar_that_answers_with_a_problem_is_not_away(): void {
		self::assertFalse( $this->taken( self::problem( 503, 'database-unreachable' ) )->is_away() );
		self::assertNull( $this->plugin->contact->away() );
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

	public function test_domains_are_searched_filtered_and_sorted(): void {
		$all   = $this->taken( Answers::status() )->names();
		$names = static function ( array $chosen ): string {
			return implode( ' ', array_map( static function ( string $name ): string {
				return $name[0];
			}, array_column( $chosen, 'name' ) ) );
		};
		self::assertSame( 'a c b', $names( Name_List::choose( $all ) ) );
		self::assertSame( 'a b c', $names( Name_List::choose( $all, '', '', 'name' ) ) );
		self::assertSame( 'c b a', $names( Name_List::choose( $all, '', '', 'name', true ) ) );
		self::assertSame( 'b a c', $names( Name_List::choose( $all, '', '', 'certificate' ) ) );
		self::assertSame( 'a b c', $names( Name_List::choose( $all, '', '', 'next' ) ) );
		self::assertSame( 'b', $names( Name_List::choose( $all, ' B.EX' ) ) );
		self::assertSame( 'c', $names( Name_List::choose( $all, '', 'pending' ) ) );
	}
}
