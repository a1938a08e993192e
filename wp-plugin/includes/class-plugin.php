<?php
/**
 * The plugin's wiring.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Hangs the plugin on WordPress's and UM's hooks. A part is loaded when something first happens to it: an ordinary page
 * of a site loads this class and the one that takes UM's own code off, nothing else.
 */
final class Plugin {

	/** The job of Action Scheduler that tries again, and the recurring event of WP-Cron where there is none. */
	const RETRY    = 'domain_bridge_retry';
	const LOOK     = 'domain_bridge_look';
	/** The recurring event of WP-Cron in which people are told. */
	const TELL     = 'domain_bridge_tell';
	const SCHEDULE = 'domain_bridge_five_minutes';

	/** Hooks that tell of changed names: the collector's method, and how many arguments it takes. */
	const EVENTS = array(
		'wu_transition_domain_domain' => array( 'name_changed', 2 ),
		'wu_domain_post_save'         => array( 'mapping_saved', 2 ),
		'wu_domain_post_delete'       => array( 'mapping_deleted', 2 ),
		'wu_add_domain'               => array( 'domain_added', 2 ),
		'wu_remove_domain'            => array( 'domain_removed', 2 ),
		'wu_add_subdomain'            => array( 'subdomain_added', 2 ),
		'wu_remove_subdomain'         => array( 'subdomain_removed', 2 ),
		'wp_insert_site'              => array( 'site_inserted', 1 ),
		'wp_update_site'              => array( 'site_updated', 2 ),
		'wp_delete_site'              => array( 'site_deleted', 1 ),
	);

	private static ?Plugin $instance = null;

	/** The parts that were needed so far, by name. */
	private array $parts = array();

	/**
	 * Returns the one plugin of this request.
	 */
	public static function instance(): self {
		self::$instance = self::$instance ?? new self();
		return self::$instance;
	}

	/**
	 * Listens; on a single site and on a second network of the same WordPress to next to nothing.
	 */
	public function register(): void {
		register_activation_hook( PLUGIN_FILE, array( self::class, 'activate' ) );
		register_deactivation_hook( PLUGIN_FILE, array( self::class, 'deactivate' ) );
		if ( ! is_multisite() ) {
			return;
		}
		add_action( 'init', array( $this, 'load_translations' ), 10, 0 );
		if ( ! self::is_main_network() ) {
			add_action( 'network_admin_notices', $this->later( 'notices', 'say_second_network' ), 10, 0 );
			return;
		}
		$this->um()->register();
		// In every kind of request: UM marks a job that has no listener as failed, also in cron and WP-CLI.
		foreach ( self::EVENTS as $hook => list( $method, $arguments ) ) {
			add_action( $hook, $this->later( 'collector', $method ), 10, $arguments );
		}
		foreach ( array( 'add_site_option', 'update_site_option', 'delete_site_option' ) as $hook ) {
			add_action( $hook, array( $this, 'option_changed' ), 10, 1 );
		}
		add_action( self::RETRY, $this->later( 'dispatcher', 'ask' ), 10, 0 );
		add_action( self::LOOK, $this->later( 'dispatcher', 'try_again' ), 10, 0 );
		add_action( self::TELL, $this->later( 'telling', 'run' ), 10, 0 );
		add_action( 'shutdown', array( $this, 'end' ), 1000, 0 );
		// phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- Five minutes, and the event reads one option.
		add_filter( 'cron_schedules', array( $this, 'add_schedule' ) );
		add_filter( 'wu_async_process_domain_stage_max_tries', $this->later( 'filters', 'raise_tries' ), 10, 2 );
		// UM asks its filter last, after public services that may hang: both have to answer.
		foreach ( array( 'pre_site_transient_wu_public_network_ip', 'wu_get_network_public_ip' ) as $hook ) {
			add_filter( $hook, $this->later( 'network_address', 'answer' ) );
		}
		add_action( 'rest_api_init', $this->later( 'routes', 'add' ), 10, 0 );
		add_filter( 'rest_authentication_errors', $this->later( 'routes', 'let_in' ), PHP_INT_MAX );
		add_filter( 'rest_pre_dispatch', $this->later( 'routes', 'let_through' ), PHP_INT_MAX, 3 );
		$this->register_customer();
		$this->register_admin();
	}

	/**
	 * Listens where UM shows customers their domains; in a UM that has no such place nothing is shown.
	 */
	private function register_customer(): void {
		add_action( 'wu_ajax_wu_form_handler', $this->later( 'forms', 'refuse_others' ), 1, 0 );
		add_action( 'wu_ajax_wu_form_handler', $this->later( 'new_domain', 'receive' ), 1, 0 );
		add_filter( 'wu_get_domain_mapping_instructions', $this->later( 'new_domain', 'add_records' ), 20, 3 );
		add_filter( 'wu_domain_mapping_row_info', $this->later( 'domain_row', 'add_entry' ), 20, 2 );
		add_filter( 'wu_domain_mapping_row_actions', $this->later( 'domain_row', 'add_action' ), 20, 2 );
		add_action( 'wu_domain-mapping_scripts', $this->later( 'domain_row', 'enqueue' ), 10, 0 );
		add_action( 'wp_ajax_domain_bridge_check', $this->later( 'domain_row', 'check' ), 10, 0 );
		add_action( 'wp_ajax_domain_bridge_status', $this->later( 'domain_row', 'status' ), 10, 0 );
		if ( is_admin() || wp_doing_cron() || 'cli' === PHP_SAPI ) {
			// UM asks for them on every page; they are chosen in its admin area, and fired by WP-Cron.
			add_action( 'wu_register_all_events', array( Um_Event_Types::class, 'register_types' ), 10, 0 );
			add_action( 'wu_system_emails_after_register', array( Um_Event_Types::class, 'register_emails' ), 10, 0 );
		}
	}

	/**
	 * Listens to what only administrators see or ask for.
	 */
	private function register_admin(): void {
		add_filter( 'site_status_tests', $this->later( 'site_health', 'add_tests' ) );
		add_filter( 'debug_information', $this->later( 'site_health', 'add_information' ) );
		add_action( 'wp_ajax_wu_test_hosting_integration', $this->later( 'connection_test', 'answer_um' ), 1, 0 );
		add_action( 'admin_init', $this->later( 'dispatcher', 'look' ), 10, 0 );
		add_action( 'network_admin_notices', $this->later( 'notices', 'show' ), 10, 0 );
		add_filter( 'wu_domain_list_column_domain', $this->later( 'um_screens', 'add_to_column' ), 10, 2 );
		add_action( 'wu_page_wp-ultimo-edit-domain_register_widgets', $this->later( 'um_screens', 'add_box' ), 10, 0 );
		add_filter( 'wu_hosting_integration_wizard_sections', $this->later( 'um_screens', 'add_step' ), 10, 3 );
		// After UM, whose menu has to be there first.
		add_action( 'network_admin_menu', $this->later( 'admin', 'add_menu' ), 99, 0 );
		add_action( 'network_admin_edit_domain_bridge', $this->later( 'admin', 'handle' ), 10, 0 );
		add_filter( 'set_screen_option_domain_bridge_names_per_page', $this->later( 'admin', 'per_page' ), 10, 3 );
		add_filter( 'network_admin_plugin_action_links_' . plugin_basename( PLUGIN_FILE ), $this->later( 'admin', 'add_link' ) );
		if ( defined( 'WP_CLI' ) && class_exists( '\WP_CLI' ) ) {
			\WP_CLI::add_command( 'domain-bridge', new Commands( $this ) );
		}
	}

	/**
	 * Prepares the network: refuses a single site and a second network, makes a secret where there is none to be read.
	 */
	public static function activate(): void {
		$refusal = '';
		if ( ! is_multisite() ) {
			$refusal = __( 'Domain Bridge for ServerPilot works on a WordPress network (multisite) with Ultimate Multisite. This is a single site, so the plugin was not activated.', 'domain-bridge-for-serverpilot' );
		} elseif ( ! self::is_main_network() ) {
			$refusal = self::instance()->notices()->second_network();
		}
		if ( '' !== $refusal ) {
			wp_die( esc_html( $refusal ), esc_html__( 'Plugin not activated', 'domain-bridge-for-serverpilot' ), array( 'back_link' => true ) );
		}
		$plugin = self::instance();
		if ( in_array( $plugin->secret()->problem(), array( 'secret-missing', 'secret-unreadable' ), true ) ) {
			$plugin->secret()->create();
		}
		$plugin->dispatcher()->ensure_event();
		$plugin->dispatcher()->ask();
	}

	/**
	 * Has the sidecar stop, for UM's own ServerPilot code works again; what was not sent yet stays for the next activation.
	 */
	public static function deactivate(): void {
		if ( is_multisite() && self::is_main_network() ) {
			self::instance()->dispatcher()->stop();
			self::instance()->registration()->stop( Dispatcher::BUDGET );
		}
	}

	/**
	 * Loads the translations that come with the plugin.
	 */
	public function load_translations(): void {
		load_plugin_textdomain( 'domain-bridge-for-serverpilot', false, dirname( plugin_basename( PLUGIN_FILE ) ) . '/languages' );
	}

	/**
	 * Adds the recurring event's schedule.
	 *
	 * @param mixed $schedules The schedules so far.
	 * @return mixed
	 */
	public function add_schedule( $schedules ) {
		return ! is_array( $schedules ) ? $schedules : $schedules + array(
			self::SCHEDULE => array(
				'interval' => 5 * MINUTE_IN_SECONDS,
				'display'  => 'Domain Bridge for ServerPilot',
			),
		);
	}

	/**
	 * Tells the dispatcher of network options that the sidecar was told, or that switch the bridge on and off.
	 *
	 * @param mixed $option The option's name.
	 */
	public function option_changed( $option ): void {
		$ours = array( Ultimate_Multisite::ENABLED_OPTION, Ultimate_Multisite::SETTINGS_OPTION );
		if ( in_array( $option, $ours, true ) || 0 === strpos( (string) $option, 'wu_hosting_credential_WU_SERVER_PILOT_' ) ) {
			$this->dispatcher()->ask( false );
		}
	}

	/**
	 * Ends the request; one in which nothing happened loads nothing for it.
	 */
	public function end(): void {
		if ( isset( $this->parts['collector'] ) || isset( $this->parts['dispatcher'] ) ) {
			$this->dispatcher()->flush();
		}
	}

	/**
	 * Tells whether this is the network that the bridge serves; UM has its tables once for all networks of a WordPress.
	 */
	public static function is_main_network(): bool {
		return get_current_network_id() === get_main_network_id();
	}

	/**
	 * Returns a listener that loads a part when its hook fires.
	 *
	 * @param string $part   The name of one of the methods below.
	 * @param string $method A method of the part.
	 */
	private function later( string $part, string $method ): \Closure {
		return function ( ...$arguments ) use ( $part, $method ) {
			return $this->$part()->$method( ...$arguments );
		};
	}

	/** Returns what is asked of UM. */
	public function um(): Ultimate_Multisite {
		return $this->parts['um'] ??= new Ultimate_Multisite();
	}

	/** Returns what the network admin set. */
	public function config(): Config {
		return $this->parts['config'] ??= new Config( $this->um() );
	}

	/** Returns the secret shared with the sidecar. */
	public function secret(): Secret {
		return $this->parts['secret'] ??= new Secret();
	}

	/** Returns the words for reasons. */
	public function reasons(): Reasons {
		return $this->parts['reasons'] ??= new Reasons();
	}

	/** Returns UM's mappings. */
	public function mappings(): Mappings {
		return $this->parts['mappings'] ??= new Mappings();
	}

	/** Returns what the network's own code decides. */
	public function filters(): Mapping_Filters {
		return $this->parts['filters'] ??= new Mapping_Filters( $this->um(), $this->mappings() );
	}

	/** Returns the sidecar. */
	public function sidecar(): Sidecar {
		return $this->parts['sidecar'] ??= new Sidecar(
			$this->config(),
			$this->secret(),
			function (): Registration {
				return $this->registration();
			}
		);
	}

	/** Returns what the sidecar is told about the network. */
	public function registration(): Registration {
		return $this->parts['registration'] ??= new Registration( $this->config(), $this->secret(), $this->um(), $this->filters(), $this->sidecar() );
	}

	/** Returns what changed in this request. */
	public function collector(): Collector {
		return $this->parts['collector'] ??= new Collector();
	}

	/** Returns what tells the sidecar. */
	public function dispatcher(): Dispatcher {
		return $this->parts['dispatcher'] ??= new Dispatcher( $this->um(), $this->collector(), new Outbox(), $this->registration(), $this->sidecar() );
	}

	/** Returns the routes for the sidecar. */
	public function routes(): Routes {
		return $this->parts['routes'] ??= new Routes( $this );
	}

	/** Returns what the sidecar's notifications are for. */
	public function notifications(): Notifications {
		return $this->parts['notifications'] ??= new Notifications( $this->um(), $this->mappings(), $this->collector(), $this->reasons() );
	}

	/** Returns what answers UM's question for the network's public address. */
	public function network_address(): Network_Address {
		return $this->parts['network_address'] ??= new Network_Address( $this->um() );
	}

	/** Returns the recurring job that tells people. */
	public function telling(): Telling {
		return $this->parts['telling'] ??= new Telling( $this );
	}

	/** Returns what stands before UM's forms for customers. */
	public function forms(): Forms {
		return $this->parts['forms'] ??= new Forms();
	}

	/** Returns what stands before UM's dialog for a new domain. */
	public function new_domain(): New_Domain {
		return $this->parts['new_domain'] ??= new New_Domain( $this );
	}

	/** Returns what is added to the rows of a customer's list of domains. */
	public function domain_row(): Domain_Row {
		return $this->parts['domain_row'] ??= new Domain_Row( $this );
	}

	/** Returns the connection test. */
	public function connection_test(): Connection_Test {
		return $this->parts['connection_test'] ??= new Connection_Test( $this->um(), $this->sidecar(), $this->reasons() );
	}

	/** Returns the tests of Site Health. */
	public function site_health(): Site_Health {
		return $this->parts['site_health'] ??= new Site_Health( $this );
	}

	/** Returns what is added to UM's own screens. */
	public function um_screens(): Um_Screens {
		return $this->parts['um_screens'] ??= new Um_Screens( $this );
	}

	/** Returns the notices of the network admin. */
	public function notices(): Notices {
		return $this->parts['notices'] ??= new Notices( $this );
	}

	/** Returns the menu and the screen. */
	public function admin(): Admin {
		return $this->parts['admin'] ??= new Admin( $this );
	}
}
