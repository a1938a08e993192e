<?php
/**
 * The module that stands in UM's registry; loaded only where UM has one.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

use WP_Ultimo\Integrations\Base_Capability_Module;
use WP_Ultimo\Integrations\Capabilities\Domain_Mapping_Capability;

/**
 * Takes the place of UM's own ServerPilot module and only notes what happened.
 */
final class Domain_Mapping_Module extends Base_Capability_Module implements Domain_Mapping_Capability {

	private Collector $collector;
	private Connection_Test $test;

	/**
	 * Takes what the module hands over to.
	 */
	public function with( Collector $collector, Connection_Test $test ): self {
		$this->collector          = $collector;
		$this->test               = $test;
		$this->supported_features = array( 'autossl' );
		return $this;
	}

	/**
	 * Returns the capability under which UM's module is replaced.
	 */
	public function get_capability_id(): string {
		return 'domain-mapping';
	}

	/**
	 * Returns the title for UM's screens.
	 */
	public function get_title(): string {
		return __( 'Domain mapping through the Domain Bridge', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns what UM's wizard says about the integration.
	 */
	public function get_explainer_lines(): array {
		return array(
			'will'     => array(
				__( 'Tell the sidecar, which keeps the ServerPilot app in step with every domain mapped in this network', 'domain-bridge-for-serverpilot' ),
				__( 'Enable AutoSSL as soon as ServerPilot offers it, and see each certificate through', 'domain-bridge-for-serverpilot' ),
			),
			'will_not' => array(
				__( 'Remove domains that somebody added in the ServerPilot panel', 'domain-bridge-for-serverpilot' ),
			),
		);
	}

	/**
	 * Hangs nothing on hooks: the collector listens itself, also while the constants are missing.
	 */
	public function register_hooks(): void {}

	/**
	 * Notes a mapped name.
	 */
	public function on_add_domain( string $domain, int $site_id ): void {
		$this->collector->domain_added( $domain, $site_id );
	}

	/**
	 * Notes a name that is no longer mapped.
	 */
	public function on_remove_domain( string $domain, int $site_id ): void {
		$this->collector->domain_removed( $domain, $site_id );
	}

	/**
	 * Notes a new site.
	 */
	public function on_add_subdomain( string $subdomain, int $site_id ): void {
		$this->collector->subdomain_added( $subdomain, $site_id );
	}

	/**
	 * Notes a site that is gone.
	 */
	public function on_remove_subdomain( string $subdomain, int $site_id ): void {
		$this->collector->subdomain_removed( $subdomain, $site_id );
	}

	/**
	 * Tests the connection through the sidecar.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection() {
		return $this->test->run();
	}
}
