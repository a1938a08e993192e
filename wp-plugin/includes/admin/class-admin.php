<?php
/**
 * The plugin's place in the network admin.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Adds the menu entry, and loads everything else of the screen only where it is shown.
 */
final class Admin {

	/** UM's menu. */
	const UM_MENU = 'wp-ultimo';

	/** What the id of the screen has in it, whatever menu it is below. */
	const SCREEN = '_page_domain-bridge-network';

	private Plugin $plugin;
	private ?Screen $screen = null;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Tells whether the screen stands below UM's menu; else it is below Settings.
	 */
	public static function is_below_um(): bool {
		return function_exists( 'wu_get_setting' );
	}

	/**
	 * Adds the menu entry.
	 */
	public function add_menu(): void {
		$hook = add_submenu_page(
			self::is_below_um() ? self::UM_MENU : 'settings.php',
			__( 'Domain Bridge', 'domain-bridge-for-serverpilot' ),
			__( 'Domain Bridge', 'domain-bridge-for-serverpilot' ),
			Screen::CAPABILITY,
			Screen::SLUG,
			array( $this, 'show' )
		);
		if ( is_string( $hook ) ) {
			add_action( "load-{$hook}", array( $this, 'load' ), 10, 0 );
		}
	}

	/**
	 * Prepares the screen.
	 */
	public function load(): void {
		require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';
		add_screen_option( 'per_page', array( 'option' => Names_Table::PER_PAGE, 'default' => 50 ) );
		$this->screen = new Screen( $this->plugin );
		wp_enqueue_style( 'domain-bridge', plugins_url( 'assets/screen.css', PLUGIN_FILE ), array( 'dashicons' ), VERSION );
		wp_enqueue_script( 'domain-bridge', plugins_url( 'assets/screen.js', PLUGIN_FILE ), array( 'wp-api-fetch', 'wp-a11y' ), VERSION, true );
		$words = array(
			'copy'   => __( 'Copy', 'domain-bridge-for-serverpilot' ),
			'copied' => __( 'Copied.', 'domain-bridge-for-serverpilot' ),
			'failed' => __( 'WordPress did not answer. Try again.', 'domain-bridge-for-serverpilot' ),
		);
		wp_add_inline_script( 'domain-bridge', 'window.domainBridgeWords = ' . wp_json_encode( $words ) . ';', 'before' );
		get_current_screen()->add_help_tab(
			array(
				'id'      => 'domain-bridge',
				'title'   => __( 'How it works', 'domain-bridge-for-serverpilot' ),
				'content' => '<p>' . esc_html__( 'The plugin tells the sidecar when something changes in Ultimate Multisite. The sidecar compares the mappings with the ServerPilot app and changes the app.', 'domain-bridge-for-serverpilot' ) . ' '
					. esc_html__( 'It has AutoSSL enabled and checks each certificate until it is served. Domains that a person added in the ServerPilot panel are never removed.', 'domain-bridge-for-serverpilot' ) . '</p>',
			)
		);
	}

	/**
	 * Prints the screen.
	 */
	public function show(): void {
		if ( null !== $this->screen && current_user_can( Screen::CAPABILITY ) ) {
			$this->screen->show();
		}
	}

	/**
	 * Takes a form of the screen.
	 */
	public function handle(): void {
		( new Actions( $this->plugin ) )->handle();
	}

	/**
	 * Keeps how many domains a page of the table shows.
	 *
	 * @param mixed  $keep   False, unless another plugin decided.
	 * @param string $option The option.
	 * @param mixed  $value  What was entered.
	 */
	public function per_page( $keep, $option, $value ): int {
		return max( 1, min( Snapshot::PAGE, (int) $value ) );
	}

	/**
	 * Adds a link to the screen to the plugin's row in the list of plugins.
	 *
	 * @param mixed $links The links so far.
	 */
	public function add_link( $links ): array {
		$link = sprintf( '<a href="%s">%s</a>', esc_url( Screen::url() ), esc_html__( 'Open', 'domain-bridge-for-serverpilot' ) );
		return array_merge( array( 'domain-bridge' => $link ), is_array( $links ) ? $links : array() );
	}
}
