<?php
/**
 * Notifications from the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Applies what the sidecar found out: puts secured mappings to done, and writes each change to UM's logs in plain words.
 * Each change counts once and in order, however often it arrives; a bad one is named in the answer and holds no other back.
 */
final class Notifications {

	/** Holds array( seq, at: of the last change applied; ids: accepted webhook ids => unix seconds ). */
	const OPTION = 'domain_bridge_received';

	private Ultimate_Multisite $um;
	private Mappings $mappings;
	private Collector $collector;
	private Reasons $reasons;

	/**
	 * Takes UM, its mappings, the collector that must not hear our own saves, and the words.
	 *
	 * @param Ultimate_Multisite $um        UM.
	 * @param Mappings           $mappings  Its mappings.
	 * @param Collector          $collector The events of this request.
	 * @param Reasons            $reasons   The words.
	 */
	public function __construct( Ultimate_Multisite $um, Mappings $mappings, Collector $collector, Reasons $reasons ) {
		$this->um        = $um;
		$this->mappings  = $mappings;
		$this->collector = $collector;
		$this->reasons   = $reasons;
	}

	/**
	 * Applies a verified notification.
	 *
	 * @param array  $content The body.
	 * @param string $id      The notification's id.
	 * @return array|\WP_Error
	 */
	public function receive( array $content, string $id ) {
		if ( ! is_array( $content['changes'] ?? null ) ) {
			return Routes::refusal( 'body-invalid', 422 );
		}
		if ( ! $this->um->present() ) {
			return Routes::refusal( 'ultimate-multisite-missing', 503 );
		}
		Network_Address::learn( $content );
		try {
			// One at a time, so that none overwrites another's watermark.
			$answer = Lock::hold(
				'notifications',
				5,
				function () use ( $content, $id ) {
					return $this->accept( $content['changes'], $id );
				}
			);
			return $answer ?? Routes::refusal( 'database-busy', 503 );
		} catch ( \RuntimeException $failed ) {
			// What could not be written now is sent again; what was written is not done twice.
			return Routes::refusal( 'database-busy', 503 );
		}
	}

	/**
	 * Applies the changes that are new, each for itself: a bad one is named in the answer and holds no other back. An id that
	 * was accepted before is refused.
	 *
	 * @param array  $changes What the sidecar sent as changes.
	 * @param string $id      The notification's id.
	 * @return array|\WP_Error
	 */
	private function accept( array $changes, string $id ) {
		$kept = get_network_option( null, self::OPTION, array() );
		$kept = ( is_array( $kept ) ? $kept : array() ) + array(
			'seq' => 0,
			'at'  => 0.0,
			'ids' => array(),
		);
		if ( isset( $kept['ids'][ $id ] ) ) {
			return Routes::refusal( 'request-replayed', 409 );
		}
		list( $changes, $rejected ) = self::sort_out( $changes );

		$accepted = 0;
		try {
			foreach ( $changes as $change ) {
				$at = (float) ( new \DateTimeImmutable( $change['at'] ) )->format( 'U.u' );
				// A smaller number with a later time is the count of a sidecar whose tables were made anew.
				if ( $change['seq'] <= $kept['seq'] && $at <= $kept['at'] ) {
					continue;
				}
				$reason = $this->apply( $change );
				if ( '' !== $reason ) {
					$rejected[] = array(
						'seq'    => $change['seq'],
						'reason' => $reason,
					);
				}
				$kept['seq'] = $change['seq'];
				$kept['at']  = max( $kept['at'], $at );
				$accepted   += '' === $reason ? 1 : 0;
			}
			$kept['ids'][ $id ] = time();
		} finally {
			$kept['ids'] = array_filter(
				$kept['ids'],
				static function ( int $seen ): bool {
					// Older requests are refused for their time stamp.
					return $seen > time() - 3 * Signature::TOLERANCE;
				}
			);
			update_network_option( null, self::OPTION, $kept );
		}
		return array(
			'accepted' => $accepted,
			'rejected' => $rejected,
		);
	}

	/**
	 * Returns array( the changes in order, what is rejected ).
	 *
	 * @param array $changes What the sidecar sent as changes.
	 */
	private static function sort_out( array $changes ): array {
		$rejected = array();
		foreach ( $changes as $index => $change ) {
			if ( ! self::is_change( $change ) ) {
				if ( is_int( $change['seq'] ?? null ) ) {
					$rejected[] = array(
						'seq'    => $change['seq'],
						'reason' => 'body-invalid',
					);
				}
				unset( $changes[ $index ] );
			}
		}
		usort(
			$changes,
			static function ( array $one, array $other ): int {
				return $one['seq'] <=> $other['seq'];
			}
		);
		return array( $changes, $rejected );
	}

	/**
	 * Applies one change; returns an empty string, or why it cannot be applied, now or later.
	 *
	 * @param array $change The change.
	 * @throws \RuntimeException When it is worth sending it again.
	 */
	private function apply( array $change ): string {
		try {
			if ( 'secure' === $change['state'] ) {
				$this->make_secure( $change );
			} elseif ( 'securing' === $change['state'] && true === ( $change['dnsRight'] ?? false ) ) {
				$this->check_again( $change );
			}
			// Last, so that a change that has to come again is logged and announced once.
			$this->log( $change );
			$this->announce( $change );
			return '';
		} catch ( \Throwable $error ) {
			if ( $error instanceof \RuntimeException && Mappings::BUSY === $error->getCode() ) {
				throw $error;
			}
			$this->um->log( Ultimate_Multisite::LOG, "{$change['name']}: {$error->getMessage()}", 'error' );
			return 'ultimate-multisite-error';
		}
	}

	/**
	 * Tells whether something is a change as the sidecar sends it.
	 *
	 * @param mixed $change Anything.
	 */
	private static function is_change( $change ): bool {
		return is_array( $change )
			&& is_int( $change['seq'] ?? null )
			&& is_string( $change['name'] ?? null ) && '' !== $change['name'] && strlen( $change['name'] ) <= 255
			&& is_string( $change['state'] ?? null )
			&& is_string( $change['at'] ?? null ) && false !== strtotime( $change['at'] );
	}

	/**
	 * Puts every mapping of a secured name to done.
	 *
	 * @param array $change The change.
	 */
	private function make_secure( array $change ): void {
		$this->for_each_mapping(
			$change,
			function ( object $mapping ): string {
				return $this->mappings->make_secure( $mapping );
			}
		);
	}

	/**
	 * Has UM check the mappings of a name whose DNS is right by now, once and at once, also those that it has given up: by
	 * itself it would come minutes later, or never.
	 *
	 * @param array $change The change.
	 */
	private function check_again( array $change ): void {
		$this->for_each_mapping(
			$change,
			function ( object $mapping ): string {
				if ( ! in_array( $mapping->get_stage(), array( 'checking-dns', 'failed', 'ssl-failed' ), true ) ) {
					return '';
				}
				$refused = $this->mappings->reopen( $mapping );
				if ( '' === $refused ) {
					$this->um->check_now( (int) $mapping->get_id() );
				}
				return $refused;
			}
		);
	}

	/**
	 * Changes every mapping of a name, which is no news for the sidecar, and logs what UM refuses.
	 *
	 * @param array    $change The change.
	 * @param callable $work   Changes a mapping; returns an empty string or why UM refused.
	 */
	private function for_each_mapping( array $change, callable $work ): void {
		// A www name's own mapping, if there is one, counts; its sibling without www waits for its own certificate.
		foreach ( $this->mappings->named( $change['name'] ) as $mapping ) {
			$this->collector->quietly(
				function () use ( $mapping, $change, $work ): void {
					$refused = $work( $mapping );
					if ( '' !== $refused ) {
						$this->um->log( Ultimate_Multisite::LOG, "{$change['name']}: {$refused}", 'error' );
					}
				}
			);
		}
	}

	/**
	 * Tells other plugins of a change; an error of theirs is logged and changes nothing here.
	 *
	 * @param array $change The change.
	 */
	private function announce( array $change ): void {
		$text   = static function ( string $key ) use ( $change ): string {
			return is_string( $change[ $key ] ?? null ) ? $change[ $key ] : '';
		};
		$public = array(
			'site_id' => (int) ( $change['siteId'] ?? 0 ),
			'live'    => true === ( $change['live'] ?? false ),
		);
		foreach ( array( 'name', 'kind', 'state', 'previous', 'reason', 'message', 'remedy', 'severity', 'actor', 'at' ) as $key ) {
			$public[ $key ] = $text( $key );
		}
		try {
			/**
			 * Fires once for each change of a domain's state or reason, in the order in which they happened, after it was applied.
			 *
			 * @param array $public array( name, kind: mapping, www or site, site_id, state, previous, reason, message, remedy,
			 *                      severity: ok, waiting, warning, action or critical, actor: customer, network-admin, operator or
			 *                      nobody, live: whether it has ever been secure, at: ISO 8601 ); what is not known is empty.
			 */
			do_action( 'domain_bridge_domain_changed', $public );
		} catch ( \Throwable $error ) {
			$this->um->log( Ultimate_Multisite::LOG, "domain_bridge_domain_changed: {$error->getMessage()}", 'error' );
		}
	}

	/**
	 * Writes a change to the integration's log and to the mapping's own.
	 *
	 * @param array $change The change.
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
	 *
	 * @param array $change The change.
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
			'ssl-failed' => __( '%s has no valid certificate after all tries; it is checked again every hour.', 'domain-bridge-for-serverpilot' ),
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
