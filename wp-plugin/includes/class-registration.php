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
	 * Holds what the sidecar accepted last: hash, enabled, version of the sidecar, at in unix seconds; and what the sidecar
	 * of this address can do: features, with url and plugin (the plugin's version) for which that was asked.
	 */
	const OPTION = 'domain_bridge_registration';

	/** Seconds after which a sidecar of another version is registered with again, to learn whether it was updated. */
	const VERSION_AGE = 600;

	/** Where the nonce lies that proves to the sidecar that both see one database. */
	const PROOF = 'registration-proof';

	private Config $config;
	private Secret $secret;
	private Ultimate_Multisite $um;
	private Um_Listeners $listeners;
	private Mapping_Filters $filters;
	private Sidecar_Client $client;

	/**
	 * Takes everything that is told to the sidecar, and the way to it.
	 *
	 * @param Config             $config    The credentials and the sidecar's address.
	 * @param Secret             $secret    The shared secret.
	 * @param Ultimate_Multisite $um        UM's settings.
	 * @param Um_Listeners       $listeners Whether UM's own code is off.
	 * @param Mapping_Filters    $filters   What the network's own code decides.
	 * @param Sidecar_Client     $client    The way to the sidecar.
	 */
	public function __construct( Config $config, Secret $secret, Ultimate_Multisite $um, Um_Listeners $listeners, Mapping_Filters $filters, Sidecar_Client $client ) {
		$this->config    = $config;
		$this->secret    = $secret;
		$this->um        = $um;
		$this->listeners = $listeners;
		$this->filters   = $filters;
		$this->client    = $client;
	}

	/**
	 * Tells whether the bridge is to work: ServerPilot is enabled in UM, and UM's own code for it is off.
	 */
	public function active(): bool {
		return $this->um->enabled() && $this->listeners->understood();
	}

	/**
	 * Tells whether the sidecar knows what is true now; a network that was never enabled needs no registration.
	 *
	 * @param int $now Unix seconds.
	 */
	public function is_current( int $now ): bool {
		$kept = $this->kept();
		if ( ! $this->active() ) {
			return empty( $kept['enabled'] );
		}
		if ( VERSION !== $this->sidecar_version() && $now - ( $kept['at'] ?? 0 ) >= self::VERSION_AGE ) {
			return false;
		}
		$payload = $this->payload();
		return null !== $payload && hash_equals( $kept['hash'] ?? '', $this->hash( $payload, $this->features() ?? array() ) );
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
		$end     = microtime( true ) + $seconds;
		$payload = $this->payload( $wanted );
		if ( null === $payload ) {
			return new \WP_Error( 'mappings-missing', 'mappings-missing' );
		}
		if ( ! $wanted || ( $this->um->enabled() && ! $this->listeners->understood() ) ) {
			$this->stop_in_database();
		}
		$features = $this->features();
		if ( null === $features ) {
			$answer = $this->client->request( 'GET', '/status?names=0', null, $seconds );
			if ( is_wp_error( $answer ) ) {
				return $answer;
			}
			$features = self::listed( $answer );
		}
		$body = array( 'wwwOverrides' => (object) $payload['wwwOverrides'] ) + $payload;
		if ( in_array( 'identity', $features, true ) ) {
			$body['proof'] = $this->write_proof();
			if ( '' === $body['proof'] ) {
				return new \WP_Error( 'another-installation', 'another-installation', array( 'params' => array( 'url' => $this->config->sidecar_url() ) ) );
			}
		}
		$left = $end - microtime( true );
		if ( $left < Sidecar::LEAST ) {
			return new \WP_Error( 'sidecar-slow', 'sidecar-slow' );
		}
		$answer = $this->client->request( 'PUT', '', $body, $left );
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
				'hash'     => $this->hash( $payload, $features ),
				'enabled'  => $payload['enabled'],
				'version'  => isset( $answer['version'] ) && is_string( $answer['version'] ) ? $answer['version'] : '',
				'at'       => time(),
				'features' => self::listed( $answer ),
				'url'      => $this->config->sidecar_url(),
				'plugin'   => VERSION,
			)
		);
		return true;
	}

	/**
	 * Has a sidecar that works for this network leave the app alone from now on: in the bridge's own table, for the sidecar
	 * may not answer, and by telling it.
	 *
	 * @param float $seconds The longest that it may take.
	 */
	public function stop( float $seconds ): void {
		$this->stop_in_database();
		if ( ! empty( $this->kept()['enabled'] ) ) {
			$this->send( $seconds, false );
		}
	}

	/**
	 * Switches the bridge off in its own table, which is in WordPress's database; does nothing where there is no table.
	 */
	public static function switch_off(): void {
		global $wpdb;
		$shown = $wpdb->suppress_errors( true );
		$text  = $wpdb->get_var( "SELECT settings FROM `{$wpdb->base_prefix}domain_bridge_registration` WHERE id = 1" );
		// Objects stay objects, so that an empty one does not come back as a list.
		$settings = is_string( $text ) ? json_decode( $text ) : null;
		if ( is_object( $settings ) ) {
			$settings->enabled = false;
			$text              = (string) wp_json_encode( $settings, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
			$wpdb->query( $wpdb->prepare( "UPDATE `{$wpdb->base_prefix}domain_bridge_registration` SET settings = %s WHERE id = 1", $text ) );
		}
		$wpdb->suppress_errors( $shown );
	}

	/**
	 * Switches the bridge off in its table, and has the next registration say anew what holds.
	 */
	private function stop_in_database(): void {
		self::switch_off();
		if ( array() !== $this->kept() ) {
			$this->keep( array( 'hash' => '' ) );
		}
	}

	/**
	 * Returns the version that the sidecar gave when it was registered with, or an empty string.
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
	 * Returns what the sidecar at this address can do, or null where this version of the plugin has not asked it yet.
	 */
	private function features(): ?array {
		$kept  = $this->kept();
		$asked = ( $kept['url'] ?? '' ) === $this->config->sidecar_url() && ( $kept['plugin'] ?? '' ) === VERSION;
		return $asked && is_array( $kept['features'] ?? null ) ? $kept['features'] : null;
	}

	/**
	 * Returns the features that an answer lists; none for a sidecar of 0.1.0.
	 *
	 * @param array $answer The sidecar's answer.
	 */
	private static function listed( array $answer ): array {
		$features = isset( $answer['features'] ) && is_array( $answer['features'] ) ? $answer['features'] : array();
		return array_values( array_filter( $features, 'is_string' ) );
	}

	/**
	 * Writes a new nonce into the bridge's own table of states, where the sidecar looks for it in its database. Returns it,
	 * or an empty string where the table is not there: the sidecar makes it at once in its own database.
	 */
	private function write_proof(): string {
		global $wpdb;
		$nonce   = bin2hex( random_bytes( 24 ) );
		$shown   = $wpdb->suppress_errors( true );
		$written = $wpdb->query( $wpdb->prepare( "REPLACE INTO `{$wpdb->base_prefix}domain_bridge_state` (name, value) VALUES (%s, %s)", self::PROOF, (string) wp_json_encode( $nonce ) ) );
		$wpdb->suppress_errors( $shown );
		return false === $written ? '' : $nonce;
	}

	/**
	 * Returns what the sidecar is told, or null when the mappings that a filter decides about cannot be read. These are
	 * the fields of 0.1.0, whose sidecar refuses any other.
	 *
	 * @param bool $wanted False to have the sidecar stop.
	 */
	private function payload( bool $wanted = true ): ?array {
		$decisions = $this->filters->decisions();
		if ( null === $decisions ) {
			return null;
		}
		return array(
			'enabled'       => $wanted && $this->active(),
			'clientId'      => $this->config->credential( Config::CLIENT_ID ),
			'apiKey'        => $this->config->credential( Config::API_KEY ),
			'appId'         => $this->config->credential( Config::APP_ID ),
			'wwwPolicy'     => $this->um->www_policy(),
			'multiPartTlds' => $this->um->multi_part_tlds(),
			'wwwOverrides'  => $decisions[1],
			'excluded'      => $decisions[0],
			'sslMaxTries'   => $this->filters->ssl_max_tries(),
			'forceSsl'      => $this->filters->force_ssl(),
			'pluginVersion' => VERSION,
		);
	}

	/**
	 * Returns a fingerprint that tells nothing of the credentials, and differs for another sidecar, secret or ability.
	 *
	 * @param array $payload  What the sidecar is told.
	 * @param array $features What it can do.
	 */
	private function hash( array $payload, array $features ): string {
		return hash_hmac( 'sha256', $this->config->sidecar_url() . wp_json_encode( array( $payload, $features ) ), $this->secret->get() );
	}

	/**
	 * Returns what the sidecar accepted last.
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
