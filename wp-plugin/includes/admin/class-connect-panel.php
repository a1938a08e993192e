<?php
/**
 * Connecting the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints the environment file and the start command of this network's sidecar; the secrets only when asked for.
 */
final class Connect_Panel {

	/** The nonce of showing the secrets. */
	const REVEAL = 'domain_bridge_reveal';

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
	 * Prints the short way and the steps by hand.
	 */
	public function show(): void {
		$environment = new Environment( $this->plugin->config(), $this->plugin->secret() );
		$shown       = $this->is_asked_to_reveal();
		$problem     = $this->plugin->secret()->problem();
		printf( '<p>%s</p>', esc_html__( 'The sidecar is the program that talks to ServerPilot. It runs beside WordPress, best on the same server, and needs Node.js 20 or newer.', 'domain-bridge-for-serverpilot' ) );
		if ( '' !== $problem ) {
			Words::say( 'error', trim( implode( ' ', $this->plugin->reasons()->describe( $problem ) ) ) );
		}
		printf( '<h2>%s</h2>', esc_html__( 'With one command', 'domain-bridge-for-serverpilot' ) );
		printf(
			'<p>%s %s</p>',
			esc_html__( 'On the server, as root: this writes the environment file, tests every connection and installs the sidecar as a service.', 'domain-bridge-for-serverpilot' ),
			esc_html__( 'Root runs a copy of the sidecar that only root can write, and only if its checksums are those shown here.', 'domain-bridge-for-serverpilot' )
		);
		$this->code( 'init', __( 'Command that does everything', 'domain-bridge-for-serverpilot' ), $environment->init_command(), true );
		/* translators: %s: a file name. */
		printf( '<h2>%s</h2>', esc_html( sprintf( __( 'Or by hand: 1. Save this as %s', 'domain-bridge-for-serverpilot' ), Environment::FILE ) ) );
		$this->code( 'env', __( 'Environment file', 'domain-bridge-for-serverpilot' ), $environment->file( $shown ), $shown );
		$this->buttons( $shown );
		printf( '<h2>%s</h2>', esc_html__( '2. Start the sidecar', 'domain-bridge-for-serverpilot' ) );
		$this->code( 'command', __( 'Start command', 'domain-bridge-for-serverpilot' ), $environment->command(), true );
		printf( '<p class="description">%s</p>', esc_html__( 'Have systemd, pm2 or Docker start it, so that it runs again after every restart of the server; the README shows how.', 'domain-bridge-for-serverpilot' ) );
		printf( '<h2>%s</h2>', esc_html__( '3. Test the connection', 'domain-bridge-for-serverpilot' ) );
		printf( '<p>%s</p>', esc_html__( 'Use the button “Test connection” above. WordPress gives the sidecar the ServerPilot client id, API key and app id by itself; they do not belong in the file.', 'domain-bridge-for-serverpilot' ) );
		$this->account( $environment );
		if ( 'default' !== $this->plugin->config()->network() ) {
			printf( '<h2>%s</h2>', esc_html__( 'One sidecar for several networks', 'domain-bridge-for-serverpilot' ) );
			printf( '<p>%s</p>', esc_html__( 'This network has an id of its own. Add this entry to the list in the file that NETWORKS_FILE names.', 'domain-bridge-for-serverpilot' ) );
			$this->code( 'entry', __( 'Entry of the networks file', 'domain-bridge-for-serverpilot' ), (string) wp_json_encode( $environment->network_entry( $shown ), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), $shown );
		}
	}

	/**
	 * Prints the statements for a database account of the sidecar's own.
	 *
	 * @param Environment $environment The environment.
	 */
	private function account( Environment $environment ): void {
		printf( '<h2>%s</h2>', esc_html__( 'Better: a database account of its own', 'domain-bridge-for-serverpilot' ) );
		printf( '<p>%s</p>', esc_html__( 'WordPress’s own account may change the whole database. One made like this may read three tables and write the sidecar’s own; put it into DB_USER and DB_PASSWORD.', 'domain-bridge-for-serverpilot' ) );
		echo '<details id="domain-bridge-grants"><summary>' . esc_html__( 'Show the SQL statements', 'domain-bridge-for-serverpilot' ) . '</summary>';
		$this->code( 'sql', __( 'SQL statements', 'domain-bridge-for-serverpilot' ), $environment->grants(), true );
		echo '</details>';
	}

	/**
	 * Prints the buttons below the file; each works without JavaScript.
	 *
	 * @param bool $shown Whether the secrets are shown.
	 */
	private function buttons( bool $shown ): void {
		echo '<div class="domain-bridge-buttons">';
		if ( ! $shown ) {
			printf( '<form method="post" action="%s">', esc_url( Screen::url( 'connect' ) ) );
			echo Actions::fields_html( self::REVEAL ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
			printf( '<button type="submit" class="button" id="domain-bridge-reveal" name="reveal" value="1">%s</button></form>', esc_html__( 'Show the secrets', 'domain-bridge-for-serverpilot' ) );
		}
		printf( '<form method="post" action="%s">', esc_url( Screen::action_url() ) );
		echo Actions::fields_html(); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		printf( '<button type="submit" class="button" id="domain-bridge-download" name="task" value="download">%s</button></form>', esc_html__( 'Download with the secrets', 'domain-bridge-for-serverpilot' ) );
		echo '</div>';
		printf(
			'<p class="description">%s</p>',
			esc_html__( 'The file holds the shared secret and the database password. Keep it out of the web root, with mode 600. WP-CLI prints it as well: wp domain-bridge env --show-secrets', 'domain-bridge-for-serverpilot' )
		);
	}

	/**
	 * Prints text to be copied; the copy button appears with JavaScript, and only where the text is complete.
	 *
	 * @param string $id       The element's id.
	 * @param string $label    What it is.
	 * @param string $text     The text.
	 * @param bool   $complete Whether it can be used as it stands.
	 */
	private function code( string $id, string $label, string $text, bool $complete ): void {
		printf(
			'<pre class="domain-bridge-code" id="domain-bridge-%1$s" tabindex="0" role="region" aria-label="%2$s"%3$s>%4$s</pre>',
			esc_attr( $id ),
			esc_attr( $label ),
			$complete ? ' data-copy' : '',
			esc_html( $text )
		);
	}

	/**
	 * Tells whether this very request asks for the secrets, with the right to it.
	 */
	private function is_asked_to_reveal(): bool {
		if ( ! isset( $_POST['reveal'] ) || ! current_user_can( Screen::CAPABILITY ) ) {
			return false;
		}
		return false !== check_admin_referer( self::REVEAL );
	}
}
