<?php
/**
 * Defaults for modules.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations;

/**
 * A module that has no hooks, no fields and no features.
 */
abstract class Base_Capability_Module implements Capability_Module {

	/**
	 * The module's integration.
	 *
	 * @var Integration
	 */
	protected Integration $integration;

	/**
	 * Names of features.
	 *
	 * @var string[]
	 */
	protected array $supported_features = array();

	/** Names of features. */
	public function get_supported_features(): array {
		return $this->supported_features;
	}

	/**
	 * Whether it has a feature.
	 *
	 * @param string $feature The feature's name.
	 */
	public function supports( string $feature ): bool {
		return in_array( $feature, $this->get_supported_features(), true );
	}

	/** Registers nothing. */
	public function register_hooks(): void {
	}

	/** No fields. */
	public function get_fields(): array {
		return array();
	}

	/** Nothing to explain. */
	public function get_explainer_lines(): array {
		return array_fill_keys( array( 'will', 'will_not' ), array() );
	}

	/**
	 * Given by the registry.
	 *
	 * @param Integration $integration The module's integration.
	 */
	public function set_integration( Integration $integration ): void {
		$this->integration = $integration;
	}

	/** The module's integration. */
	public function get_integration(): Integration {
		return $this->integration;
	}

	/**
	 * Always well.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection() {
		return true;
	}
}
