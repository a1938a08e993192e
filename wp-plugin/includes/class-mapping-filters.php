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
	 */
	public function __construct( Ultimate_Multisite $um, Mappings $mappings ) {
		$this->um       = $um;
		$this->mappings = $mappings;
	}

	/**
	 * Listens to UM's own number of tries.
	 */
	public function register(): void {
		add_filter( 'wu_async_process_domain_stage_max_tries', array( $this, 'raise_tries' ), 10, 2 );
	}

	/**
	 * Returns the number of looks at a certificate before it counts as failed, 1 to 100.
	 */
	public function ssl_max_tries(): int {
		/**
		 * Filters the number of looks at a new domain's certificate before it is called failed.
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
	 * Returns array( excluded names, www answers that differ from UM's ), or null when the mappings cannot be read.
	 */
	public function decisions(): ?array {
		$excluded  = array();
		$overrides = array();
		$www       = has_filter( self::WWW );
		$exclude   = has_filter( self::EXCLUDE );
		if ( ! $www && ! $exclude ) {
			return array( $excluded, $overrides );
		}
		$all = $this->mappings->all();
		if ( null === $all ) {
			return null;
		}
		foreach ( $all as list( $domain, $site_id ) ) {
			/**
			 * Filters whether a mapping is left out: its names are neither added nor kept.
			 *
			 * @param bool   $exclude Whether to leave it out.
			 * @param string $domain  The mapped domain.
			 * @param int    $site_id The site's id.
			 */
			if ( $exclude && apply_filters( self::EXCLUDE, false, $domain, $site_id ) ) {
				$excluded[] = $domain;
				continue;
			}
			if ( ! $www ) {
				continue;
			}
			$usual = $this->um->wants_www( $domain ) && ! self::below_network( $domain );
			/**
			 * Filters whether the www name of a mapping is put on the app beside it.
			 *
			 * @param bool   $wanted  What UM's setting says.
			 * @param string $domain  The mapped domain.
			 * @param int    $site_id The site's id.
			 */
			$wanted = (bool) apply_filters( self::WWW, $usual, $domain, $site_id );
			if ( $wanted !== $usual ) {
				$overrides[ $domain ] = $wanted;
			}
		}
		ksort( $overrides );
		sort( $excluded );
		return array( array_values( array_unique( $excluded ) ), $overrides );
	}

	/**
	 * Tells whether a name is the network's own or below it; those get no www name.
	 */
	private static function below_network( string $domain ): bool {
		$own = (string) preg_replace( '/:\d+$/', '', (string) get_network()->domain );
		return $domain === $own || substr( $domain, -strlen( $own ) - 1 ) === ".{$own}";
	}
}
