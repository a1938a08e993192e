<?php
/**
 * Words and small pieces of HTML that several parts of the screen share.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Says states, triggers and moments in words; methods that end in _html return escaped HTML.
 */
final class Words {

	/** The dashicon and the tone of each state. */
	const LOOKS = array(
		'ssl-failed' => array( 'warning', 'bad' ),
		'blocked'    => array( 'dismiss', 'bad' ),
		'pending'    => array( 'clock', 'busy' ),
		'removing'   => array( 'minus', 'busy' ),
		'securing'   => array( 'update', 'busy' ),
		'secure'     => array( 'lock', 'good' ),
	);

	/**
	 * Returns the names of the states.
	 */
	public static function states(): array {
		return array(
			'ssl-failed' => __( 'No certificate', 'domain-bridge-for-serverpilot' ),
			'blocked'    => __( 'Blocked', 'domain-bridge-for-serverpilot' ),
			'pending'    => __( 'Waiting', 'domain-bridge-for-serverpilot' ),
			'removing'   => __( 'Being removed', 'domain-bridge-for-serverpilot' ),
			'securing'   => __( 'Getting a certificate', 'domain-bridge-for-serverpilot' ),
			'secure'     => __( 'Secure', 'domain-bridge-for-serverpilot' ),
		);
	}

	/**
	 * Returns a state with its icon; a state of a later version as it came. What waits for a person's approval says that.
	 *
	 * @param string $state  The state.
	 * @param string $reason Its reason.
	 */
	public static function state_html( string $state, string $reason = '' ): string {
		if ( 'plan-held' === $reason ) {
			return self::sign_html( 'warning', 'bad', __( 'Held for approval', 'domain-bridge-for-serverpilot' ) );
		}
		list( $icon, $tone ) = self::LOOKS[ $state ] ?? array( 'info-outline', 'busy' );
		return self::sign_html( $icon, $tone, self::states()[ $state ] ?? $state );
	}

	/**
	 * Returns a text with an icon in one of the tones good, busy, bad and quiet.
	 *
	 * @param string $icon The dashicon.
	 * @param string $tone The tone.
	 * @param string $text The text.
	 */
	public static function sign_html( string $icon, string $tone, string $text ): string {
		return sprintf(
			'<span class="domain-bridge-sign is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> %s</span>',
			esc_attr( $tone ),
			esc_attr( $icon ),
			esc_html( $text )
		);
	}

	/**
	 * Returns why a pass was made.
	 *
	 * @param string $triggers The sidecar's words, separated by spaces.
	 */
	public static function triggers( string $triggers ): string {
		$known = array(
			'mapping.saved'    => __( 'mapping saved', 'domain-bridge-for-serverpilot' ),
			'mapping.removed'  => __( 'mapping removed', 'domain-bridge-for-serverpilot' ),
			'site.created'     => __( 'site created', 'domain-bridge-for-serverpilot' ),
			'site.removed'     => __( 'site removed', 'domain-bridge-for-serverpilot' ),
			'settings.changed' => __( 'settings changed', 'domain-bridge-for-serverpilot' ),
			'resync'           => __( 'scheduled check', 'domain-bridge-for-serverpilot' ),
			'schedule'         => __( 'scheduled check', 'domain-bridge-for-serverpilot' ),
			'manual'           => __( 'asked for by hand', 'domain-bridge-for-serverpilot' ),
			'registration'     => __( 'settings registered', 'domain-bridge-for-serverpilot' ),
			'start'            => __( 'sidecar started', 'domain-bridge-for-serverpilot' ),
		);
		$words = array();
		foreach ( preg_split( '/\s+/', $triggers, -1, PREG_SPLIT_NO_EMPTY ) as $trigger ) {
			$words[] = $known[ $trigger ] ?? $trigger;
		}
		return implode( ', ', array_unique( $words ) );
	}

	/**
	 * Returns a moment as "in 5 minutes" or "5 minutes ago".
	 *
	 * @param int $at  Unix seconds.
	 * @param int $now Unix seconds.
	 */
	public static function moment( int $at, int $now ): string {
		if ( abs( $at - $now ) < 2 ) {
			return __( 'now', 'domain-bridge-for-serverpilot' );
		}
		return sprintf(
			$at > $now
				/* translators: %s: a span of time such as "5 minutes". */
				? __( 'in %s', 'domain-bridge-for-serverpilot' )
				/* translators: %s: a span of time such as "5 minutes". */
				: __( '%s ago', 'domain-bridge-for-serverpilot' ),
			human_time_diff( $at, $now )
		);
	}

	/**
	 * Returns a moment with its date and time as the tooltip; a dash for none.
	 *
	 * @param int $at  Unix seconds.
	 * @param int $now Unix seconds.
	 */
	public static function moment_html( int $at, int $now ): string {
		return 0 === $at ? self::none_html() : self::time_html( $at, self::moment( $at, $now ), self::date( $at, true ) );
	}

	/**
	 * Returns a moment as a date; a dash for none.
	 *
	 * @param int $at Unix seconds.
	 */
	public static function date_html( int $at ): string {
		return 0 === $at ? self::none_html() : self::time_html( $at, self::date( $at, false ), self::date( $at, true ) );
	}

	/**
	 * Returns a date, and the time of day where wanted, as the site writes it.
	 *
	 * @param int  $at        Unix seconds.
	 * @param bool $with_time Whether the time of day is wanted.
	 */
	public static function date( int $at, bool $with_time ): string {
		return (string) wp_date( get_option( 'date_format' ) . ( $with_time ? ' ' . get_option( 'time_format' ) : '' ), $at );
	}

	/**
	 * Returns a dash that screen readers read as words.
	 */
	public static function none_html(): string {
		return sprintf( '<span aria-hidden="true">—</span><span class="screen-reader-text">%s</span>', esc_html__( 'none', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Returns names as a list, the rest behind a "more" where there are many.
	 *
	 * @param array  $names The names.
	 * @param string $key   Something that no other list on the page has, so that a refresh finds it again.
	 * @param string $class The list's class.
	 */
	public static function names_html( array $names, string $key, string $class = '' ): string {
		$items = array();
		foreach ( $names as $name ) {
			$items[] = '<li><code>' . esc_html( $name ) . '</code></li>';
		}
		$list = static function ( array $items ) use ( $class ): string {
			return sprintf( '<ul class="domain-bridge-list %s">%s</ul>', esc_attr( $class ), implode( '', $items ) );
		};
		if ( count( $items ) <= 12 ) {
			return array() === $items ? self::none_html() : $list( $items );
		}
		return $list( array_slice( $items, 0, 10 ) ) . sprintf(
			'<details id="domain-bridge-more-%s"><summary>%s</summary>%s</details>',
			esc_attr( sanitize_key( $key ) ),
			/* translators: %d: a number of domain names. */
			esc_html( sprintf( __( '%d more', 'domain-bridge-for-serverpilot' ), count( $items ) - 10 ) ),
			$list( array_slice( $items, 10 ) )
		);
	}

	/**
	 * Returns the time element.
	 *
	 * @param int    $at   Unix seconds.
	 * @param string $text What is shown.
	 * @param string $tip  The tooltip.
	 */
	private static function time_html( int $at, string $text, string $tip ): string {
		return sprintf( '<time datetime="%s" title="%s">%s</time>', esc_attr( gmdate( 'c', $at ) ), esc_attr( $tip ), esc_html( $text ) );
	}

	/**
	 * Prints a notice as WordPress shows them.
	 *
	 * @param string $type  One of success, info, warning and error.
	 * @param string $text  One or more sentences.
	 * @param array  $items Further lines, each array( all is well, text ).
	 * @param bool   $gone  Whether a person can have it go away.
	 */
	public static function say( string $type, string $text, array $items = array(), bool $gone = false ): void {
		$lines = '';
		foreach ( $items as list( $well, $line ) ) {
			$lines .= '<li>' . self::sign_html( $well ? 'yes-alt' : 'warning', $well ? 'good' : 'bad', $line ) . '</li>';
		}
		wp_admin_notice(
			'<p>' . esc_html( $text ) . '</p>' . ( '' === $lines ? '' : "<ul>{$lines}</ul>" ),
			array(
				'type'               => $type,
				'dismissible'        => $gone,
				'additional_classes' => array( 'inline' ),
				'paragraph_wrap'     => false,
			)
		);
	}
}
