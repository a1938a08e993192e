<?php
/**
 * What the sidecar is told about this network.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Registers the network with the sidecar, and again whenever what was registered has changed.
 */
final class Registration {

	/**
	 * Holds what the sidecar accepted last (hash, enabled, at in unix seconds, marks of the nonces that prove it; policy and
	 * decisions, decided at, of the network's filters) and what is known of the sidecar at url, asked by this version of
	 * the plugin: its version, its features, waits (what waits for a person), looked (when it was last asked).
	 */
	const OPTION = 'domain_bridge_registration';

	/** Seconds after which the sidecar is asked for news, when a network admin is about. */
	const NEWS = 600;

	/** Seconds after which the network's filters are asked about every mapping again. */
	const DECISIONS = 3600;

	/** What the plugin answers beyond what 0.1.0 did. */
	const OFFERS = array( 'witness', 'reach', 'rejected' );

	private Config $config;
	private Secret $secret;
	private Ultimate_Multisite $um;
	private Mapping_Filters $filters;
	private Sidecar $sidecar;

	/** What the network's filters have just decided about all mappings, so that they are not asked twice. */
	private ?array $decisions = null;

	/**
	 * Takes everything that is told to the sidecar, and the way to it.
	 *
	 * @param Config             $config  The credentials and the sidecar's address.
	 * @param Secret             $secret  The shared secret.
	 * @param Ultimate_Multisite $um      UM's settings, and whether its own code is off.
	 * @param Mapping_Filters    $filters What the network's own code decides.
	 * @param Sidecar            $sidecar The way to the sidecar.
	 */
	public function __construct( Config $config, Secret $secret, Ultimate_Multisite $um, Mapping_Filters $filters, Sidecar $sidecar ) {
		$this->config  = $config;
		$this->secret  = $secret;
		$this->um      = $um;
		$this->filters = $filters;
		$this->sidecar = $sidecar;
	}

	/**
	 * Tells whether the bridge is to work: ServerPilot is enabled in UM, and UM's own code for it is off.
	 */
	public function active(): bool {
		return $this->um->enabled() && $this->um->understood();
	}

	/**
	 * Tells whether the sidecar knows what is true now, as far as can be told without asking about each mapping. A network
	 * that was never enabled needs no registration.
	 */
	public function is_current(): bool {
		$kept = $this->kept();
		if ( ! $this->active() ) {
			return empty( $kept['enabled'] );
		}
		return hash_equals( (string) ( $kept['hash'] ?? '' ), $this->fingerprint() );
	}

	/**
	 * Returns a fingerprint of what the sidecar has to know now.
	 */
	public function fingerprint(): string {
		return $this->hash( $this->active(), $this->features() ?? array() );
	}

	/**
	 * Tells whether the sidecar has to be told anew before it is told of events. The network's filters may take their time here.
	 *
	 * @param array $events The events.
	 * @param int   $now    Unix seconds.
	 */
	public function is_due( array $events, int $now ): bool {
		if ( ! $this->is_current() ) {
			$this->decisions = $this->filters->decisions();
			return true;
		}
		$kept = $this->kept();
		if ( ! $this->active() || ! $this->filters->decide() ) {
			return false;
		}
		if ( $now - (int) ( $kept['decided'] ?? 0 ) < self::DECISIONS && $this->filters->agree( $events, (string) ( $kept['policy'] ?? '' ) ) ) {
			return false;
		}
		$this->decisions = $this->filters->decisions();
		$this->keep( array( 'decided' => $now ) );
		return md5( (string) wp_json_encode( $this->decisions ) ) !== ( $kept['decisions'] ?? '' );
	}

	/**
	 * Tells whether it is time to ask the sidecar for news, or to ask the filters about every mapping.
	 *
	 * @param int $now Unix seconds.
	 */
	public function is_stale( int $now ): bool {
		$kept = $this->kept();
		return $this->active() && ( $now - (int) ( $kept['looked'] ?? 0 ) >= self::NEWS || ( $this->filters->decide() && $now - (int) ( $kept['decided'] ?? 0 ) >= self::DECISIONS ) );
	}

	/**
	 * Registers the network. A sidecar that is not known yet is asked first what it can do: one of 0.1.0 refuses fields
	 * that it does not know.
	 *
	 * @param float $seconds The longest that it may take.
	 * @param bool  $wanted  False to have the sidecar stop, whatever UM's settings say.
	 * @return true|\WP_Error
	 */
	public function send( float $seconds, bool $wanted = true ) {
		$enabled   = $wanted && $this->active();
		$end       = microtime( true ) + $seconds;
		$decisions = $this->decisions ?? $this->filters->decisions();

		$this->decisions = null;
		if ( null === $decisions ) {
			return new \WP_Error( 'mappings-missing', 'mappings-missing' );
		}
		if ( ! $wanted || ( $this->um->enabled() && ! $this->um->understood() ) ) {
			Tables::switch_off();
			$this->doubt();
		}
		if ( null === $this->features() ) {
			$news = $this->ask_for_news( $seconds );
			if ( is_wp_error( $news ) ) {
				return $news;
			}
		}
		$features = $this->features() ?? array();
		$body     = $this->settings( $enabled ) + array(
			'wwwPolicy'    => $decisions['policy'],
			'wwwOverrides' => (object) $decisions['overrides'],
			'excluded'     => $decisions['excluded'],
		);
		$more     = $this->more( $features );
		if ( is_wp_error( $more ) ) {
			return $more;
		}
		$left = $end - microtime( true );
		if ( $left < Sidecar::LEAST ) {
			return new \WP_Error( 'sidecar-slow', 'sidecar-slow' );
		}
		$answer = $this->sidecar->request( 'PUT', '', $body + $more, $left );
		if ( is_wp_error( $answer ) ) {
			$data = $answer->get_error_data();
			if ( is_array( $data ) && ( $data['status'] ?? 0 ) >= 400 ) {
				// It may be another sidecar by now, which knows other fields.
				$this->keep( array( 'features' => null ) );
			}
			return $answer;
		}
		$this->keep(
			array(
				'hash'      => $this->hash( $enabled, $features ),
				'enabled'   => $enabled,
				'at'        => time(),
				'marks'     => array( self::mark( $more ) ),
				'policy'    => $decisions['policy'],
				'decisions' => md5( (string) wp_json_encode( $decisions ) ),
				'decided'   => time(),
			)
		);
		$this->learn( $answer, time() );
		return true;
	}

	/**
	 * Asks the sidecar for its version, what it can do and what waits for a person.
	 *
	 * @param float $seconds The longest that it may take.
	 * @return true|\WP_Error
	 */
	public function ask_for_news( float $seconds ) {
		$answer = $this->sidecar->request( 'GET', '/status?names=0', null, $seconds );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		$this->learn( $answer, time() );
		return true;
	}

	/**
	 * Keeps what an answer tells about the sidecar.
	 *
	 * @param array $answer The answer to a registration or a question for the status.
	 * @param int   $now    Unix seconds.
	 */
	public function learn( array $answer, int $now ): void {
		Network_Address::learn( $answer );
		$kept     = $this->kept();
		$features = isset( $answer['features'] ) && is_array( $answer['features'] ) ? $answer['features'] : array();
		$news     = array(
			'version'  => isset( $answer['version'] ) && is_string( $answer['version'] ) ? $answer['version'] : '',
			'features' => array_values( array_filter( $features, 'is_string' ) ),
			'url'      => $this->config->sidecar_url(),
			'plugin'   => VERSION,
		);
		if ( array_key_exists( 'held', $answer ) ) {
			// Only a status tells of these.
			$news['waits'] = array();
			foreach ( array( 'suspect', 'held' ) as $kind ) {
				if ( isset( $answer[ $kind ] ) && is_array( $answer[ $kind ] ) ) {
					$news['waits'][ $kind ] = array_intersect_key( $answer[ $kind ], array_flip( array( 'reason', 'params', 'message', 'remedy' ) ) );
				}
			}
		}
		$is_new = static function ( $value, string $key ) use ( $kept ): bool {
			return ( $kept[ $key ] ?? null ) !== $value;
		};
		if ( array() !== array_filter( $news, $is_new, ARRAY_FILTER_USE_BOTH ) || $now - (int) ( $kept['looked'] ?? 0 ) >= self::NEWS / 2 ) {
			$this->keep( $news + array( 'looked' => $now ) );
		}
	}

	/**
	 * Has a sidecar that works for this network leave the app alone from now on: in the bridge's own table, for the sidecar
	 * may not answer, and by telling it.
	 *
	 * @param float $seconds The longest that it may take.
	 */
	public function stop( float $seconds ): void {
		Tables::switch_off();
		$this->doubt();
		if ( ! empty( $this->kept()['enabled'] ) ) {
			$this->send( $seconds, false );
		}
	}

	/**
	 * Has the next registration say anew what holds.
	 */
	public function doubt(): void {
		if ( array() !== $this->kept() ) {
			$this->keep( array( 'hash' => '' ) );
		}
	}

	/**
	 * Tells whether the sidecar ever accepted a registration.
	 */
	public function was_accepted(): bool {
		return isset( $this->kept()['at'] );
	}

	/**
	 * Returns the version that the sidecar gave, or an empty string.
	 */
	public function sidecar_version(): string {
		return (string) ( $this->kept()['version'] ?? '' );
	}

	/**
	 * Tells whether the sidecar said that it can do something.
	 *
	 * @param string $feature The feature's name.
	 */
	public function has( string $feature ): bool {
		return in_array( $feature, $this->features() ?? array(), true );
	}

	/**
	 * Returns what waits for a person, by kind (suspect, held): reason, params, message and remedy.
	 */
	public function waits(): array {
		$waits = $this->kept()['waits'] ?? array();
		return $this->active() && is_array( $waits ) ? $waits : array();
	}

	/**
	 * Tells whether a status is of the registration of this installation: the sidecar shows a mark of its nonce.
	 *
	 * @param array $status The sidecar's status.
	 */
	public function is_ours( array $status ): bool {
		$mark = isset( $status['mark'] ) && is_string( $status['mark'] ) ? $status['mark'] : '';
		return '' === $mark || in_array( $mark, (array) ( $this->kept()['marks'] ?? array() ), true );
	}

	/**
	 * Returns what is told beyond the fields of 0.1.0, as far as the sidecar understands it.
	 *
	 * @param array $features What the sidecar can do.
	 * @return array|\WP_Error
	 */
	private function more( array $features ) {
		$more = array() === $features ? array() : array( 'forceSslProxied' => Config::force_ssl_proxied() );
		if ( in_array( 'offers', $features, true ) ) {
			$more['offers'] = self::OFFERS;
		}
		if ( in_array( 'network-id', $features, true ) ) {
			$more['networkId'] = get_current_network_id();
		}
		if ( in_array( 'identity', $features, true ) ) {
			$more['proof'] = Tables::write_proof();
			if ( '' === $more['proof'] ) {
				return new \WP_Error( 'another-installation', 'another-installation', array( 'params' => array( 'url' => $this->config->sidecar_url() ) ) );
			}
			// Until the answer is there, either may be the registration's.
			$this->keep( array( 'marks' => array_merge( array( self::mark( $more ) ), array_slice( (array) ( $this->kept()['marks'] ?? array() ), 0, 1 ) ) ) );
		}
		return $more;
	}

	/**
	 * Returns the mark by which the sidecar shows whose registration it has.
	 *
	 * @param array $more What more() returned.
	 */
	private static function mark( array $more ): string {
		return isset( $more['proof'] ) ? substr( hash( 'sha256', $more['proof'] ), 0, 32 ) : '';
	}

	/**
	 * Returns what the sidecar at this address can do, or null where this version of the plugin has not asked it yet.
	 */
	private function features(): ?array {
		$kept  = $this->kept();
		$asked = ( $kept['url'] ?? '' ) === $this->config->sidecar_url() && ( $kept['plugin'] ?? '' ) === VERSION;
		return $asked && is_array( $kept['features'] ?? null ) ? $kept['features'] : null;
	}

	/**
	 * Returns the settings of this network, in the fields of 0.1.0.
	 *
	 * @param bool $enabled Whether the sidecar shall work.
	 */
	private function settings( bool $enabled ): array {
		return array(
			'enabled'       => $enabled,
			'clientId'      => $this->config->credential( Config::CLIENT_ID ),
			'apiKey'        => $this->config->credential( Config::API_KEY ),
			'appId'         => $this->config->credential( Config::APP_ID ),
			'multiPartTlds' => $this->um->multi_part_tlds(),
			'sslMaxTries'   => $this->filters->ssl_max_tries(),
			'forceSsl'      => $this->filters->force_ssl(),
			'pluginVersion' => VERSION,
		);
	}

	/**
	 * Returns a fingerprint that tells nothing of the credentials. It differs for another sidecar, secret or ability, for
	 * other filters, and in a copy of the site, which has to prove anew that the sidecar sees its database.
	 *
	 * @param bool  $enabled  Whether the sidecar shall work.
	 * @param array $features What it can do.
	 */
	private function hash( bool $enabled, array $features ): string {
		global $wpdb;
		$network = get_network();
		$told    = array( $this->settings( $enabled ), $this->um->www_policy(), $this->filters->names(), $features, Config::force_ssl_proxied() );
		$where   = array( $this->config->sidecar_url(), $this->config->address_problem(), DB_NAME, $wpdb->base_prefix, $network->domain, $network->path );
		return hash_hmac( 'sha256', (string) wp_json_encode( array( $told, $where ) ), $this->secret->get() );
	}

	/**
	 * Returns what is kept.
	 */
	private function kept(): array {
		$kept = get_network_option( null, self::OPTION, array() );
		return is_array( $kept ) ? $kept : array();
	}

	/**
	 * Keeps some of it anew.
	 *
	 * @param array $changes What is different now.
	 */
	private function keep( array $changes ): void {
		update_network_option( null, self::OPTION, $changes + $this->kept() );
	}
}
