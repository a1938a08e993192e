<?php
/**
 * What the screen's buttons do.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Takes the screen's forms: checks who asks, has the sidecar do it, and goes back to the screen with what came of it.
 */
final class Actions {

	/** The nonce, and the action of wp-admin/network/edit.php. */
	const ACTION = 'domain_bridge';

	/** Where the outcome of a form is kept for the person who sent it, and how long. WordPress's settings errors are shared by all. */
	const SAID    = 'domain_bridge_said_';
	const SECONDS = 300;

	/** Seconds for what the sidecar only notes, and for what it asks ServerPilot about meanwhile. */
	const SHORT = 3.0;
	const LONG  = 15.0;

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
	 * Does what a form asks for and goes back to the screen.
	 */
	public function handle(): void {
		if ( ! current_user_can( Screen::CAPABILITY ) ) {
			wp_die( esc_html__( 'Only a network administrator may do this.', 'domain-bridge-for-serverpilot' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::ACTION );
		$task = self::posted( 'task' );
		if ( 'download' === $task ) {
			$this->download();
		}
		$name = self::linked();
		set_site_transient( self::SAID . get_current_user_id(), '' === $name ? $this->perform( $task ) : $this->retry( $name ), self::SECONDS );
		$back = wp_get_referer();
		$tab  = in_array( $task, array( 'approve', 'apply' ), true ) ? array( 'tab' => 'changes' ) : array();
		if ( '' !== $name || false === $back ) {
			// From a screen of UM, which has no place for what came of it.
			wp_safe_redirect( add_query_arg( array_filter( array( 's' => $name ) ), Screen::url() ) );
		} else {
			wp_safe_redirect( add_query_arg( $tab, $back ) );
		}
		exit;
	}

	/**
	 * Returns the address of a link that has a name checked, for screens on which no form of ours can stand.
	 *
	 * @param string $name The name.
	 */
	public static function retry_url( string $name ): string {
		return add_query_arg(
			array(
				'again'    => rawurlencode( $name ),
				'_wpnonce' => wp_create_nonce( self::ACTION ),
			),
			Screen::action_url()
		);
	}

	/**
	 * Returns the name of such a link; an empty string where the request is a form.
	 */
	private static function linked(): string {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- handle() has checked the nonce.
		return isset( $_GET['again'] ) && is_string( $_GET['again'] ) ? sanitize_text_field( wp_unslash( $_GET['again'] ) ) : '';
	}

	/**
	 * Returns what is to be said to the current user about the last form as array( type, text, items ), and forgets it.
	 */
	public static function said(): ?array {
		$kept = get_site_transient( self::SAID . get_current_user_id() );
		if ( ! is_array( $kept ) || 3 !== count( $kept ) ) {
			return null;
		}
		delete_site_transient( self::SAID . get_current_user_id() );
		return $kept;
	}

	/**
	 * Returns the hidden fields of a form; WordPress's own function repeats an id where a page has several forms.
	 *
	 * @param string $nonce The nonce's action.
	 */
	public static function fields_html( string $nonce = self::ACTION ): string {
		return sprintf(
			'<input type="hidden" name="_wpnonce" value="%s"><input type="hidden" name="_wp_http_referer" value="%s">',
			esc_attr( wp_create_nonce( $nonce ) ),
			esc_attr( remove_query_arg( '_wp_http_referer', Screen::here() ) )
		);
	}

	/**
	 * Does one thing and returns what to say about it: array( type, text, items ).
	 *
	 * @param string $task The form's task.
	 */
	public function perform( string $task ): array {
		if ( '' !== self::posted( 'retry' ) ) {
			return $this->retry( self::posted( 'retry' ) );
		}
		switch ( $task ) {
			case 'sync':
				return $this->send( array(), __( 'The sidecar compares the domains with the app now.', 'domain-bridge-for-serverpilot' ) );
			case 'network-domain':
				return $this->send( array( 'addNetworkDomain' => true ), __( 'The network’s domain is being added to the app.', 'domain-bridge-for-serverpilot' ) );
			case 'apply':
				return $this->send( array( 'checksum' => self::posted( 'checksum' ) ), __( 'The changes are being made.', 'domain-bridge-for-serverpilot' ) );
			case 'approve':
				return $this->approve();
			case 'check':
				return $this->check();
			case 'mail':
				Mail_Panel::save();
				return array( 'success', __( 'Saved.', 'domain-bridge-for-serverpilot' ), array() );
		}
		return array( 'error', __( 'The screen does not know this action.', 'domain-bridge-for-serverpilot' ), array() );
	}

	/**
	 * Has a name checked.
	 *
	 * @param string $name The name.
	 */
	private function retry( string $name ): array {
		/* translators: %s: a domain name. */
		return $this->send( array( 'retry' => array( $name ) ), sprintf( __( '%s is checked now.', 'domain-bridge-for-serverpilot' ), $name ) );
	}

	/**
	 * Approves the held plan that was shown, and only that one.
	 */
	private function approve(): array {
		if ( '1' !== self::posted( 'seen' ) || '' === self::posted( 'checksum' ) ) {
			return array( 'error', __( 'Nothing was approved: first confirm that you have checked what is removed.', 'domain-bridge-for-serverpilot' ), array() );
		}
		$body = array(
			'checksum' => self::posted( 'checksum' ),
			'force'    => true,
		);
		return $this->send( $body, __( 'Approved. The changes are being made.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Asks for a sync.
	 *
	 * @param array  $body What the sidecar is told.
	 * @param string $done What is said once it has started.
	 */
	private function send( array $body, string $done ): array {
		$away = isset( $body['checksum'] ) ? $this->away() : null;
		if ( null !== $away ) {
			return $away;
		}
		$answer = $this->plugin->sidecar()->call( 'POST', '/sync', $body, isset( $body['checksum'] ) ? self::LONG : self::SHORT );
		return is_wp_error( $answer ) ? array( 'error', $this->plugin->reasons()->error_sentence( $answer ), array() ) : array( 'success', $done, array() );
	}

	/**
	 * Tests every connection.
	 */
	private function check(): array {
		$away = $this->away();
		if ( null !== $away ) {
			return $away;
		}
		$answer = $this->plugin->sidecar()->call( 'POST', '/check', array(), self::LONG );
		if ( is_wp_error( $answer ) ) {
			return array( 'error', $this->plugin->reasons()->error_sentence( $answer ), array() );
		}
		$items = Connection_Test::lines( $answer, $this->plugin->reasons() );
		if ( true === ( $answer['ok'] ?? null ) ) {
			return array( 'success', __( 'The connection works.', 'domain-bridge-for-serverpilot' ), $items );
		}
		return array( 'error', __( 'The connection test found something to correct.', 'domain-bridge-for-serverpilot' ), $items );
	}

	/**
	 * Returns what to say when the sidecar does not answer a short question, so that nobody waits for the long time-out.
	 */
	private function away(): ?array {
		$snapshot = Snapshot::take( $this->plugin );
		return $snapshot->is_away() ? array( 'error', $this->plugin->reasons()->error_sentence( $snapshot->error() ), array() ) : null;
	}

	/**
	 * Sends the environment file with its secrets.
	 */
	private function download(): void {
		nocache_headers();
		header( 'Content-Type: text/plain; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="' . Environment::FILE . '"' );
		header( 'X-Content-Type-Options: nosniff' );
		echo ( new Environment( $this->plugin->config(), $this->plugin->secret() ) )->file( true ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- A text file, not HTML.
		exit;
	}

	/**
	 * Returns a field of the form as one line of text.
	 *
	 * @param string $field The field's name.
	 */
	public static function posted( string $field ): string {
		// phpcs:ignore WordPress.Security.NonceVerification.Missing -- handle() has checked the nonce.
		return isset( $_POST[ $field ] ) && is_string( $_POST[ $field ] ) ? sanitize_text_field( wp_unslash( $_POST[ $field ] ) ) : '';
	}
}
