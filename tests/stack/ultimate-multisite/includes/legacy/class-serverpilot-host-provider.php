<?php
/**
 * ServerPilot in a UM from before the registry.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations\Host_Providers;

use Um_Double\Server_Pilot_Api;
use WP_Ultimo\Managers\Domain_Manager;

/**
 * One class with everything; knows constants only, and listens to the four jobs at priority 10.
 */
class ServerPilot_Host_Provider {

	/** Names of the constants it needs. */
	private const CONSTANTS = array( 'WU_SERVER_PILOT_CLIENT_ID', 'WU_SERVER_PILOT_API_KEY', 'WU_SERVER_PILOT_APP_ID' );

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static $instance = null;

	/**
	 * Gives the one instance, which listens from then on.
	 */
	public static function get_instance(): self {
		if ( null === self::$instance ) {
			self::$instance = new self();
			self::$instance->init();
		}
		return self::$instance;
	}

	/**
	 * Listens where it is enabled and set up.
	 */
	public function init(): void {
		if ( ! $this->is_enabled() || ! $this->is_setup() ) {
			return;
		}
		foreach ( array( 'add_domain', 'remove_domain', 'add_subdomain', 'remove_subdomain' ) as $job ) {
			add_action( "wu_{$job}", array( $this, "on_{$job}" ), 10, 2 );
		}
	}

	/** Say, serverpilot. */
	public function get_id(): string {
		return 'serverpilot';
	}

	/** Whether the network's admin has enabled it. */
	public function is_enabled(): bool {
		$enabled = (array) get_network_option( null, 'wu_host_integrations_enabled', array() );
		return ! empty( $enabled['serverpilot'] );
	}

	/** Whether it has all its constants. */
	public function is_setup(): bool {
		return array() === $this->get_missing_constants();
	}

	/** Names of the constants that are missing. */
	public function get_missing_constants(): array {
		return array_values(
			array_filter(
				self::CONSTANTS,
				static function ( string $name ): bool {
					return ! defined( $name ) || ! constant( $name );
				}
			)
		);
	}

	/**
	 * Adds the name, and its www by UM's setting.
	 *
	 * @param string $domain  The name.
	 * @param int    $site_id Its site.
	 */
	public function on_add_domain( $domain, $site_id ): void {
		$www = Domain_Manager::get_instance()->should_create_www_subdomain( $domain );
		$this->api()->add( $www ? array( $domain, "www.{$domain}" ) : array( $domain ) );
	}

	/**
	 * Takes the name away.
	 *
	 * @param string $domain  The name.
	 * @param int    $site_id Its site.
	 */
	public function on_remove_domain( $domain, $site_id ): void {
		$this->api()->remove( $domain );
	}

	/**
	 * Adds a site's name.
	 *
	 * @param string $subdomain The name.
	 * @param int    $site_id   The site.
	 */
	public function on_add_subdomain( $subdomain, $site_id ): void {
		$this->api()->add( array( $subdomain ) );
	}

	/**
	 * Does nothing, as in UM.
	 *
	 * @param string $subdomain The name.
	 * @param int    $site_id   The site.
	 */
	public function on_remove_subdomain( $subdomain, $site_id ): void {
	}

	/** Answers the wizard's test by itself. */
	public function test_connection(): void {
		$result = $this->api()->test();
		if ( is_wp_error( $result ) ) {
			wp_send_json_error( array( 'message' => $result->get_error_message() ) );
		}
		wp_send_json_success( array( 'message' => 'Access Authorized' ) );
	}

	/** The calls with the constants. */
	private function api(): Server_Pilot_Api {
		return new Server_Pilot_Api(
			static function ( string $name ): string {
				return defined( $name ) ? (string) constant( $name ) : '';
			}
		);
	}
}
