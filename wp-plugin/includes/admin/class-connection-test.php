<?php
/**
 * The connection test.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Has the sidecar look at everything it needs, and says what to correct where something is wrong. Answers the test of
 * UM's wizard too, before UM does.
 */
final class Connection_Test {

	/** Seconds that the test may take: the sidecar asks ServerPilot meanwhile. */
	const SECONDS = 20.0;

	private Ultimate_Multisite $um;
	private Sidecar $sidecar;
	private Reasons $reasons;

	/**
	 * Takes UM, the sidecar and the words.
	 *
	 * @param Ultimate_Multisite $um      UM.
	 * @param Sidecar            $sidecar The sidecar.
	 * @param Reasons            $reasons The words.
	 */
	public function __construct( Ultimate_Multisite $um, Sidecar $sidecar, Reasons $reasons ) {
		$this->um      = $um;
		$this->sidecar = $sidecar;
		$this->reasons = $reasons;
	}

	/**
	 * Answers the test of UM's wizard where it is for ServerPilot.
	 */
	public function answer_um(): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- UM's own action has no nonce; the answer changes nothing, and the text is only compared.
		$asked = isset( $_REQUEST['integration'] ) && is_string( $_REQUEST['integration'] ) ? wp_unslash( $_REQUEST['integration'] ) : '';
		if ( Ultimate_Multisite::INTEGRATION !== $asked || ! $this->um->understood() ) {
			return;
		}
		$result = $this->run();
		if ( is_wp_error( $result ) ) {
			wp_send_json_error( array( 'message' => $result->get_error_message() ) );
		}
		wp_send_json_success( array( 'message' => __( 'The sidecar, the database and ServerPilot all answer.', 'domain-bridge-for-serverpilot' ) ) );
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
		foreach ( Snapshot::rows( $answer, 'checks' ) as $check ) {
			if ( empty( $check['ok'] ) ) {
				$failed[] = $this->reasons->sentence( $check );
			}
		}
		$failed = array_filter( array_unique( $failed ) );
		return new \WP_Error(
			'check-failed',
			array() === $failed ? __( 'The sidecar says that something is wrong, but not what.', 'domain-bridge-for-serverpilot' ) : implode( ' ', $failed )
		);
	}

	/**
	 * Returns array( all is well, text ) for each thing that was tried.
	 *
	 * @param array   $answer  The sidecar's answer.
	 * @param Reasons $reasons The words.
	 */
	public static function lines( array $answer, Reasons $reasons ): array {
		$lines = array();
		foreach ( Snapshot::rows( $answer, 'checks' ) as $check ) {
			$well    = true === ( $check['ok'] ?? null );
			$title   = self::title( Snapshot::text( $check, 'id' ) );
			$lines[] = array( $well, $well ? $title : trim( $title . ': ' . $reasons->sentence( $check ), ': ' ) );
		}
		return $lines;
	}

	/**
	 * Returns what was tried; the id of a later version's check as it came.
	 *
	 * @param string $id The check's id.
	 */
	private static function title( string $id ): string {
		$titles = array(
			'database'    => __( 'Database', 'domain-bridge-for-serverpilot' ),
			'table'       => __( 'Table of mappings', 'domain-bridge-for-serverpilot' ),
			'credentials' => __( 'ServerPilot client id and API key', 'domain-bridge-for-serverpilot' ),
			'app'         => __( 'ServerPilot app', 'domain-bridge-for-serverpilot' ),
			'server'      => __( 'Server of the app', 'domain-bridge-for-serverpilot' ),
			'wordpress'   => __( 'WordPress, as the sidecar reaches it', 'domain-bridge-for-serverpilot' ),
		);
		return $titles[ $id ] ?? $id;
	}
}
