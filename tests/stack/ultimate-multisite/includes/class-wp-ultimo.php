<?php
/**
 * The double's start.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

/**
 * Sets everything up while plugins are being loaded, unless the setup wizard was never finished.
 */
final class WP_Ultimo {

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static $instance = null;

	/**
	 * Whether everything was set up.
	 *
	 * @var bool
	 */
	private $loaded = false;

	/**
	 * Gives the one instance.
	 */
	public static function get_instance(): self {
		if ( null === self::$instance ) {
			self::$instance = new self();
		}
		return self::$instance;
	}

	/**
	 * Which UM is played: legacy is one from before the registry.
	 */
	public static function mode(): string {
		return defined( 'UM_DOUBLE_MODE' ) ? (string) constant( 'UM_DOUBLE_MODE' ) : 'registry';
	}

	/**
	 * Starts the managers, once the network option says that the setup wizard was finished.
	 */
	public function init(): void {
		global $wpdb;
		$wpdb->wu_dmtable = $wpdb->base_prefix . 'wu_domain_mappings';
		if ( ! get_network_option( null, 'wu_setup_finished', false ) ) {
			return;
		}
		$this->loaded = true;
		Um_Double\Domain_Table::install();
		Um_Double\Job_Queue::install();
		if ( 'legacy' !== self::mode() ) {
			WP_Ultimo\Integrations\Integration_Registry::get_instance()->init();
		}
		WP_Ultimo\Managers\Domain_Manager::get_instance()->init();
		WP_Ultimo\Managers\Event_Manager::get_instance()->init();
		( new Um_Double\Admin_Pages() )->init();
		( new Um_Double\Customer_Forms() )->init();
		( new Um_Double\Customer_Page() )->init();
		add_action( 'um_double_run_queue', array( 'Um_Double\\Job_Queue', 'run' ) );
		/** Says that UM is up. */
		do_action( 'wp_ultimo_load' );
	}

	/**
	 * Whether UM is up: false until its wizard is finished.
	 */
	public function is_loaded(): bool {
		return $this->loaded;
	}
}
