<?php
/**
 * What the sidecar found out, written into UM.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Puts secured mappings to done, and writes each change to UM's logs in plain words.
 */
final class Mapping_Updates {

	private Ultimate_Multisite $um;
	private Mappings $mappings;
	private Collector $collector;
	private Reasons $reasons;

	/**
	 * Takes UM, its mappings, the collector that must not hear our own saves, and the words.
	 */
	public function __construct( Ultimate_Multisite $um, Mappings $mappings, Collector $collector, Reasons $reasons ) {
		$this->um        = $um;
		$this->mappings  = $mappings;
		$this->collector = $collector;
		$this->reasons   = $reasons;
	}

	/**
	 * Applies one change of a name's state.
	 *
	 * @param array $change As the sidecar sends it; name and state are text.
	 */
	public function apply( array $change ): void {
		if ( 'secure' === $change['state'] ) {
			$this->make_secure( $change );
		}
		// Last, so that a change that has to come again is logged once.
		$this->log( $change );
	}

	/**
	 * Puts every mapping of a secured name to done.
	 */
	private function make_secure( array $change ): void {
		// A www name's own mapping, if there is one, counts; its sibling without www waits for its own certificate.
		foreach ( $this->mappings->named( $change['name'] ) as $mapping ) {
			$this->collector->quietly(
				function () use ( $mapping, $change ): void {
					$refused = $this->mappings->make_secure( $mapping );
					if ( '' !== $refused ) {
						$this->um->log( Ultimate_Multisite::LOG, "{$change['name']}: {$refused}", 'error' );
					}
				}
			);
		}
	}

	/**
	 * Writes a change to the integration's log and to the mapping's own.
	 */
	private function log( array $change ): void {
		$level = in_array( $change['state'], array( 'ssl-failed', 'blocked' ), true ) ? 'error' : 'info';
		$words = trim( $this->headline( $change ) . ' ' . $this->reasons->sentence( $change ) );
		$this->um->log( Ultimate_Multisite::LOG, $words, $level );
		$own = 'www' === ( $change['kind'] ?? '' ) ? preg_replace( '/^www\./', '', $change['name'] ) : $change['name'];
		// The name becomes a file's name, and a blocked one may hold anything.
		if ( 1 === preg_match( '/^[a-z0-9-]+(\.[a-z0-9-]+)+$/D', $own ) ) {
			$this->um->log( "domain-{$own}", $words, $level );
		}
	}

	/**
	 * Returns what happened to a name, without the reason.
	 */
	private function headline( array $change ): string {
		$name      = (string) preg_replace( '/[\x00-\x1F\x7F]+/', ' ', $change['name'] );
		$sentences = array(
			/* translators: %s: a domain name. */
			'pending'    => __( '%s is waiting to be added to the ServerPilot app.', 'domain-bridge-for-serverpilot' ),
			/* translators: %s: a domain name. */
			'securing'   => __( '%s is on the ServerPilot app and waits for its certificate.', 'domain-bridge-for-serverpilot' ),
			/* translators: %s: a domain name. */
			'secure'     => __( '%s is secure: its certificate was seen and is trusted.', 'domain-bridge-for-serverpilot' ),
			/* translators: %s: a domain name. */
			'ssl-failed' => __( '%s has no valid certificate after all tries; it is looked at again every hour.', 'domain-bridge-for-serverpilot' ),
			/* translators: %s: a domain name. */
			'blocked'    => __( '%s cannot be put on the ServerPilot app.', 'domain-bridge-for-serverpilot' ),
			/* translators: %s: a domain name. */
			'removing'   => __( '%s is being removed from the ServerPilot app.', 'domain-bridge-for-serverpilot' ),
		);
		if ( 'secure' === $change['state'] && 'ssl-failed' === ( $change['previous'] ?? null ) ) {
			/* translators: %s: a domain name. */
			return sprintf( __( '%s is secure again: its certificate was seen and is trusted.', 'domain-bridge-for-serverpilot' ), $name );
		}
		return isset( $sentences[ $change['state'] ] ) ? sprintf( $sentences[ $change['state'] ], $name ) : "{$name}: {$change['state']}";
	}
}
