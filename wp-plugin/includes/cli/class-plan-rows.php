<?php
/**
 * A plan as rows.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Turns the sidecar's plan into rows of change, name and why.
 */
final class Plan_Rows {

	/** The signs before the names, as in the sidecar's own command line. */
	const SIGNS = array(
		'remove'  => '-',
		'add'     => '+',
		'adopt'   => '~',
		'disown'  => '~',
		'blocked' => '!',
	);

	/**
	 * Returns the rows.
	 */
	public static function of( array $plan, Reasons $reasons ): array {
		$whys = array(
			'remove' => '',
			'add'    => '',
			'adopt'  => __( 'on the app already, looked after from now on', 'domain-bridge-for-serverpilot' ),
			'disown' => __( 'removed in the ServerPilot panel, no longer looked after', 'domain-bridge-for-serverpilot' ),
		);
		$rows = array();
		foreach ( $whys as $change => $why ) {
			foreach ( Wire::texts( $plan, $change ) as $name ) {
				$rows[] = compact( 'change', 'name', 'why' );
			}
		}
		foreach ( Wire::rows( $plan, 'blocked' ) as $blocked ) {
			$rows[] = array(
				'change' => 'blocked',
				'name'   => Wire::text( $blocked, 'name' ),
				'why'    => $reasons->sentence( $blocked ),
			);
		}
		return $rows;
	}
}
