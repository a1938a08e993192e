<?php
/**
 * The words of a connection test.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Turns the sidecar's answer to a check into lines, for the screen and WP-CLI alike.
 */
final class Checks {

	/**
	 * Returns array( all is well, text ) for each thing that was tried.
	 */
	public static function lines( array $answer, Reasons $reasons ): array {
		$lines = array();
		foreach ( Wire::rows( $answer, 'checks' ) as $check ) {
			$well    = true === ( $check['ok'] ?? null );
			$title   = self::title( Wire::text( $check, 'id' ) );
			$lines[] = array( $well, $well ? $title : trim( $title . ': ' . $reasons->sentence( $check ), ': ' ) );
		}
		return $lines;
	}

	/**
	 * Returns what was tried; the id of a later version's check as it came.
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
