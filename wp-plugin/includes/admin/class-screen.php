<?php
/**
 * The plugin's screen in the network admin.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Puts the screen together: buttons, overview, held plan and one of the tabs.
 */
final class Screen {

	const SLUG       = 'domain-bridge';
	const CAPABILITY = 'manage_network_options';
	const REFRESH    = 'HTTP_X_DOMAIN_BRIDGE_REFRESH';

	private Plugin $plugin;
	private Snapshot $snapshot;
	private Names_Table $table;

	/**
	 * Asks the sidecar; called before anything is printed, so that what is found out can still be noted.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin   = $plugin;
		$this->snapshot = Snapshot::take( $plugin );
		$this->table    = new Names_Table( $plugin->reasons(), time() );
	}

	/**
	 * Returns the page's address without a query of its own.
	 */
	public static function base_url(): string {
		return network_admin_url( Admin::is_below_um() ? 'admin.php' : 'settings.php' );
	}

	/**
	 * Returns the address of a tab.
	 *
	 * @param string $tab The tab; the first one where it is not given.
	 */
	public static function url( string $tab = '' ): string {
		return add_query_arg( array_filter( array( 'page' => self::SLUG, 'tab' => $tab ) ), self::base_url() );
	}

	/**
	 * Returns where forms go.
	 */
	public static function action_url(): string {
		return network_admin_url( 'edit.php?action=' . Actions::ACTION );
	}

	/**
	 * Returns this request's own path and query.
	 */
	public static function here(): string {
		return isset( $_SERVER['REQUEST_URI'] ) && is_string( $_SERVER['REQUEST_URI'] ) ? esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ) ) : '';
	}

	/**
	 * Returns a word of the query as one line of text.
	 *
	 * @param string $key The word's name.
	 */
	public static function asked( string $key ): string {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Only what is shown depends on it.
		return isset( $_GET[ $key ] ) && is_string( $_GET[ $key ] ) ? sanitize_text_field( wp_unslash( $_GET[ $key ] ) ) : '';
	}

	/**
	 * Prints the screen.
	 */
	public function show(): void {
		$tabs = array(
			''        => __( 'Domains', 'domain-bridge-for-serverpilot' ),
			'changes' => __( 'Changes', 'domain-bridge-for-serverpilot' ),
			'history' => __( 'History', 'domain-bridge-for-serverpilot' ),
			'mail'    => __( 'E-mails', 'domain-bridge-for-serverpilot' ),
			'connect' => __( 'Connect the sidecar', 'domain-bridge-for-serverpilot' ),
		);
		$tab  = isset( $tabs[ self::asked( 'tab' ) ] ) ? self::asked( 'tab' ) : '';
		// A refresh of the changes would ask ServerPilot each time, one of the secrets would hide them again.
		$poll = in_array( $tab, array( '', 'history' ), true ) ? $this->snapshot->poll_seconds() : 0;
		// WordPress moves its notices to below the heading, so the part that refreshes itself begins after it.
		printf( '<div class="wrap"><h1 class="wp-heading-inline">%s</h1><hr class="wp-header-end">', esc_html__( 'Domain Bridge', 'domain-bridge-for-serverpilot' ) );
		printf( '<div class="domain-bridge" id="domain-bridge" data-poll="%d" data-say="%s">', (int) $poll, esc_attr( $this->summary() ) );
		$this->show_said();
		$this->show_buttons();
		if ( ! in_array( $tab, array( 'changes', 'mail', 'connect' ), true ) ) {
			( new Overview( $this->plugin, $this->snapshot, time() ) )->show();
			( new Changes_Panel( $this->plugin ) )->show_waiting( $this->snapshot );
		}
		printf( '<nav class="nav-tab-wrapper" aria-label="%s">', esc_attr__( 'Views', 'domain-bridge-for-serverpilot' ) );
		foreach ( $tabs as $key => $label ) {
			printf( '<a id="domain-bridge-tab-%s" href="%s" class="nav-tab%s"%s>%s</a>', esc_attr( $key ), esc_url( self::url( $key ) ), $key === $tab ? ' nav-tab-active' : '', $key === $tab ? ' aria-current="page"' : '', esc_html( $label ) );
		}
		printf( '</nav><div class="domain-bridge-panel is-%s">', esc_attr( '' === $tab ? 'domains' : $tab ) );
		$this->show_tab( $tab );
		echo '</div></div></div>';
	}

	/**
	 * Prints what a tab holds.
	 *
	 * @param string $tab The tab.
	 */
	private function show_tab( string $tab ): void {
		if ( 'connect' === $tab ) {
			( new Connect_Panel( $this->plugin ) )->show();
		} elseif ( 'mail' === $tab ) {
			Mail_Panel::show();
		} elseif ( '' === $tab ) {
			$this->table->show( $this->snapshot );
		} elseif ( null !== $this->snapshot->error() ) {
			// Whatever else is asked for now would only take its time to fail the same way.
			Words::say( 'error', $this->plugin->reasons()->error_sentence( $this->snapshot->error() ) );
		} elseif ( 'changes' === $tab ) {
			( new Changes_Panel( $this->plugin ) )->show();
		} else {
			( new History_Panel( $this->plugin, time() ) )->show();
		}
	}

	/**
	 * Prints what is to be said once, and what stands in the way of everything.
	 */
	private function show_said(): void {
		echo '<div id="domain-bridge-said">';
		// A refresh in another window must not take away what this one is about to be told.
		$said = isset( $_SERVER[ self::REFRESH ] ) ? null : Actions::said();
		if ( null !== $said ) {
			Words::say( $said[0], $said[1], $said[2], true );
		}
		if ( $this->plugin->um()->present() && ! $this->plugin->um()->enabled() ) {
			Words::say( 'info', implode( ' ', $this->plugin->reasons()->describe( 'integration-disabled' ) ) );
		}
		echo '</div>';
	}

	/**
	 * Prints the buttons; "Try again" in the table belongs to the same form.
	 */
	private function show_buttons(): void {
		printf( '<form id="domain-bridge-actions" class="domain-bridge-form domain-bridge-buttons" method="post" action="%s">', esc_url( self::action_url() ) );
		echo Actions::fields_html(); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		printf( '<button type="submit" class="button button-primary" id="domain-bridge-sync" name="task" value="sync">%s</button>', esc_html__( 'Sync now', 'domain-bridge-for-serverpilot' ) );
		printf( '<a class="button" id="domain-bridge-preview" href="%s">%s</a>', esc_url( self::url( 'changes' ) ), esc_html__( 'Preview changes', 'domain-bridge-for-serverpilot' ) );
		printf( '<button type="submit" class="button" id="domain-bridge-check" name="task" value="check">%s</button>', esc_html__( 'Test connection', 'domain-bridge-for-serverpilot' ) );
		echo '</form>';
	}

	/**
	 * Returns how things stand in one sentence, which screen readers are told when it changes.
	 */
	private function summary(): string {
		$error = $this->snapshot->error();
		if ( null !== $error ) {
			return $this->plugin->reasons()->describe( (string) $error->get_error_code(), Snapshot::map( (array) $error->get_error_data(), 'params' ) )[0];
		}
		$parts = array();
		foreach ( $this->snapshot->counts() as $state => $count ) {
			if ( $count > 0 ) {
				$parts[] = ( Words::states()[ $state ] ?? $state ) . ': ' . number_format_i18n( $count );
			}
		}
		return implode( ', ', $parts );
	}
}
