<?php
/**
 * UM's connection test.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Has the sidecar look at everything it needs, and says what to correct where something is wrong.
 */
final class Connection_Test {

	/** Seconds that the test may take: the sidecar asks ServerPilot meanwhile. */
	const SECONDS = 20.0;

	private Sidecar $sidecar;
	private Reasons $reasons;

	/**
	 * Takes the sidecar and the words.
	 */
	public function __construct( Sidecar $sidecar, Reasons $reasons ) {
		$this->sidecar = $sidecar;
		$this->reasons = $reasons;
	}

	/**
	 * Returns true when everything works, else an error that names the constant or setting to look at.
	 *
	 * @return true|\WP_Error
	 */
	public function run() {
		// UM's AJAX action checks nothing, so this is the only door.
		if ( ! current_user_can( 'manage_network_options' ) ) {
			return new \WP_Error( 'forbidden', __( 'Only a network administrator may test the connection.', 'domain-bridge-for-serverpilot' ) );
		}
		$answer = $this->sidecar->call( 'POST', '/check', array(), self::SECONDS );
		if ( is_wp_error( $answer ) ) {
			return new \WP_Error( $answer->get_error_code(), $this->reasons->error_sentence( $answer ) );
		}
		if ( true === ( $answer['ok'] ?? null ) ) {
			return true;
		}
		$failed = array();
		foreach ( isset( $answer['checks'] ) && is_array( $answer['checks'] ) ? $answer['checks'] : array() as $check ) {
			if ( is_array( $check ) && empty( $check['ok'] ) ) {
				$failed[] = $this->reasons->sentence( $check );
			}
		}
		$failed = array_filter( array_unique( $failed ) );
		return new \WP_Error(
			'check-failed',
			array() === $failed ? __( 'The sidecar says that something is wrong, but not what.', 'domain-bridge-for-serverpilot' ) : implode( ' ', $failed )
		);
	}
}
