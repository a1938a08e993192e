<?php
/**
 * The integration that stands in UM's registry; loaded only where UM has one.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Is UM's own integration, with the connection test going through the sidecar.
 */
final class ServerPilot_Integration extends \WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Integration {

	private Connection_Test $bridge_test;

	/**
	 * Takes the test.
	 */
	public function with( Connection_Test $test ): self {
		$this->bridge_test = $test;
		return $this;
	}

	/**
	 * Tests the connection through the sidecar.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection() {
		return $this->bridge_test->run();
	}
}
