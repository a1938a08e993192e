<?php
/**
 * Which e-mails are sent.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints the switches for e-mails, and takes what was chosen.
 */
final class Mail_Panel {

	/**
	 * Prints the form.
	 */
	public static function show(): void {
		$wanted = Admin_Mail::wanted();
		$labels = array(
			'urgent'    => __( 'To the network admin at once: a live site lost its certificate or its DNS, a removal waits for approval, the sidecar is away, passes fail. And when it is well again.', 'domain-bridge-for-serverpilot' ),
			'digest'    => __( 'To the network admin once a day: domains that wait for more than three days or are blocked, certificates that end, an app that is nearly full.', 'domain-bridge-for-serverpilot' ),
			'customers' => __( 'To customers: a DNS change is needed (after one day and after three), and the domain is live. Their words are edited in Ultimate Multisite under Broadcasts → System Emails.', 'domain-bridge-for-serverpilot' ),
		);
		/* translators: %s: an e-mail address. */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'The network’s admin address is %s.', 'domain-bridge-for-serverpilot' ), (string) get_network_option( null, 'admin_email', '' ) ) ) );
		printf( '<form method="post" action="%s">', esc_url( Screen::action_url() ) );
		echo Actions::fields_html(); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		foreach ( $labels as $key => $label ) {
			printf( '<p><label><input type="checkbox" name="mail_%1$s" value="1"%2$s> %3$s</label></p>', esc_attr( $key ), checked( $wanted[ $key ], true, false ), esc_html( $label ) );
		}
		printf( '<button type="submit" class="button button-primary" name="task" value="mail">%s</button></form>', esc_html__( 'Save', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Keeps what was chosen.
	 */
	public static function save(): void {
		$wanted = array();
		foreach ( array_keys( Admin_Mail::wanted() ) as $key ) {
			$wanted[ $key ] = '1' === Actions::posted( "mail_{$key}" );
		}
		update_network_option( null, Admin_Mail::WANTED, $wanted );
	}
}
