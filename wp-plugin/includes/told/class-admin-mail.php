<?php
/**
 * E-mails to the network admin.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Writes to the network's admin address what is new: at once what cannot wait, at most once an hour, and once a day the rest;
 * and that it is well again. Each trouble is told once. What was told is kept only when the mail was taken, so that one that
 * could not be sent is tried again.
 */
final class Admin_Mail {

	/** What was told: by kind array( told: key => title, at: unix seconds of the last mail ); failed: whether the last mail was not taken. */
	const TOLD = 'domain_bridge_told';

	/** Which mails are wanted: array( urgent, digest, customers ), each a bool. */
	const WANTED = 'domain_bridge_mail';

	/** How far apart mails of a kind are, in seconds. */
	const APART = array(
		'urgent' => HOUR_IN_SECONDS,
		'digest' => DAY_IN_SECONDS,
	);

	/** The most troubles that a mail names. */
	const NAMED = 20;

	private Plugin $plugin;
	private Troubles $troubles;
	private int $now;

	/**
	 * Takes what is wrong.
	 *
	 * @param Plugin   $plugin   The parts.
	 * @param Troubles $troubles What is wrong.
	 * @param int      $now      Unix seconds.
	 */
	public function __construct( Plugin $plugin, Troubles $troubles, int $now ) {
		$this->plugin   = $plugin;
		$this->troubles = $troubles;
		$this->now      = $now;
	}

	/**
	 * Returns which mails are wanted; all, unless somebody chose otherwise.
	 */
	public static function wanted(): array {
		$kept = get_network_option( null, self::WANTED, array() );
		$all  = array_fill_keys( array( 'urgent', 'digest', 'customers' ), true );
		return is_array( $kept ) ? array_intersect_key( array_map( 'boolval', $kept ), $all ) + $all : $all;
	}

	/**
	 * Writes what has to be written, in the language of whoever reads the network's mail.
	 */
	public function tell(): void {
		$address  = (string) get_network_option( null, 'admin_email', '' );
		$user     = get_user_by( 'email', $address );
		$switched = false !== $user ? switch_to_user_locale( $user->ID ) : switch_to_locale( (string) get_network_option( null, 'WPLANG', '' ) );
		try {
			$this->tell_of( 'urgent', $this->troubles->urgent( self::told( 'urgent' ) ), $address );
			$this->tell_of( 'digest', $this->troubles->other( self::told( 'digest' ) ), $address );
		} finally {
			if ( $switched ) {
				restore_previous_locale();
			}
		}
	}

	/**
	 * Writes a mail of one kind, where there is something new and its time has come.
	 *
	 * @param string $kind    One of APART.
	 * @param array  $current The troubles of that kind.
	 * @param string $address To whom.
	 */
	private function tell_of( string $kind, array $current, string $address ): void {
		$kept   = self::kept();
		$change = self::compare( self::told( $kind ), $current );
		if ( null === $change ) {
			return;
		}
		list( $new, $well, $open ) = $change;
		if ( ( array() !== $new || array() !== $well ) && self::wanted()[ $kind ] ) {
			if ( $this->now - ( $kept[ $kind ]['at'] ?? 0 ) < self::APART[ $kind ] ) {
				return;
			}
			list( $subject, $text ) = $this->compose( $kind, $new, $well );

			$sent = wp_mail( $address, $subject, $text );
			if ( ! $sent && empty( $kept['failed'] ) ) {
				$this->plugin->um()->log( Ultimate_Multisite::LOG, "The e-mail \"{$subject}\" was not taken by the mail server; it is tried again every five minutes.", 'error' );
			}
			if ( ! $sent ) {
				self::keep( array( 'failed' => true ) );
				return;
			}
			$kept[ $kind ]['at'] = $this->now;
			$kept['failed']      = false;
		}
		$after = array(
			$kind    => array(
				'told' => $open + array_map( 'current', $new ),
				'at'   => $kept[ $kind ]['at'] ?? 0,
			),
			'failed' => ! empty( $kept['failed'] ),
		);
		if ( array_intersect_key( self::kept(), $after ) !== $after ) {
			self::keep( $after );
		}
	}

	/**
	 * Returns array( new troubles, titles of those that are over, titles of those that last ), or null where that cannot be told.
	 * A domain that was removed is neither over nor lasting; one that is no longer as bad, but not well either, lasts.
	 *
	 * @param array $told    Titles of what was told, by key.
	 * @param array $current What is wrong, by key.
	 */
	public static function compare( array $told, array $current ): ?array {
		$gone   = array_diff_key( $told, $current );
		$names  = array_filter( array_map( array( Troubles::class, 'name_of' ), array_keys( $gone ) ) );
		$states = Tables::states( array_values( $names ) );
		if ( null === $states ) {
			return null;
		}
		$well = array();
		$open = array_intersect_key( $told, $current );
		foreach ( $gone as $key => $title ) {
			$name = Troubles::name_of( $key );
			if ( '' === $name || 'secure' === ( $states[ $name ] ?? '' ) ) {
				$well[ $key ] = $title;
			} elseif ( isset( $states[ $name ] ) ) {
				$open[ $key ] = $title;
			}
		}
		return array( array_diff_key( $current, $told ), $well, $open );
	}

	/**
	 * Returns array( subject, text ) of a mail.
	 *
	 * @param string $kind One of APART.
	 * @param array  $new  What is new, each array( title, text ).
	 * @param array  $well The titles of what is over.
	 */
	private function compose( string $kind, array $new, array $well ): array {
		$lines = array();
		if ( array() !== $new ) {
			$lines[] = 'urgent' === $kind ? __( 'This needs you now:', 'domain-bridge-for-serverpilot' ) : __( 'This needs somebody, but not at once:', 'domain-bridge-for-serverpilot' );
			foreach ( array_slice( $new, 0, self::NAMED ) as list( $title, $text ) ) {
				$lines[] = "* {$title}\n  {$text}";
			}
			$lines[] = self::more( count( $new ) );
		}
		if ( array() !== $well ) {
			$lines[] = __( 'This is well again:', 'domain-bridge-for-serverpilot' );
			$lines[] = '* ' . implode( "\n* ", array_slice( $well, 0, self::NAMED ) );
			$lines[] = self::more( count( $well ) );
		}
		/* translators: %s: the address of a screen. */
		$lines[] = sprintf( __( 'Everything about it is here: %s', 'domain-bridge-for-serverpilot' ), Screen::url() );
		/* translators: %s: the address of a screen. */
		$lines[] = sprintf( __( 'Domain Bridge for ServerPilot writes to the network’s admin address. Which e-mails it sends is chosen here: %s', 'domain-bridge-for-serverpilot' ), Screen::url( 'mail' ) );
		return array( $this->subject( $kind, $new, $well ), implode( "\n\n", array_filter( $lines ) ) . "\n" );
	}

	/**
	 * Returns the subject of a mail.
	 *
	 * @param string $kind One of APART.
	 * @param array  $new  What is new.
	 * @param array  $well The titles of what is over.
	 */
	private function subject( string $kind, array $new, array $well ): string {
		if ( 'digest' === $kind ) {
			$about = __( 'domains of the day', 'domain-bridge-for-serverpilot' );
		} elseif ( 1 === count( $new ) ) {
			/* translators: %s: a domain, or what is wrong in a few words. */
			$about = sprintf( __( 'needs you now: %s', 'domain-bridge-for-serverpilot' ), reset( $new )[0] );
		} elseif ( array() !== $new ) {
			/* translators: %s: a number of troubles; always more than one. */
			$about = sprintf( __( 'needs you now: %s troubles', 'domain-bridge-for-serverpilot' ), number_format_i18n( count( $new ) ) );
		} elseif ( 1 === count( $well ) ) {
			/* translators: %s: a domain, or what was wrong in a few words. */
			$about = sprintf( __( 'well again: %s', 'domain-bridge-for-serverpilot' ), reset( $well ) );
		} else {
			/* translators: %s: a number of troubles; always more than one. */
			$about = sprintf( __( 'well again: %s troubles', 'domain-bridge-for-serverpilot' ), number_format_i18n( count( $well ) ) );
		}
		$network = wp_specialchars_decode( (string) get_network_option( null, 'site_name', '' ), ENT_QUOTES );
		return "[{$network}] Domain Bridge: {$about}";
	}

	/**
	 * Returns how many more there are than a mail names; an empty string where it names all.
	 *
	 * @param int $count How many there are.
	 */
	public static function more( int $count ): string {
		/* translators: %s: a number. */
		return $count > self::NAMED ? sprintf( __( 'and %s more', 'domain-bridge-for-serverpilot' ), number_format_i18n( $count - self::NAMED ) ) : '';
	}

	/**
	 * Returns the titles of what was told by mails of a kind, by key.
	 *
	 * @param string $kind One of APART.
	 */
	private static function told( string $kind ): array {
		return self::kept()[ $kind ]['told'] ?? array();
	}

	/**
	 * Returns what was told.
	 */
	private static function kept(): array {
		$kept = get_network_option( null, self::TOLD, array() );
		return is_array( $kept ) ? $kept : array();
	}

	/**
	 * Keeps some of it anew.
	 *
	 * @param array $changes What is different now.
	 */
	private static function keep( array $changes ): void {
		update_network_option( null, self::TOLD, $changes + self::kept() );
	}
}
