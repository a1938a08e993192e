<?php
/**
 * UM's own screens for the network admin.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Shows in UM's list of domains and on a domain's page how the bridge stands with it, and leads from UM's wizard for ServerPilot
 * on to the sidecar. Everything comes from the sidecar's own table: no screen of UM waits for the sidecar.
 *
 * Source: UM 2.4.13, `Domain_List_Table::column_domain()`, `Base_Admin_Page::fire_register_widgets_hook()`,
 * `Hosting_Integration_Wizard_Admin_Page::get_sections()`.
 */
final class Um_Screens {

	private Plugin $plugin;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Adds state, reason and "Try again" to the column of a domain, which UM prints as it is.
	 *
	 * @param mixed $html   UM's HTML.
	 * @param mixed $domain UM's model of the mapping.
	 * @return mixed
	 */
	public function add_to_column( $html, $domain = null ) {
		if ( ! is_string( $html ) || ! is_object( $domain ) || ! $this->is_shown() ) {
			return $html;
		}
		$entry = $this->entry( $domain );
		return null === $entry ? $html : $html . '<div class="domain-bridge-um">' . $this->summary_html( $entry ) . '</div>';
	}

	/**
	 * Adds a box to the page of a domain.
	 */
	public function add_box(): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Only what is shown depends on it.
		$id     = isset( $_GET['id'] ) && is_scalar( $_GET['id'] ) ? (int) $_GET['id'] : 0;
		$domain = $this->is_shown() ? Ultimate_Multisite::ask( 'wu_get_domain', array( $id ) ) : null;
		$entry  = is_object( $domain ) ? $this->entry( $domain ) : null;
		$screen = get_current_screen();
		if ( null === $entry || null === $screen ) {
			return;
		}
		add_meta_box(
			'domain-bridge',
			__( 'Domain Bridge', 'domain-bridge-for-serverpilot' ),
			function () use ( $entry ): void {
				// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
				echo '<div class="domain-bridge-um">' . $this->summary_html( $entry ) . $this->records_html( $entry ) . $this->history_html( $entry ) . '</div>';
			},
			$screen->id,
			'normal'
		);
	}

	/**
	 * Adds a step to UM's wizard for ServerPilot, before its last.
	 *
	 * @param mixed $sections    UM's steps.
	 * @param mixed $integration What the wizard sets up.
	 * @param mixed $page        UM's page.
	 * @return mixed
	 */
	public function add_step( $sections, $integration = null, $page = null ) {
		if ( ! is_array( $sections ) || Ultimate_Multisite::INTEGRATION !== Ultimate_Multisite::ask( array( $integration, 'get_id' ) ) ) {
			return $sections;
		}
		$step = array(
			'domain-bridge' => array(
				'title' => __( 'Connect the sidecar', 'domain-bridge-for-serverpilot' ),
				'view'  => function () use ( $page ): void {
					$this->show_step( $page );
				},
			),
		);
		$last = array_slice( $sections, -1, 1, true );
		return array_slice( $sections, 0, -1, true ) + $step + $last;
	}

	/**
	 * Prints the step. The wizard is one form, so what needs forms of its own stays on the screen that is led to.
	 *
	 * @param mixed $page UM's page.
	 */
	private function show_step( $page ): void {
		$environment = new Environment( $this->plugin->config(), $this->plugin->secret() );
		printf(
			'<div class="wu-p-4"><h1>%s</h1><p>%s</p><p>%s</p><pre class="domain-bridge-code" tabindex="0">%s</pre><p><a href="%s">%s</a></p></div>',
			esc_html__( 'Connect the sidecar', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'The sidecar is the program that talks to ServerPilot. It runs beside WordPress, best on the same server, and needs Node.js 20 or newer.', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'On the server, as root: this writes the environment file, tests every connection and installs the sidecar as a service.', 'domain-bridge-for-serverpilot' ),
			esc_html( $environment->init_command() ),
			esc_url( Screen::url( 'connect' ) ),
			esc_html__( 'All ways to connect it', 'domain-bridge-for-serverpilot' )
		);
		Ultimate_Multisite::ask( array( $page, 'render_submit_box' ) );
	}

	/**
	 * Returns state, reason and what to do.
	 *
	 * @param array $entry See Tables::entry().
	 */
	private function summary_html( array $entry ): string {
		$text  = implode( ' ', $this->plugin->reasons()->describe( $entry['reason'], $entry['params'] ) );
		$again = 'secure' === $entry['state'] ? '' : sprintf( ' <a href="%s">%s</a>', esc_url( Actions::retry_url( $entry['name'] ) ), esc_html__( 'Try again', 'domain-bridge-for-serverpilot' ) );
		return Words::state_html( $entry['state'], $entry['reason'] ) . '<br>' . esc_html( trim( $text ) ) . $again;
	}

	/**
	 * Returns the DNS records that the domain needs, and what was found.
	 *
	 * @param array $entry See Tables::entry().
	 */
	private function records_html( array $entry ): string {
		$html = '';
		foreach ( is_array( $entry['dns']['records'] ?? null ) ? $entry['dns']['records'] : array() as $record ) {
			$record = is_array( $record ) ? $record : array();
			$found  = implode( ', ', Snapshot::texts( $record, 'found' ) );
			$html  .= sprintf(
				'<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>',
				esc_html( Snapshot::text( $record, 'type' ) ),
				esc_html( Snapshot::text( $record, 'host' ) ),
				esc_html( Snapshot::text( $record, 'expected' ) ),
				'' === $found ? Words::none_html() : esc_html( $found )
			);
		}
		return '' === $html ? '' : sprintf(
			'<h4>%s</h4><table class="widefat striped"><thead><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table>',
			esc_html__( 'DNS records', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'Type', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'Name', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'Has to be', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'Found', 'domain-bridge-for-serverpilot' ),
			$html
		);
	}

	/**
	 * Returns what happened to the domain, the latest first.
	 *
	 * @param array $entry See Tables::entry().
	 */
	private function history_html( array $entry ): string {
		$html = '';
		foreach ( $entry['history'] as $event ) {
			$words = $this->plugin->reasons()->describe( Snapshot::text( $event, 'reason' ), Snapshot::map( $event, 'params' ) )[0];
			$html .= sprintf( '<li>%s: %s %s</li>', esc_html( Words::date( intdiv( Snapshot::number( $event, 'at' ), 1000 ), true ) ), Words::state_html( Snapshot::text( $event, 'to' ), Snapshot::text( $event, 'reason' ) ), esc_html( $words ) );
		}
		return '' === $html ? '' : sprintf( '<h4>%s</h4><ul>%s</ul>', esc_html__( 'History', 'domain-bridge-for-serverpilot' ), $html );
	}

	/**
	 * Returns what the sidecar knows of a mapping; null where it does not know it.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function entry( object $domain ): ?array {
		return Tables::entry( New_Domain::cleaned( (string) Ultimate_Multisite::ask( array( $domain, 'get_domain' ), array(), '' ) ) );
	}

	/**
	 * Tells whether there is something to show: to a network admin, while ServerPilot is in use.
	 */
	private function is_shown(): bool {
		return current_user_can( Screen::CAPABILITY ) && $this->plugin->um()->enabled();
	}
}
