<?php
/**
 * DNS records, for people who have to enter them.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints records one below the other, in spans: UM's rows are inline, and narrow.
 */
final class Record_List {

	/**
	 * Returns records as escaped HTML; an empty string without any.
	 *
	 * @param array $records See Domain_Status::records().
	 */
	public static function html( array $records ): string {
		$html = '';
		foreach ( $records as $record ) {
			$html .= self::record( $record );
		}
		return '' === $html ? '' : sprintf( '<span class="domain-bridge-records" role="list">%s</span>', $html );
	}

	/**
	 * Returns records as text, a line for each: what to do, type, name and value.
	 *
	 * @param array $records See Domain_Status::records().
	 */
	public static function text( array $records ): string {
		$lines = array();
		foreach ( $records as $record ) {
			$value   = '' === $record['expected'] ? $record['found'] : $record['expected'];
			$lines[] = self::task( $record ) . ": {$record['type']} · {$record['host']} · {$value}";
		}
		return implode( "\n", $lines );
	}

	/**
	 * Returns one record.
	 *
	 * @param array $record The record.
	 */
	private static function record( array $record ): string {
		$expected = $record['expected'];
		$value    = '' === $expected ? $record['found'] : $expected;
		$found    = $record['ok'] || '' === $expected ? '' : sprintf(
			'<span class="domain-bridge-found">%s</span>',
			esc_html(
				'' === $record['found']
					? __( 'Found: nothing', 'domain-bridge-for-serverpilot' )
					/* translators: %s: the value of a DNS record. */
					: sprintf( __( 'Found: %s', 'domain-bridge-for-serverpilot' ), $record['found'] )
			)
		);
		return sprintf(
			'<span class="domain-bridge-record %1$s" role="listitem"><span class="domain-bridge-task">%2$s %3$s</span><code>%4$s</code><code>%5$s</code><code>%6$s</code>%7$s%8$s</span>',
			$record['ok'] ? 'is-right' : 'is-wrong',
			$record['ok'] ? '<span aria-hidden="true">✓</span>' : '',
			esc_html( self::task( $record ) ),
			esc_html( $record['type'] ),
			esc_html( $record['host'] ),
			esc_html( $value ),
			'' === $expected ? '' : self::copy( $expected ),
			$found
		);
	}

	/**
	 * Returns what its owner has to do with a record.
	 *
	 * @param array $record The record.
	 */
	private static function task( array $record ): string {
		if ( $record['ok'] ) {
			return __( 'Right', 'domain-bridge-for-serverpilot' );
		}
		if ( '' === $record['expected'] ) {
			return __( 'Delete', 'domain-bridge-for-serverpilot' );
		}
		// CAA records stand beside each other.
		return '' === $record['found'] || 'CAA' === $record['type']
			? __( 'Add', 'domain-bridge-for-serverpilot' )
			: __( 'Change', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns a button that copies a value; it is of no use, and not seen, without JavaScript.
	 *
	 * @param string $value The value.
	 */
	private static function copy( string $value ): string {
		return sprintf(
			'<button type="button" class="domain-bridge-copy" hidden data-copy="%1$s">%2$s<span class="domain-bridge-unseen"> %1$s</span></button>',
			esc_attr( $value ),
			esc_html__( 'Copy', 'domain-bridge-for-serverpilot' )
		);
	}
}
