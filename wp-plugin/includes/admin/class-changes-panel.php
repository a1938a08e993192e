<?php
/**
 * What would change.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints the sidecar's plan as a diff, and the plan that waits for approval with the form that approves it.
 */
final class Changes_Panel {

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
	 * Asks the sidecar what a sync would do now and prints it.
	 */
	public function show(): void {
		$plan = $this->plugin->sidecar()->call( 'POST', '/sync', array( 'dryRun' => true ), Actions::LONG );
		if ( ! is_wp_error( $plan ) && ! is_string( $plan['checksum'] ?? null ) ) {
			$plan = new \WP_Error( 'sidecar-not-understood', '', array( 'params' => array( 'version' => '?', 'own' => VERSION ) ) );
		}
		if ( is_wp_error( $plan ) ) {
			Words::say( 'error', $this->plugin->reasons()->error_sentence( $plan ) );
			return;
		}
		$held = Snapshot::map( $plan, 'held' );
		if ( array() !== $held ) {
			$this->show_held( $held + array( 'checksum' => $plan['checksum'], 'remove' => Snapshot::texts( $plan, 'remove' ) ) );
		}
		$this->show_diff( $plan );
		if ( array() === $held ) {
			$this->show_apply( $plan );
		}
	}

	/**
	 * Prints what waits for a person, with the forms that approve it.
	 *
	 * @param Snapshot $snapshot The sidecar's status.
	 */
	public function show_waiting( Snapshot $snapshot ): void {
		if ( array() !== $snapshot->suspect() ) {
			$this->show_suspect( $snapshot->suspect() );
		}
		if ( array() !== $snapshot->held() ) {
			$this->show_held( $snapshot->held() );
		}
	}

	/**
	 * Prints why nothing shows that this network belongs to the app, and the form that says it does.
	 *
	 * @param array $suspect The sidecar's word.
	 */
	private function show_suspect( array $suspect ): void {
		list( $message, $remedy ) = $this->plugin->reasons()->from_wire( $suspect );
		echo '<div class="notice notice-warning inline domain-bridge-held domain-bridge-suspect">';
		printf( '<h2>%s</h2><p>%s</p><p>%s</p>', esc_html__( 'Does this network belong to the ServerPilot app?', 'domain-bridge-for-serverpilot' ), esc_html( $message ), esc_html( $remedy ) );
		$this->open_form( 'domain-bridge-own', Snapshot::text( $suspect, 'checksum' ) );
		printf(
			'<p><label><input type="checkbox" name="seen" value="1" required> %s</label></p>',
			esc_html__( 'This is the right app for this network, and this is not a copy of another site.', 'domain-bridge-for-serverpilot' )
		);
		printf( '<p><button type="submit" class="button" id="domain-bridge-own-button" name="task" value="approve">%s</button></p></form></div>', esc_html__( 'Approve this app', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Prints a held plan: why, what it removes, and the form that approves exactly this plan.
	 *
	 * @param array $held The sidecar's word.
	 */
	public function show_held( array $held ): void {
		$removed = Snapshot::texts( $held, 'remove' );
		list( $message, $remedy ) = $this->plugin->reasons()->from_wire( $held );
		echo '<div class="notice notice-warning inline domain-bridge-held">';
		printf( '<h2>%s</h2><p>%s</p><p>%s</p>', esc_html__( 'Changes are held for your approval', 'domain-bridge-for-serverpilot' ), esc_html( $message ), esc_html( $remedy ) );
		/* translators: %d: number of domains. */
		printf( '<p><strong>%s</strong></p>', esc_html( sprintf( _n( '%d domain would be removed from the app:', '%d domains would be removed from the app:', count( $removed ), 'domain-bridge-for-serverpilot' ), count( $removed ) ) ) );
		echo Words::names_html( $removed, 'held', 'is-removed' ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		$this->open_form( 'domain-bridge-approve', Snapshot::text( $held, 'checksum' ) );
		printf(
			'<p><label><input type="checkbox" name="seen" value="1" required> %s</label></p>',
			esc_html__( 'I have checked these domains, and they are to be removed.', 'domain-bridge-for-serverpilot' )
		);
		printf( '<p><button type="submit" class="button" id="domain-bridge-approve-button" name="task" value="approve">%s</button></p></form></div>', esc_html__( 'Approve and remove', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Prints the plan, one list for each kind of change.
	 *
	 * @param array $plan The plan.
	 */
	private function show_diff( array $plan ): void {
		$kinds = array(
			'remove' => array( __( 'To be removed from the app', 'domain-bridge-for-serverpilot' ), 'is-removed' ),
			'add'    => array( __( 'To be added to the app', 'domain-bridge-for-serverpilot' ), 'is-added' ),
			'adopt'  => array( __( 'On the app already, looked after from now on', 'domain-bridge-for-serverpilot' ), 'is-changed' ),
			'disown' => array( __( 'Removed in the ServerPilot panel, no longer looked after', 'domain-bridge-for-serverpilot' ), 'is-changed' ),
		);
		$any   = false;
		echo '<div class="domain-bridge-diff">';
		foreach ( $kinds as $kind => list( $title, $class ) ) {
			$names = Snapshot::texts( $plan, $kind );
			if ( array() !== $names ) {
				$any = true;
				printf( '<h2>%s (%d)</h2>', esc_html( $title ), count( $names ) );
				echo Words::names_html( $names, $kind, $class ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
			}
		}
		if ( ! $any ) {
			echo '<p>' . Words::sign_html( 'yes-alt', 'good', __( 'Nothing would change: the app is as it should be.', 'domain-bridge-for-serverpilot' ) ) . '</p>'; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		}
		$this->show_blocked( Snapshot::rows( $plan, 'blocked' ) );
		$result = Snapshot::texts( $plan, 'result' );
		/* translators: %d: number of domains. */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'Unchanged: %d', 'domain-bridge-for-serverpilot' ), Snapshot::number( $plan, 'keep' ) ) ) );
		printf(
			'<details id="domain-bridge-result"><summary>%s</summary><ol class="domain-bridge-list">',
			/* translators: %d: number of domains. */
			esc_html( sprintf( __( 'The whole list of the app afterwards (%d)', 'domain-bridge-for-serverpilot' ), count( $result ) ) )
		);
		foreach ( $result as $name ) {
			printf( '<li><code>%s</code></li>', esc_html( $name ) );
		}
		echo '</ol></details></div>';
	}

	/**
	 * Prints the domains that cannot be on the app, each with why and what to do.
	 *
	 * @param array $blocked The domains.
	 */
	private function show_blocked( array $blocked ): void {
		if ( array() === $blocked ) {
			return;
		}
		printf( '<h2>%s (%d)</h2><ul class="domain-bridge-list is-blocked">', esc_html__( 'Blocked', 'domain-bridge-for-serverpilot' ), count( $blocked ) );
		foreach ( $blocked as $name ) {
			printf( '<li><code>%s</code> %s</li>', esc_html( Snapshot::text( $name, 'name' ) ), esc_html( $this->plugin->reasons()->sentence( $name ) ) );
		}
		echo '</ul>';
	}

	/**
	 * Prints the button that makes exactly these changes now.
	 *
	 * @param array $plan The plan.
	 */
	private function show_apply( array $plan ): void {
		if ( array() === array_merge( Snapshot::texts( $plan, 'add' ), Snapshot::texts( $plan, 'remove' ) ) ) {
			return;
		}
		$this->open_form( 'domain-bridge-apply', (string) $plan['checksum'] );
		printf( '<p><button type="submit" class="button button-primary" id="domain-bridge-apply-button" name="task" value="apply">%s</button></p></form>', esc_html__( 'Make these changes now', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Prints the beginning of a form that is bound to one plan.
	 *
	 * @param string $id       The form's id.
	 * @param string $checksum The plan's checksum.
	 */
	private function open_form( string $id, string $checksum ): void {
		printf( '<form id="%s" class="domain-bridge-form" method="post" action="%s">', esc_attr( $id ), esc_url( Screen::action_url() ) );
		echo Actions::fields_html(); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		printf( '<input type="hidden" name="checksum" value="%s">', esc_attr( $checksum ) );
	}
}
