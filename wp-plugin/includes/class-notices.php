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

	private Config $config;
	private Secret $secret;
	private Ultimate_Multisite $um;
	private Um_Listeners $listeners;
	private Contact $contact;
	private Registration $registration;
	private Reasons $reasons;

	/**
	 * Takes everything that can be wrong.
	 */
	public function __construct( Config $config, Secret $secret, Ultimate_Multisite $um, Um_Listeners $listeners, Contact $contact, Registration $registration, Reasons $reasons ) {
		$this->config       = $config;
		$this->secret       = $secret;
		$this->um           = $um;
		$this->listeners    = $listeners;
		$this->contact      = $contact;
		$this->registration = $registration;
		$this->reasons      = $reasons;
	}

	/**
	 * Listens to the network admin's own notices; sites and the front end never see any.
	 */
	public function register(): void {
		add_action( 'network_admin_notices', array( $this, 'show' ), 10, 0 );
	}

	/**
	 * Prints the notices that are due.
	 */
	public function show(): void {
		if ( ! current_user_can( 'manage_network_options' ) ) {
			return;
		}
		$screen = get_current_screen();
		foreach ( $this->due( null === $screen ? '' : $screen->id ) as list( $type, $text ) ) {
			printf(
				'<div class="notice notice-%s"><p><strong>%s</strong> %s</p></div>',
				esc_attr( $type ),
				esc_html__( 'Domain Bridge for ServerPilot:', 'domain-bridge-for-serverpilot' ),
				esc_html( $text )
			);
		}
	}

	/**
	 * Returns array( type, text ) for each notice that is due on a screen.
	 */
	public function due( string $screen ): array {
		if ( ! $this->um->present() ) {
			return array( array( 'error', __( 'Ultimate Multisite is not active. Install and activate it for the whole network.', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $this->um->finished() ) {
			return array( array( 'warning', __( 'The setup wizard of Ultimate Multisite is not finished. Finish it, then enable ServerPilot in its settings.', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $this->um->enabled() ) {
			// Somebody may have disabled it on purpose, so this is said only where plugins are looked after.
			return 'plugins-network' !== $screen ? array() : array( array( 'info', __( 'ServerPilot is not enabled. Enable it under Ultimate Multisite → Settings → Integrations (older versions: Domain Mapping).', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( ! $this->listeners->understood() ) {
			return array( array( 'error', trim( implode( ' ', $this->reasons->describe( 'ultimate-multisite-not-understood' ) ) ) ) );
		}
		$notices = array();
		$missing = $this->config->missing();
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
		$problem = $this->secret->problem();
		if ( '' !== $problem ) {
			$notices[] = array( 'error', trim( implode( ' ', $this->reasons->describe( $problem ) ) ) );
		} elseif ( false !== strpos( $screen, Admin::SCREEN ) ) {
			// The plugin's own screen says the rest itself, and keeps it up to date.
			return $notices;
		} elseif ( null !== $this->contact->away() ) {
			$notices[] = array( 'error', $this->away() );
		} elseif ( ! in_array( $this->registration->sidecar_version(), array( '', VERSION ), true ) ) {
			$notices[] = array(
				self::are_neighbours( VERSION, $this->registration->sidecar_version() ) ? 'info' : 'warning',
				sprintf(
					/* translators: 1: version of the plugin, 2: version of the sidecar. */
					__( 'The plugin has version %1$s, the sidecar %2$s. Update the older one.', 'domain-bridge-for-serverpilot' ),
					VERSION,
					$this->registration->sidecar_version()
				),
			);
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
	 * Returns since when the sidecar does not take what it is told, why, and what to do.
	 */
	private function away(): string {
		$mark = $this->contact->away();
		return sprintf(
			/* translators: 1: date and time, 2: what is wrong and what to do. */
			__( 'The sidecar could not be told of changes since %1$s. %2$s', 'domain-bridge-for-serverpilot' ),
			wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $mark['since'] ),
			$this->reasons->error_sentence( $this->contact->error() )
		);
	}
}
