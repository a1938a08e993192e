<?php
/**
 * UM's own module for ServerPilot, whose place ours takes.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations\Providers\ServerPilot;

use Um_Double\Server_Pilot_Api;
use WP_Ultimo\Integrations\Base_Capability_Module;
use WP_Ultimo\Integrations\Capabilities\Domain_Mapping_Capability;
use WP_Ultimo\Managers\Domain_Manager;

/**
 * Calls ServerPilot while the job runs; forgets the names of deleted sites.
 */
class ServerPilot_Domain_Mapping extends Base_Capability_Module implements Domain_Mapping_Capability {

	/**
	 * Names of features.
	 *
	 * @var string[]
	 */
	protected array $supported_features = array( 'autossl' );

	/** What it is for. */
	public function get_capability_id(): string {
		return 'domain-mapping';
	}

	/** For people. */
	public function get_title(): string {
		return 'Domain Mapping';
	}

	/** Listens to the four jobs. */
	public function register_hooks(): void {
		foreach ( array( 'add_domain', 'remove_domain', 'add_subdomain', 'remove_subdomain' ) as $job ) {
			add_action( "wu_{$job}", array( $this, "on_{$job}" ), 10, 2 );
		}
	}

	/**
	 * Adds the name, and its www by UM's setting.
	 *
	 * @param string $domain  The name.
	 * @param int    $site_id Its site.
	 */
	public function on_add_domain( string $domain, int $site_id ): void {
		$www = Domain_Manager::get_instance()->should_create_www_subdomain( $domain );
		$this->api()->add( $www ? array( $domain, "www.{$domain}" ) : array( $domain ) );
	}

	/**
	 * Takes the name away.
	 *
	 * @param string $domain  The name.
	 * @param int    $site_id Its site.
	 */
	public function on_remove_domain( string $domain, int $site_id ): void {
		$this->api()->remove( $domain );
	}

	/**
	 * Adds a site's name.
	 *
	 * @param string $subdomain The name.
	 * @param int    $site_id   The site.
	 */
	public function on_add_subdomain( string $subdomain, int $site_id ): void {
		$this->api()->add( array( $subdomain ) );
	}

	/**
	 * Does nothing, as in UM.
	 *
	 * @param string $subdomain The name.
	 * @param int    $site_id   The site.
	 */
	public function on_remove_subdomain( string $subdomain, int $site_id ): void {
	}

	/** The calls with the host's credentials. */
	private function api(): Server_Pilot_Api {
		return new Server_Pilot_Api( array( $this->get_integration(), 'get_credential' ) );
	}
}
