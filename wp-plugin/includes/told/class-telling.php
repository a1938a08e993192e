<?php
/**
 * The recurring job that tells people.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Finds out every five minutes what is wrong, and has the network admin and UM told of what is new: in WP-Cron alone, so that
 * a mail server or a webhook that hangs makes no page wait.
 */
final class Telling {

	/** Since when what is wrong: see wrong_since(). */
	const WRONG = 'domain_bridge_wrong_since';

	/** The longest that the sidecar may take to say how it stands, in seconds. */
	const PATIENCE = 5.0;

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Tells of what is new, one process at a time; before a sidecar was connected there is nothing to tell.
	 *
	 * @param int|null $now Unix seconds; null for now.
	 */
	public function run( ?int $now = null ): void {
		$now = $now ?? time();
		if ( ! $this->plugin->um()->present() || ! $this->plugin->um()->enabled() || ! $this->plugin->registration()->was_accepted() ) {
			return;
		}
		Lock::hold(
			'telling',
			0,
			function () use ( $now ): void {
				$snapshot = Snapshot::take( $this->plugin, self::PATIENCE );
				$troubles = new Troubles( $this->plugin, $snapshot, $this->wrong_since( $snapshot, $now ), $now );
				( new Admin_Mail( $this->plugin, $troubles, $now ) )->tell();
				( new Um_Events( $this->plugin, $now ) )->tell( $troubles );
			}
		);
	}

	/**
	 * Returns since when things are wrong, each in unix seconds, 0 where it is well: array( sidecar: it gives no answer that is of use,
	 * passes: the last one failed ). A sidecar that gives no answer changes nothing of the passes.
	 *
	 * @param Snapshot $snapshot How the sidecar stands.
	 * @param int      $now      Unix seconds.
	 */
	private function wrong_since( Snapshot $snapshot, int $now ): array {
		$kept    = get_network_option( null, self::WRONG, array() );
		$since   = ( is_array( $kept ) ? $kept : array() ) + array_fill_keys( array( 'sidecar', 'passes' ), 0 );
		$outcome = Snapshot::text( $snapshot->pass(), 'lastOutcome' );
		$wrong   = array( 'sidecar' => null !== $snapshot->error() );
		if ( null === $snapshot->error() && '' !== $outcome ) {
			$wrong['passes'] = 'failed' === $outcome;
		}
		foreach ( $wrong as $what => $is_wrong ) {
			$since[ $what ] = ! $is_wrong ? 0 : ( 0 === $since[ $what ] ? $now : $since[ $what ] );
		}
		if ( $since !== $kept ) {
			update_network_option( null, self::WRONG, $since );
		}
		return $since;
	}
}
