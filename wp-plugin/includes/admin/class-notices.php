<?php
/**
 * Notices in the network admin.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Says what is missing or wrong, and what to do; each notice goes away by itself with its cause.
 */
final class Notices {

	private Plugin $plugin;

	/**
	 * Takes everything that can be wrong.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Prints the notices that are due; sites and the front end never see any.
	 */
	public function show(): void {
		if ( ! current_user_can( 'manage_network_options' ) ) {
			return;
		}
		$screen = get_current_screen();
		foreach ( $this->due( null === $screen ? '' : $screen->id ) as $notice ) {
			$this->say( ...$notice );
		}
	}

	/**
	 * Prints on a second network why nothing is done for it.
	 */
	public function say_second_network(): void {
		if ( current_user_can( 'manage_network_options' ) ) {
			$this->say( 'error', $this->second_network() );
		}
	}

	/**
	 * Returns why a second network is not served.
	 */
	public function second_network(): string {
		return __( 'Domain Bridge for ServerPilot serves the main network of a WordPress only, because Ultimate Multisite keeps its domain mappings once for all networks. Deactivate it on this network.', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns array( type, text, tab of the screen that a link leads to ) for each notice that is due on a screen; a notice
	 * without a tab has no link.
	 *
	 * @param string $screen The screen's id.
	 */
	public function due( string $screen ): array {
		$um = $this->plugin->um();
		if ( ! $um->present() ) {
			return array( array( 'error', __( 'Ultimate Multisite is not active. Install and activate it for the whole network.', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $um->finished() ) {
			return array( array( 'warning', __( 'The setup wizard of Ultimate Multisite is not finished. Finish it, then enable ServerPilot in its settings.', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $um->enabled() ) {
			// Somebody may have disabled it on purpose, so this is said only where plugins are looked after.
			return 'plugins-network' !== $screen ? array() : array( array( 'info', __( 'ServerPilot is not enabled. Enable it under Ultimate Multisite → Settings → Integrations (older versions: Domain Mapping).', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $um->understood() ) {
			return array( array( 'error', $this->words( 'ultimate-multisite-not-understood' ) ) );
		}
		$notices = array_merge( $this->configuration(), $this->secrets() );
		if ( false === strpos( $screen, Admin::SCREEN ) && array() === array_intersect( array( 'error' ), array_column( $notices, 0 ) ) ) {
			// The plugin's own screen says the rest itself, and keeps it up to date.
			$notices = array_merge( $notices, $this->connection() );
		}
		return $notices;
	}

	/**
	 * Tells whether two versions work together: plugin and sidecar are updated apart, so the next and the last release do.
	 *
	 * @param string $one   A version.
	 * @param string $other Another version.
	 */
	public static function are_neighbours( string $one, string $other ): bool {
		$parts = static function ( string $version ): array {
			return array_map( 'intval', array_pad( explode( '.', $version ), 2, '0' ) );
		};
		return $parts( $one )[0] === $parts( $other )[0] && abs( $parts( $one )[1] - $parts( $other )[1] ) <= 1;
	}

	/**
	 * Returns what is missing in wp-config.php.
	 */
	private function configuration(): array {
		$notices = array();
		$missing = $this->plugin->config()->missing();
		if ( array() !== $missing ) {
			$notices[] = array(
				'error',
				sprintf(
					/* translators: %s: names of constants, separated by commas. */
					_n( 'Define this constant in wp-config.php: %s.', 'Define these constants in wp-config.php: %s.', count( $missing ), 'domain-bridge-for-serverpilot' ),
					implode( ', ', $missing )
				),
			);
		}
		$problem = $this->plugin->config()->address_problem();
		if ( '' !== $problem ) {
			$notices[] = array( 'error', $this->words( $problem, array( 'url' => $this->plugin->config()->sidecar_url() ) ) );
		}
		return $notices;
	}

	/**
	 * Returns what is wrong with the shared secret.
	 */
	private function secrets(): array {
		$problem = $this->plugin->secret()->problem();
		if ( '' !== $problem ) {
			return array( array( 'error', $this->words( $problem ) ) );
		}
		return $this->plugin->secret()->lies_beside_its_key() ? array( array( 'warning', $this->words( 'salts-missing' ) ) ) : array();
	}

	/**
	 * Returns how it stands with the sidecar.
	 */
	private function connection(): array {
		$registration = $this->plugin->registration();
		$mark         = $this->plugin->dispatcher()->away();
		if ( ! $registration->was_accepted() && ( null === $mark || in_array( $mark['code'], Sidecar::AWAY, true ) ) ) {
			return array( array( 'info', __( 'Next step: connect the sidecar, the program that talks to ServerPilot.', 'domain-bridge-for-serverpilot' ), 'connect' ) );
		}
		$notices = array();
		if ( null !== $mark ) {
			$notices[] = array( 'error', $this->away( $mark['since'], $this->plugin->dispatcher()->error(), $this->plugin->reasons() ), '' );
		}
		$critical = array_column( Tables::critical( 4 ) ?? array(), 'name' );
		if ( array() !== $critical ) {
			$names = implode( ', ', array_slice( $critical, 0, 3 ) ) . ( count( $critical ) > 3 ? ', …' : '' );
			/* translators: %s: domains that visitors do not reach safely any more, separated by commas. */
			$notices[] = array( 'error', sprintf( __( 'Live, but not well: %s', 'domain-bridge-for-serverpilot' ), $names ), '' );
		}
		foreach ( $registration->waits() as $waiting ) {
			$notices[] = array( 'warning', $this->plugin->reasons()->sentence( $waiting ), '' );
		}
		$version = $registration->sidecar_version();
		if ( null === $mark && ! in_array( $version, array( '', VERSION ), true ) ) {
			$notices[] = array(
				self::are_neighbours( VERSION, $version ) ? 'info' : 'warning',
				/* translators: 1: version of the plugin, 2: version of the sidecar. */
				sprintf( __( 'The plugin has version %1$s, the sidecar %2$s. Update the older one.', 'domain-bridge-for-serverpilot' ), VERSION, $version ),
			);
		}
		return $notices;
	}

	/**
	 * Returns since when the sidecar does not take what it is told, why, and what to do.
	 *
	 * @param int       $since   Since when, in unix seconds.
	 * @param \WP_Error $error   Why.
	 * @param Reasons   $reasons The words, in the language of whoever reads it.
	 */
	public function away( int $since, \WP_Error $error, Reasons $reasons ): string {
		return sprintf(
			/* translators: 1: date and time, 2: what is wrong and what to do. */
			__( 'The sidecar could not be told of changes since %1$s. %2$s', 'domain-bridge-for-serverpilot' ),
			wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $since ),
			$reasons->error_sentence( $error )
		);
	}

	/**
	 * Returns message and remedy of a reason as one text.
	 *
	 * @param string $code   The reason.
	 * @param array  $params What its words are filled with.
	 */
	private function words( string $code, array $params = array() ): string {
		return trim( implode( ' ', $this->plugin->reasons()->describe( $code, $params ) ) );
	}

	/**
	 * Prints a notice.
	 *
	 * @param string      $type One of info, warning and error.
	 * @param string      $text The text.
	 * @param string|null $tab  The tab of the screen that a link leads to.
	 */
	private function say( string $type, string $text, ?string $tab = null ): void {
		$link = null === $tab ? '' : sprintf( ' <a href="%s">%s</a>', esc_url( Screen::url( $tab ) ), esc_html__( 'Open the Domain Bridge', 'domain-bridge-for-serverpilot' ) );
		wp_admin_notice(
			'<strong>' . esc_html__( 'Domain Bridge for ServerPilot:', 'domain-bridge-for-serverpilot' ) . '</strong> ' . esc_html( $text ) . $link,
			array( 'type' => $type )
		);
	}
}
