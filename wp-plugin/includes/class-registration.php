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

	/** Holds array( hash, enabled, version of the sidecar, at in unix seconds ) of what the sidecar accepted last. */
	const OPTION = 'domain_bridge_registration';

	private Config $config;
	private Secret $secret;
	private Ultimate_Multisite $um;
	private Mapping_Filters $filters;
	private Sidecar_Client $client;

	/**
	 * Takes everything that is told to the sidecar, and the way to it.
	 */
	public function __construct( Config $config, Secret $secret, Ultimate_Multisite $um, Mapping_Filters $filters, Sidecar_Client $client ) {
		$this->config  = $config;
		$this->secret  = $secret;
		$this->um      = $um;
		$this->filters = $filters;
		$this->client  = $client;
	}

	/**
	 * Tells whether the sidecar knows what is true now; a network that was never enabled needs no registration.
	 */
	public function is_current( int $now ): bool {
		$kept = $this->kept();
		if ( ! $this->um->enabled() ) {
			return empty( $kept['enabled'] );
		}
		if ( VERSION !== $this->sidecar_version() && $now - ( $kept['at'] ?? 0 ) >= MINUTE_IN_SECONDS ) {
			// Asking again is how the warning about different versions goes away after an update of the sidecar.
			return false;
		}
		$payload = $this->payload();
		return null !== $payload && hash_equals( $kept['hash'] ?? '', $this->hash( $payload ) );
	}

	/**
	 * Registers the network.
	 *
	 * @param float $seconds The longest that it may take.
	 * @param bool  $wanted  False to have the sidecar stop, whatever UM's settings say.
	 * @return true|\WP_Error
	 */
	public function send( float $seconds, bool $wanted = true ) {
		$payload = $this->payload( $wanted );
		if ( null === $payload ) {
			return new \WP_Error( 'mappings-missing', 'mappings-missing' );
		}
		$answer = $this->client->request( 'PUT', '', array( 'wwwOverrides' => (object) $payload['wwwOverrides'] ) + $payload, $seconds );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		update_network_option(
			null,
			self::OPTION,
			array(
				'hash'    => $this->hash( $payload ),
				'enabled' => $payload['enabled'],
				'version' => isset( $answer['version'] ) && is_string( $answer['version'] ) ? $answer['version'] : '',
				'at'      => time(),
			)
		);
		return true;
	}

	/**
	 * Tells a sidecar that works for this network to leave the app alone from now on; does nothing where none does.
	 */
	public function stop( float $seconds ): void {
		if ( ! empty( $this->kept()['enabled'] ) ) {
			$this->send( $seconds, false );
		}
	}

	/**
	 * Returns the version that the sidecar gave when it was registered with, or an empty string.
	 */
	public function sidecar_version(): string {
		return (string) ( $this->kept()['version'] ?? '' );
	}

	/**
	 * Returns what the sidecar is told, or null when the mappings that a filter decides about cannot be read.
	 */
	private function payload( bool $wanted = true ): ?array {
		$decisions = $this->filters->decisions();
		if ( null === $decisions ) {
			return null;
		}
		return array(
			'enabled'       => $wanted && $this->um->enabled(),
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
	 * Returns a fingerprint that tells nothing of the credentials, and differs for another sidecar or secret.
	 */
	private function hash( array $payload ): string {
		return hash_hmac( 'sha256', $this->config->sidecar_url() . wp_json_encode( $payload ), $this->secret->get() );
	}

	/**
	 * Returns what the sidecar accepted last.
	 */
	private function kept(): array {
		$kept = get_network_option( null, self::OPTION, array() );
		return is_array( $kept ) ? $kept : array();
	}
}
