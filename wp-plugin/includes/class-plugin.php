<?php
/**
 * The plugin's wiring.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Builds the parts and has each of them listen; nothing else knows them all.
 */
final class Plugin {

	public Ultimate_Multisite $um;
	public Mappings $mappings;
	public Config $config;
	public Secret $secret;
	public Reasons $reasons;
	public Mapping_Filters $filters;
	public Um_Listeners $listeners;
	public Registration $registration;
	public Sidecar $sidecar;
	public Collector $collector;
	public Outbox $outbox;
	public Contact $contact;
	public Dispatcher $dispatcher;
	public Connection_Test $connection_test;

	private static ?Plugin $instance = null;

	/**
	 * Returns the one plugin of this request.
	 */
	public static function instance(): self {
		if ( null === self::$instance ) {
			self::$instance = new self();
		}
		return self::$instance;
	}

	/**
	 * Builds the parts; none of them does anything yet.
	 */
	public function __construct() {
		$this->um              = new Ultimate_Multisite();
		$this->mappings        = new Mappings();
		$this->config          = new Config( $this->um );
		$this->secret          = new Secret();
		$this->reasons         = new Reasons();
		$this->filters         = new Mapping_Filters( $this->um, $this->mappings );
		$this->listeners       = new Um_Listeners( $this->um, $this->config );
		$client                = new Sidecar_Client( $this->config, $this->secret );
		$this->registration    = new Registration( $this->config, $this->secret, $this->um, $this->listeners, $this->filters, $client );
		$this->sidecar         = new Sidecar( $client, $this->registration );
		$this->collector       = new Collector();
		$this->outbox          = new Outbox();
		$this->contact         = new Contact();
		$this->dispatcher      = new Dispatcher( $this->um, $this->collector, $this->outbox, $this->contact, $this->registration, $this->sidecar );
		$this->connection_test = new Connection_Test( $this->sidecar, $this->reasons );
	}

	/**
	 * Has each part listen to its hooks; on a single site nothing does.
	 */
	public function register(): void {
		register_activation_hook( PLUGIN_FILE, array( Lifecycle::class, 'activate' ) );
		register_deactivation_hook( PLUGIN_FILE, array( Lifecycle::class, 'deactivate' ) );
		if ( ! is_multisite() ) {
			return;
		}
		add_action( 'init', array( $this, 'load_translations' ), 10, 0 );
		$this->collector->register();
		$this->contact->register();
		$this->dispatcher->register();
		$this->listeners->register();
		$this->filters->register();
		( new Takeover( $this->listeners, $this->connection_test ) )->register();
		$updates = new Mapping_Updates( $this->um, $this->mappings, $this->collector, $this->reasons );
		( new Notifications( $this->config, $this->secret, $this->um, $updates ) )->register();
		( new Site_Health( $this ) )->register();
		if ( defined( 'WP_CLI' ) && class_exists( '\WP_CLI' ) ) {
			require_once __DIR__ . '/cli/commands.php';
		}
		if ( is_admin() ) {
			( new Admin( $this ) )->register();
			( new Notices( $this->config, $this->secret, $this->um, $this->listeners, $this->contact, $this->registration, $this->reasons ) )->register();
		}
	}

	/**
	 * Loads the translations that come with the plugin.
	 */
	public function load_translations(): void {
		load_plugin_textdomain( 'domain-bridge-for-serverpilot', false, dirname( plugin_basename( PLUGIN_FILE ) ) . '/languages' );
	}
}
