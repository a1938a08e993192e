<?php
/**
 * UM's connection test for ServerPilot.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Answers the connection test of UM's wizard through the sidecar, before UM does.
 */
final class Takeover {

	private Um_Listeners $listeners;
	private Connection_Test $test;

	/**
	 * Takes what knows whether UM's place is taken, and the test.
	 *
	 * @param Um_Listeners    $listeners UM's listeners.
	 * @param Connection_Test $test      The test.
	 */
	public function __construct( Um_Listeners $listeners, Connection_Test $test ) {
		$this->listeners = $listeners;
		$this->test      = $test;
	}

	/**
	 * Listens before UM, which listens at 10.
	 */
	public function register(): void {
		add_action( 'wp_ajax_wu_test_hosting_integration', array( $this, 'answer' ), 1, 0 );
	}

	/**
	 * Answers the test where it is for ServerPilot.
	 */
	public function answer(): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- UM's own action has no nonce; the answer changes nothing, and the text is only compared.
		$asked = isset( $_REQUEST['integration'] ) && is_string( $_REQUEST['integration'] ) ? wp_unslash( $_REQUEST['integration'] ) : '';
		if ( Ultimate_Multisite::INTEGRATION !== $asked || ! $this->listeners->understood() ) {
			return;
		}
		$result = $this->test->run();
		if ( is_wp_error( $result ) ) {
			wp_send_json_error( array( 'message' => $result->get_error_message() ) );
		}
		wp_send_json_success( array( 'message' => __( 'The sidecar, the database and ServerPilot all answer.', 'domain-bridge-for-serverpilot' ) ) );
	}
}
