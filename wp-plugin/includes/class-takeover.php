<?php
/**
 * Taking the place of UM's own ServerPilot code.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Puts our module where UM's stands, in UM with the integration registry and in UM before it.
 */
final class Takeover {

	/** UM's class before the registry, which listens by itself. */
	const LEGACY = '\WP_Ultimo\Integrations\Host_Providers\ServerPilot_Host_Provider';

	/** UM's hooks and the methods that both of its generations hang on them. */
	const LISTENERS = array(
		'wu_add_domain'       => 'on_add_domain',
		'wu_remove_domain'    => 'on_remove_domain',
		'wu_add_subdomain'    => 'on_add_subdomain',
		'wu_remove_subdomain' => 'on_remove_subdomain',
	);

	private Collector $collector;
	private Connection_Test $test;

	/**
	 * Takes what our module and integration hand over to.
	 */
	public function __construct( Collector $collector, Connection_Test $test ) {
		$this->collector = $collector;
		$this->test      = $test;
	}

	/**
	 * Listens to the registry's two hooks and, for older UM, to the end of its loading.
	 */
	public function register(): void {
		add_action( 'wu_register_integrations', array( $this, 'replace_integration' ), 20 );
		add_action( 'wu_register_capabilities', array( $this, 'replace_module' ), 20 );
		add_action( 'plugins_loaded', array( $this, 'silence_legacy' ), PHP_INT_MAX, 0 );
		add_action( 'init', array( $this, 'silence_legacy' ), 0, 0 );
		add_action( 'wp_ajax_wu_test_hosting_integration', array( $this, 'answer_legacy_test' ), 1, 0 );
	}

	/**
	 * Replaces UM's integration by a subclass of it, for the sake of the connection test.
	 *
	 * @param mixed $registry UM's registry.
	 */
	public function replace_integration( $registry ): void {
		if ( class_exists( '\WP_Ultimo\Integrations\Providers\ServerPilot\ServerPilot_Integration' ) && is_callable( array( $registry, 'register' ) ) ) {
			require_once __DIR__ . '/class-serverpilot-integration.php';
			$registry->register( ( new ServerPilot_Integration() )->with( $this->test ) );
		}
	}

	/**
	 * Replaces UM's domain mapping module by ours.
	 *
	 * @param mixed $registry UM's registry.
	 */
	public function replace_module( $registry ): void {
		$there = interface_exists( '\WP_Ultimo\Integrations\Capabilities\Domain_Mapping_Capability' )
			&& class_exists( '\WP_Ultimo\Integrations\Base_Capability_Module' );
		if ( $there && is_callable( array( $registry, 'add_capability' ) ) ) {
			require_once __DIR__ . '/class-domain-mapping-module.php';
			$registry->add_capability( Ultimate_Multisite::INTEGRATION, ( new Domain_Mapping_Module() )->with( $this->collector, $this->test ) );
		}
	}

	/**
	 * Takes the listeners of UM before the registry off; else both would write the app's list.
	 */
	public function silence_legacy(): void {
		if ( ! $this->is_legacy() ) {
			return;
		}
		$provider = self::LEGACY;
		$provider = $provider::get_instance();
		foreach ( self::LISTENERS as $hook => $method ) {
			remove_action( $hook, array( $provider, $method ), 10 );
		}
	}

	/**
	 * Answers the connection test in the place of UM before the registry, which cannot be given a subclass.
	 */
	public function answer_legacy_test(): void {
		// phpcs:ignore -- UM's own action has no nonce, and the answer changes nothing.
		$asked = isset( $_REQUEST['integration'] ) && is_string( $_REQUEST['integration'] ) ? wp_unslash( $_REQUEST['integration'] ) : '';
		if ( Ultimate_Multisite::INTEGRATION !== $asked || ! $this->is_legacy() ) {
			return;
		}
		$result = $this->test->run();
		if ( is_wp_error( $result ) ) {
			wp_send_json_error( array( 'message' => $result->get_error_message() ) );
		}
		wp_send_json_success( array( 'message' => __( 'The sidecar, the database and ServerPilot all answer.', 'domain-bridge-for-serverpilot' ) ) );
	}

	/**
	 * Tells whether UM is from before the registry.
	 */
	private function is_legacy(): bool {
		return class_exists( self::LEGACY ) && is_callable( array( self::LEGACY, 'get_instance' ) );
	}
}
