<?php
/**
 * The plugin's public filters.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Lets a network's own code decide about single mappings, about tries and about ForceSSL.
 */
final class Mapping_Filters {

	const TRIES   = 5;
	const WWW     = 'domain_bridge_www';
	const EXCLUDE = 'domain_bridge_exclude_mapping';

	private Ultimate_Multisite $um;
	private Mappings $mappings;

	/**
	 * Takes UM's policy and its mappings.
	 *
	 * @param Ultimate_Multisite $um       UM.
	 * @param Mappings           $mappings Its mappings.
	 */
	public function __construct( Ultimate_Multisite $um, Mappings $mappings ) {
		$this->um       = $um;
		$this->mappings = $mappings;
	}

	/**
	 * Returns the number of tries for a certificate before it counts as failed, 1 to 100.
	 */
	public function ssl_max_tries(): int {
		/**
		 * Filters the number of tries for a new domain's certificate before it is called failed.
		 *
		 * @param int $tries The number of looks.
		 */
		$tries = apply_filters( 'domain_bridge_ssl_max_tries', self::TRIES );
		return is_numeric( $tries ) ? max( 1, min( 100, (int) $tries ) ) : self::TRIES;
	}

	/**
	 * Tells whether ServerPilot shall redirect to https once every name is secure.
	 */
	public function force_ssl(): bool {
		/**
		 * Filters whether ForceSSL is switched on at ServerPilot once every name is secure.
		 *
		 * @param bool $force What the constant WU_SERVER_PILOT_FORCE_SSL says; off without it.
		 */
		return true === apply_filters( 'domain_bridge_force_ssl', Config::force_ssl() );
	}

	/**
	 * Raises UM's tries while it waits for a certificate; never lowers what another plugin wants.
	 *
	 * @param mixed $tries  The number so far.
	 * @param mixed $domain UM's model of the mapping.
	 * @return mixed
	 */
	public function raise_tries( $tries, $domain = null ) {
		if ( ! $this->um->enabled() || 'checking-ssl-cert' !== Ultimate_Multisite::ask( array( $domain, 'get_stage' ) ) ) {
			return $tries;
		}
		return is_numeric( $tries ) ? max( (int) $tries, $this->ssl_max_tries() ) : $tries;
	}

	/**
	 * Tells whether the network's own code decides about single mappings.
	 */
	public function decide(): bool {
		return array() !== $this->names();
	}

	/**
	 * Returns the filters about single mappings that somebody listens to.
	 */
	public function names(): array {
		return array_values( array_filter( array( self::WWW, self::EXCLUDE ), 'has_filter' ) );
	}

	/**
	 * Returns what the filters say about all mappings, or null when these cannot be read: policy is the one of always, never
	 * and UM's own from which they differ least, overrides the www answers that differ from it, excluded the names that are
	 * left out. So a filter that decides about each of thousands of mappings is still told in few words.
	 */
	public function decisions(): ?array {
		$own       = $this->um->www_policy();
		$overrides = array_fill_keys( array( $own, 'always', 'never' ), array() );
		$excluded  = array();
		$all       = $this->decide() ? $this->mappings->all() : array();
		if ( null === $all ) {
			return null;
		}
		foreach ( $all as list( $domain, $site_id ) ) {
			$wanted = $this->ask( $domain, $site_id );
			if ( null === $wanted ) {
				$excluded[ $domain ] = $domain;
				continue;
			}
			foreach ( array_keys( $overrides ) as $policy ) {
				if ( $wanted !== $this->usual( $domain, $policy ) ) {
					$overrides[ $policy ][ $domain ] = $wanted;
				}
			}
		}
		$policy = $own;
		foreach ( $overrides as $other => $names ) {
			$policy = count( $names ) < count( $overrides[ $policy ] ) ? $other : $policy;
		}
		ksort( $overrides[ $policy ], SORT_STRING );
		ksort( $excluded, SORT_STRING );
		return array(
			'policy'    => $policy,
			'overrides' => $overrides[ $policy ],
			'excluded'  => array_values( $excluded ),
		);
	}

	/**
	 * Tells whether the filters say about the mappings that were saved just what the registered policy says.
	 *
	 * @param array  $events The events.
	 * @param string $policy The registered policy.
	 */
	public function agree( array $events, string $policy ): bool {
		foreach ( $events as $event ) {
			if ( 'mapping.saved' === $event['type'] && isset( $event['domain'] ) && $this->ask( $event['domain'], $event['siteId'] ?? 0 ) !== $this->usual( $event['domain'], $policy ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Asks the filters about one mapping: whether its www name is wanted, or null where the mapping is left out.
	 *
	 * @param string $domain  The mapped domain.
	 * @param int    $site_id The site's id.
	 */
	private function ask( string $domain, int $site_id ): ?bool {
		/**
		 * Filters whether a mapping is left out: its names are neither added nor kept.
		 *
		 * @param bool   $exclude Whether to leave it out.
		 * @param string $domain  The mapped domain.
		 * @param int    $site_id The site's id.
		 */
		if ( apply_filters( self::EXCLUDE, false, $domain, $site_id ) ) {
			return null;
		}
		/**
		 * Filters whether the www name of a mapping is put on the app beside it.
		 *
		 * @param bool   $wanted  What UM's setting says.
		 * @param string $domain  The mapped domain.
		 * @param int    $site_id The site's id.
		 */
		return (bool) apply_filters( self::WWW, $this->usual( $domain, $this->um->www_policy() ), $domain, $site_id );
	}

	/**
	 * Tells what a policy says about a name's www name. The network's own name and those below it get none.
	 *
	 * @param string $domain The name.
	 * @param string $policy One of always, main_only and never.
	 */
	private function usual( string $domain, string $policy ): bool {
		$own = (string) preg_replace( '/:\d+$/', '', (string) get_network()->domain );
		if ( $domain === $own || substr( $domain, -strlen( $own ) - 1 ) === ".{$own}" ) {
			return false;
		}
		return 'main_only' === $policy ? $this->um->wants_www( $domain ) : 'always' === $policy && 0 !== strpos( $domain, 'www.' );
	}
}
