<?php
/**
 * What is said once after an action.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Carries the outcome of a form over the redirect to the person who sent it; escapes it when it is shown.
 */
final class Flash {

	const PREFIX  = 'domain_bridge_said_';
	const SECONDS = 300;

	/**
	 * Keeps a notice for the current user.
	 *
	 * @param string $type  One of success, info, warning and error.
	 * @param string $text  One or more sentences.
	 * @param array  $items Further lines, each array( all is well, text ).
	 */
	public static function keep( string $type, string $text, array $items = array() ): void {
		set_site_transient( self::PREFIX . get_current_user_id(), array( $type, $text, $items ), self::SECONDS );
	}

	/**
	 * Returns what was kept as array( type, text, items ), and forgets it.
	 */
	public static function take(): ?array {
		$kept = get_site_transient( self::PREFIX . get_current_user_id() );
		if ( ! is_array( $kept ) || 3 !== count( $kept ) ) {
			return null;
		}
		delete_site_transient( self::PREFIX . get_current_user_id() );
		return $kept;
	}

	/**
	 * Returns a notice as WordPress shows them.
	 */
	public static function notice_html( string $type, string $text, array $items = array() ): string {
		$lines = '';
		foreach ( $items as list( $well, $line ) ) {
			$lines .= '<li>' . Words::sign_html( $well ? 'yes-alt' : 'warning', $well ? 'good' : 'bad', $line ) . '</li>';
		}
		return sprintf(
			'<div class="notice notice-%s"><p>%s</p>%s</div>',
			esc_attr( $type ),
			esc_html( $text ),
			'' === $lines ? '' : "<ul>{$lines}</ul>"
		);
	}
}
