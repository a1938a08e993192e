<?php
/**
 * The hosts and their modules.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations;

use WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Domain_Mapping;
use WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Integration;

/**
 * Lets others register hosts at plugins_loaded 9 and modules at 12, then starts the modules that are enabled and set up.
 */
class Integration_Registry {

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static ?Integration_Registry $instance = null;

	/**
	 * The hosts by id.
	 *
	 * @var array<string, Integration>
	 */
	private array $integrations = array();

	/**
	 * The modules by host and by what they are for; a second one for the same takes the first one's place.
	 *
	 * @var array<string, array<string, Capability_Module>>
	 */
	private array $modules = array();

	/**
	 * Gives the one instance.
	 */
	public static function get_instance(): Integration_Registry {
		if ( null === self::$instance ) {
			self::$instance = new self();
		}
		return self::$instance;
	}

	/**
	 * Waits for the plugins.
	 */
	public function init(): void {
		add_action( 'plugins_loaded', array( $this, 'collect_integrations' ), 9 );
		add_action( 'plugins_loaded', array( $this, 'collect_capabilities' ), 12 );
	}

	/**
	 * UM's own hosts first, then everybody's.
	 */
	public function collect_integrations(): void {
		$this->register( new ServerPilot_Integration() );
		/** The place for hosts. */
		do_action( 'wu_register_integrations', $this );
	}

	/**
	 * UM's own modules first, then everybody's; then the chosen ones are started.
	 */
	public function collect_capabilities(): void {
		$this->add_capability( 'serverpilot', new ServerPilot_Domain_Mapping() );
		/** The place for modules. */
		do_action( 'wu_register_capabilities', $this );
		foreach ( array_intersect_key( $this->modules, $this->integrations ) as $id => $modules ) {
			$integration = $this->integrations[ $id ];
			foreach ( $modules as $module ) {
				$module->set_integration( $integration );
				if ( $integration->is_enabled() && $integration->is_setup() ) {
					$module->register_hooks();
				}
			}
		}
	}

	/**
	 * Adds a host, or takes another's place.
	 *
	 * @param Integration $integration The host.
	 */
	public function register( Integration $integration ): void {
		$this->integrations[ $integration->get_id() ] = $integration;
	}

	/**
	 * A host by its id.
	 *
	 * @param string $id Say, serverpilot.
	 */
	public function get( string $id ): ?Integration {
		return $this->integrations[ $id ] ?? null;
	}

	/**
	 * All hosts.
	 */
	public function get_all(): array {
		return $this->integrations;
	}

	/**
	 * Adds a module to a host, or takes another's place.
	 *
	 * @param string            $integration_id Say, serverpilot.
	 * @param Capability_Module $module         The module.
	 */
	public function add_capability( string $integration_id, Capability_Module $module ): void {
		$this->modules[ $integration_id ][ $module->get_capability_id() ] = $module;
	}

	/**
	 * All modules of a host.
	 *
	 * @param string $integration_id Say, serverpilot.
	 */
	public function get_capabilities( string $integration_id ): array {
		return $this->modules[ $integration_id ] ?? array();
	}

	/**
	 * Whether a host has a module for something.
	 *
	 * @param string $integration_id Say, serverpilot.
	 * @param string $capability_id  Say, domain-mapping.
	 */
	public function has_capability( string $integration_id, string $capability_id ): bool {
		return null !== $this->get_capability( $integration_id, $capability_id );
	}

	/**
	 * A host's module for something.
	 *
	 * @param string $integration_id Say, serverpilot.
	 * @param string $capability_id  Say, domain-mapping.
	 */
	public function get_capability( string $integration_id, string $capability_id ): ?Capability_Module {
		return $this->modules[ $integration_id ][ $capability_id ] ?? null;
	}
}
