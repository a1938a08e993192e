<?php
/**
 * The cells of the table of domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Returns the cells of a domain's row as escaped HTML.
 */
final class Name_Cells {

	/** The states in which it helps to look at the certificate now. */
	const RETRY = array( 'securing', 'ssl-failed' );

	private Reasons $reasons;
	private int $now;

	/**
	 * Takes the words and the time.
	 */
	public function __construct( Reasons $reasons, int $now ) {
		$this->reasons = $reasons;
		$this->now     = $now;
	}

	/**
	 * Returns a cell.
	 */
	public function html( array $name, string $column ): string {
		switch ( $column ) {
			case 'name':
				return $this->name( $name ) . '<div class="domain-bridge-phone">' . Words::state_html( Wire::text( $name, 'state' ) ) . '</div>' . $this->retry( $name );
			case 'state':
				return Words::state_html( Wire::text( $name, 'state' ) );
			case 'todo':
				list( $message, $remedy ) = $this->reasons->from_wire( $name );
				return '' === $message . $remedy ? Words::none_html() : esc_html( $message ) . ' <span class="domain-bridge-remedy">' . esc_html( $remedy ) . '</span>';
			case 'next':
				return $this->next( $name );
			case 'certificate':
				return Words::date_html( Wire::time( $name, 'certificateEndsAt' ) );
		}
		return '';
	}

	/**
	 * Returns the domain and whose it is.
	 */
	private function name( array $name ): string {
		$kinds = array(
			'www'  => __( 'www name', 'domain-bridge-for-serverpilot' ),
			'site' => __( 'address of a site', 'domain-bridge-for-serverpilot' ),
		);
		$site  = Wire::number( $name, 'siteId' );
		$kind  = Wire::text( $name, 'kind' );
		$about = isset( $kinds[ $kind ] ) ? array( esc_html( $kinds[ $kind ] ) ) : array();
		if ( $site > 0 ) {
			/* translators: %d: number of a site. */
			$about[] = sprintf( '<a href="%s">%s</a>', esc_url( network_admin_url( "site-info.php?id={$site}" ) ), esc_html( sprintf( __( 'Site %d', 'domain-bridge-for-serverpilot' ), $site ) ) );
		}
		$html = '<strong>' . esc_html( Wire::text( $name, 'name' ) ) . '</strong>';
		return array() === $about ? $html : $html . '<div class="domain-bridge-about">' . implode( ' · ', $about ) . '</div>';
	}

	/**
	 * Returns the button that has the certificate looked at now, where that helps.
	 */
	private function retry( array $name ): string {
		if ( ! in_array( Wire::text( $name, 'state' ), self::RETRY, true ) ) {
			return '';
		}
		$domain = Wire::text( $name, 'name' );
		return sprintf(
			'<button type="submit" class="button button-small" form="domain-bridge-actions" name="retry" value="%1$s" id="domain-bridge-retry-%2$s" aria-label="%3$s">%4$s</button>',
			esc_attr( $domain ),
			esc_attr( md5( $domain ) ),
			/* translators: %s: a domain name. */
			esc_attr( sprintf( __( 'Try again for %s', 'domain-bridge-for-serverpilot' ), $domain ) ),
			esc_html__( 'Try again', 'domain-bridge-for-serverpilot' )
		);
	}

	/**
	 * Returns when it is looked at next, and how often it was so far.
	 */
	private function next( array $name ): string {
		$tries = Wire::number( $name, 'tries' );
		$next  = Wire::time( $name, 'nextTryAt' );
		$html  = Words::moment_html( 0 === $next ? 0 : max( $next, $this->now ), $this->now );
		if ( 0 === $tries || 'secure' === Wire::text( $name, 'state' ) ) {
			return $html;
		}
		/* translators: %d: number of tries so far. */
		return $html . '<div class="domain-bridge-about">' . esc_html( sprintf( _n( '%d try so far', '%d tries so far', $tries, 'domain-bridge-for-serverpilot' ), $tries ) ) . '</div>';
	}
}
