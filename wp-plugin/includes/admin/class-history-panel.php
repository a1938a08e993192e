<?php
/**
 * What was done.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints the last passes with what each added and removed.
 */
final class History_Panel {

	const PASSES = 50;

	private Plugin $plugin;
	private int $now;

	/**
	 * Takes the parts and the time.
	 */
	public function __construct( Plugin $plugin, int $now ) {
		$this->plugin = $plugin;
		$this->now    = $now;
	}

	/**
	 * Returns the outcome of a pass in words.
	 */
	public static function outcome_html( string $outcome ): string {
		switch ( $outcome ) {
			case 'ok':
				return Words::sign_html( 'yes-alt', 'good', __( 'Up to date', 'domain-bridge-for-serverpilot' ) );
			case 'held':
				return Words::sign_html( 'warning', 'bad', __( 'Held for approval', 'domain-bridge-for-serverpilot' ) );
			case 'failed':
				return Words::sign_html( 'warning', 'bad', __( 'Not finished', 'domain-bridge-for-serverpilot' ) );
		}
		return Words::sign_html( 'clock', 'quiet', '' === $outcome ? __( 'No pass yet', 'domain-bridge-for-serverpilot' ) : $outcome );
	}

	/**
	 * Asks the sidecar for its history and prints it.
	 */
	public function show(): void {
		$answer = $this->plugin->sidecar->call( 'GET', '/history?limit=' . self::PASSES, null, Snapshot::SECONDS );
		if ( is_wp_error( $answer ) ) {
			echo Flash::notice_html( 'error inline', $this->plugin->reasons->error_sentence( $answer ) ); // phpcs:ignore -- Escaped there.
			return;
		}
		$passes = Wire::rows( $answer, 'passes' );
		if ( array() === $passes ) {
			echo '<p>' . esc_html__( 'There was no pass yet.', 'domain-bridge-for-serverpilot' ) . '</p>';
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
		printf( '<table class="widefat striped domain-bridge-history"><caption class="screen-reader-text">%s</caption><thead><tr>', esc_html__( 'The last passes, newest first', 'domain-bridge-for-serverpilot' ) );
		foreach ( $titles as $title ) {
			printf( '<th scope="col">%s</th>', esc_html( $title ) );
		}
		echo '</tr></thead><tbody>';
		foreach ( $passes as $pass ) {
			printf( '<tr id="domain-bridge-pass-%s">', esc_attr( sanitize_key( Wire::text( $pass, 'id' ) ) ) );
			foreach ( $this->cells( $pass ) as $key => $cell ) {
				printf( '<td data-colname="%s">%s</td>', esc_attr( $titles[ $key ] ), $cell ); // phpcs:ignore -- Escaped where it was made.
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
	}

	/**
	 * Returns the cells of a pass as escaped HTML.
	 */
	private function cells( array $pass ): array {
		$why      = self::outcome_html( Wire::text( $pass, 'outcome' ) );
		$sentence = $this->plugin->reasons->sentence( $pass );
		$id       = Wire::text( $pass, 'id' );
		return array(
			'when'    => Words::moment_html( Wire::time( $pass, 'finishedAt' ), $this->now ),
			'why'     => esc_html( Words::triggers( Wire::text( $pass, 'trigger' ) ) ),
			'outcome' => $why . ( '' === $sentence ? '' : '<p class="description">' . esc_html( $sentence ) . '</p>' ),
			'added'   => Words::names_html( Wire::texts( $pass, 'added' ), "added-{$id}", 'is-added' ),
			'removed' => Words::names_html( Wire::texts( $pass, 'removed' ), "removed-{$id}", 'is-removed' ),
			'calls'   => esc_html( (string) Wire::number( $pass, 'calls' ) ),
		);
	}
}
