<?php
/**
 * What was done.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints the last syncs with what each added and removed.
 */
final class History_Panel {

	const PASSES = 50;

	private Plugin $plugin;
	private int $now;

	/**
	 * Takes the parts and the time.
	 *
	 * @param Plugin $plugin The parts.
	 * @param int    $now    Unix seconds.
	 */
	public function __construct( Plugin $plugin, int $now ) {
		$this->plugin = $plugin;
		$this->now    = $now;
	}

	/**
	 * Returns the outcome of a sync in words. That WordPress has not registered yet, or has ServerPilot disabled, is no failure.
	 *
	 * @param string $outcome The sidecar's word.
	 * @param string $reason  Its reason.
	 */
	public static function outcome_html( string $outcome, string $reason = '' ): string {
		if ( 'failed' === $outcome && in_array( $reason, array( 'network-not-registered', 'integration-disabled' ), true ) ) {
			return Words::sign_html( 'clock', 'quiet', __( 'Not connected yet', 'domain-bridge-for-serverpilot' ) );
		}
		switch ( $outcome ) {
			case 'ok':
				return Words::sign_html( 'yes-alt', 'good', __( 'Up to date', 'domain-bridge-for-serverpilot' ) );
			case 'held':
				return Words::sign_html( 'warning', 'bad', __( 'Held for approval', 'domain-bridge-for-serverpilot' ) );
			case 'failed':
				return Words::sign_html( 'warning', 'bad', __( 'Failed', 'domain-bridge-for-serverpilot' ) );
		}
		return Words::sign_html( 'clock', 'quiet', '' === $outcome ? __( 'No sync yet', 'domain-bridge-for-serverpilot' ) : $outcome );
	}

	/**
	 * Asks the sidecar for its history and prints it.
	 */
	public function show(): void {
		$answer = $this->plugin->sidecar()->call( 'GET', '/history?limit=' . self::PASSES, null, Snapshot::SECONDS );
		if ( is_wp_error( $answer ) ) {
			Words::say( 'error', $this->plugin->reasons()->error_sentence( $answer ) );
			return;
		}
		$passes = Snapshot::rows( $answer, 'passes' );
		if ( array() === $passes ) {
			echo '<p>' . esc_html__( 'There was no sync yet.', 'domain-bridge-for-serverpilot' ) . '</p>';
			return;
		}
		$titles = array(
			'when'    => __( 'When', 'domain-bridge-for-serverpilot' ),
			'why'     => __( 'Why', 'domain-bridge-for-serverpilot' ),
			'outcome' => __( 'Outcome', 'domain-bridge-for-serverpilot' ),
			'added'   => __( 'Added', 'domain-bridge-for-serverpilot' ),
			'removed' => __( 'Removed', 'domain-bridge-for-serverpilot' ),
			'calls'   => __( 'API calls', 'domain-bridge-for-serverpilot' ),
		);
		printf( '<table class="widefat striped domain-bridge-history"><caption class="screen-reader-text">%s</caption><thead><tr>', esc_html__( 'The last syncs, newest first', 'domain-bridge-for-serverpilot' ) );
		foreach ( $titles as $title ) {
			printf( '<th scope="col">%s</th>', esc_html( $title ) );
		}
		echo '</tr></thead><tbody>';
		foreach ( $passes as $pass ) {
			printf( '<tr id="domain-bridge-pass-%s">', esc_attr( sanitize_key( Snapshot::text( $pass, 'id' ) ) ) );
			foreach ( $this->cells( $pass ) as $key => $cell ) {
				printf( '<td data-colname="%s">%s</td>', esc_attr( $titles[ $key ] ), $cell ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
	}

	/**
	 * Returns the cells of a sync as escaped HTML.
	 *
	 * @param array $pass The sync.
	 */
	private function cells( array $pass ): array {
		$why      = self::outcome_html( Snapshot::text( $pass, 'outcome' ), Snapshot::text( $pass, 'reason' ) );
		$sentence = $this->plugin->reasons()->sentence( $pass );
		$id       = Snapshot::text( $pass, 'id' );
		return array(
			'when'    => Words::moment_html( Snapshot::time( $pass, 'finishedAt' ), $this->now ),
			'why'     => esc_html( Words::triggers( Snapshot::text( $pass, 'trigger' ) ) ),
			'outcome' => $why . ( '' === $sentence ? '' : '<p class="description">' . esc_html( $sentence ) . '</p>' ),
			'added'   => Words::names_html( Snapshot::texts( $pass, 'added' ), "added-{$id}", 'is-added' ),
			'removed' => Words::names_html( Snapshot::texts( $pass, 'removed' ), "removed-{$id}", 'is-removed' ),
			'calls'   => esc_html( (string) Snapshot::number( $pass, 'calls' ) ),
		);
	}
}
