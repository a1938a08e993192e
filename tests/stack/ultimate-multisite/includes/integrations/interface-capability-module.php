<?php
/**
 * What the registry expects of a module.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations;

interface Capability_Module {

	/** Say, domain-mapping. */
	public function get_capability_id(): string;

	/** For people. */
	public function get_title(): string;

	/** Names of features. */
	public function get_supported_features(): array;

	/**
	 * Whether it has a feature.
	 *
	 * @param string $feature The feature's name.
	 */
	public function supports( string $feature ): bool;

	/** Called once, only where the integration is enabled and has its constants. */
	public function register_hooks(): void;

	/** Fields of the wizard. */
	public function get_fields(): array;

	/** What it will do and will not do, for people. */
	public function get_explainer_lines(): array;

	/**
	 * Given by the registry.
	 *
	 * @param Integration $integration The module's integration.
	 */
	public function set_integration( Integration $integration ): void;

	/** The module's integration. */
	public function get_integration(): Integration;

	/**
	 * Whether the other side answers.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection();
}
