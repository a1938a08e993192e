<?php
/**
 * ServerPilot, as UM knows it.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations\Providers\ServerPilot;

use Um_Double\Server_Pilot_Api;
use WP_Ultimo\Integrations\Integration;

/**
 * The host with its three constants.
 */
class ServerPilot_Integration extends Integration {

	/**
	 * Names the constants.
	 */
	public function __construct() {
		parent::__construct( 'serverpilot', 'ServerPilot' );
		$this->set_constants( array( 'WU_SERVER_PILOT_CLIENT_ID', 'WU_SERVER_PILOT_API_KEY', 'WU_SERVER_PILOT_APP_ID' ) );
	}

	/**
	 * Fields of the wizard.
	 */
	public function get_fields(): array {
		$fields = array();
		foreach ( $this->get_constants() as $name ) {
			$fields[ $name ] = array( 'title' => $name );
		}
		return $fields;
	}

	/**
	 * The calls with this host's credentials.
	 */
	public function api(): Server_Pilot_Api {
		return new Server_Pilot_Api( array( $this, 'get_credential' ) );
	}

	/**
	 * Whether ServerPilot answers.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection() {
		return $this->api()->test();
	}
}
