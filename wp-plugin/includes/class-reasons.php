<?php
/**
 * The words for reason codes.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Turns a reason code with its parameters into a translated message and what to do about it.
 */
final class Reasons {

	/** The catalogue of code => array( message, remedy ), loaded when first needed so that translations are ready. */
	private ?array $catalogue = null;

	/**
	 * Returns array( message, remedy ) with the parameters filled in; the given English words for an unknown code.
	 *
	 * @param string $code    The reason.
	 * @param array  $params  Its parameters.
	 * @param string $message English words for a reason that is not in the catalogue.
	 * @param string $remedy  What to do, for the same.
	 */
	public function describe( string $code, array $params = array(), string $message = '', string $remedy = '' ): array {
		$words = $this->catalogue()[ $code ] ?? array( $message, $remedy );
		$fill  = array();
		foreach ( $params as $key => $value ) {
			if ( is_scalar( $value ) ) {
				$fill[ '{' . $key . '}' ] = self::one_line( (string) $value );
			}
		}
		return array( strtr( self::one_line( $words[0] ), $fill ), strtr( self::one_line( $words[1] ), $fill ) );
	}

	/**
	 * Returns message and remedy of a reason that came over the wire, as one text.
	 *
	 * @param array $explained Reason, params, message and remedy.
	 */
	public function sentence( array $explained ): string {
		return trim( implode( ' ', $this->from_wire( $explained ) ) );
	}

	/**
	 * Returns message and remedy of an error that the sidecar's client gave.
	 *
	 * @param \WP_Error $error The error.
	 */
	public function error_sentence( \WP_Error $error ): string {
		$data = $error->get_error_data();
		$data = is_array( $data ) ? $data : array();
		return $this->sentence(
			array(
				'reason'  => (string) $error->get_error_code(),
				'message' => $error->get_error_message(),
			) + $data
		);
	}

	/**
	 * Returns array( message, remedy ) of a wire object with reason, params, message and remedy.
	 *
	 * @param array $explained The object.
	 */
	public function from_wire( array $explained ): array {
		$text   = static function ( string $key ) use ( $explained ): string {
			return isset( $explained[ $key ] ) && is_string( $explained[ $key ] ) ? $explained[ $key ] : '';
		};
		$params = isset( $explained['params'] ) && is_array( $explained['params'] ) ? $explained['params'] : array();
		return $this->describe( $text( 'reason' ), $params, $text( 'message' ), $text( 'remedy' ) );
	}

	/**
	 * Returns text without line breaks and other control characters, which could forge lines in a log.
	 *
	 * @param string $text The text.
	 */
	private static function one_line( string $text ): string {
		return (string) preg_replace( '/[\x00-\x1F\x7F]+/', ' ', $text );
	}

	/**
	 * Returns the sidecar's reasons (generated from its source) and those that only WordPress can see.
	 */
	private function catalogue(): array {
		if ( null === $this->catalogue ) {
			$this->catalogue = require __DIR__ . '/reasons-wordpress.php';
			if ( is_readable( __DIR__ . '/reasons.php' ) ) {
				$this->catalogue += require __DIR__ . '/reasons.php';
			}
		}
		return $this->catalogue;
	}
}
