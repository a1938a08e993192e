<?php
/**
 * The bridge's section in Site Health.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Lists what helps with support; constants only by whether they are set.
 */
final class Site_Health_Information {

	private Plugin $plugin;
	private Snapshot $snapshot;

	/**
	 * Takes the parts and the sidecar's status.
	 */
	public function __construct( Plugin $plugin, Snapshot $snapshot ) {
		$this->plugin   = $plugin;
		$this->snapshot = $snapshot;
	}

	/**
	 * Returns the fields in the form that Site Health wants.
	 */
	public function fields(): array {
		$pass   = $this->snapshot->pass();
		$app    = $this->snapshot->app();
		$error  = $this->snapshot->error();
		$fields = array(
			'plugin'  => array( __( 'Version of the plugin', 'domain-bridge-for-serverpilot' ), VERSION ),
			'sidecar' => array( __( 'Version of the sidecar', 'domain-bridge-for-serverpilot' ), $this->snapshot->version() ),
			'url'     => array( __( 'Address of the sidecar', 'domain-bridge-for-serverpilot' ), $this->plugin->config->sidecar_url() ),
			'network' => array( __( 'Id of the network', 'domain-bridge-for-serverpilot' ), $this->plugin->config->network() ),
			'enabled' => array( __( 'ServerPilot enabled', 'domain-bridge-for-serverpilot' ), $this->yes( $this->plugin->um->enabled() ) ),
			'secret'  => array( __( 'Secret', 'domain-bridge-for-serverpilot' ), $this->secret() ),
			'problem' => array( __( 'Problem', 'domain-bridge-for-serverpilot' ), null === $error ? '' : (string) $error->get_error_code() ),
			'app'     => array( __( 'ServerPilot app', 'domain-bridge-for-serverpilot' ), Wire::text( $app, 'name' ) ),
			'used'    => array( __( 'Domains on the app', 'domain-bridge-for-serverpilot' ), array() === $app ? '' : implode( ' / ', $this->snapshot->capacity() ) ),
			'pass'    => array( __( 'Last pass', 'domain-bridge-for-serverpilot' ), trim( Wire::text( $pass, 'lastAt' ) . ' ' . Wire::text( $pass, 'lastOutcome' ) . ' ' . Wire::text( $pass, 'reason' ) ) ),
		);
		foreach ( array( Config::CLIENT_ID, Config::API_KEY, Config::APP_ID ) as $name ) {
			$fields[ strtolower( $name ) ] = array( $name, $this->yes( '' !== $this->plugin->config->credential( $name ) ) );
		}
		foreach ( $this->snapshot->counts() as $state => $count ) {
			/* translators: %s: the English name of a state. */
			$fields[ "names-{$state}" ] = array( sprintf( __( 'Domains in the state %s', 'domain-bridge-for-serverpilot' ), $state ), (string) $count );
		}
		return array_map(
			static function ( array $field ): array {
				return array(
					'label' => $field[0],
					'value' => '' === $field[1] ? '—' : $field[1],
				);
			},
			$fields
		);
	}

	/**
	 * Says where the secret comes from, or what is wrong with it.
	 */
	private function secret(): string {
		$problem = $this->plugin->secret->problem();
		if ( '' !== $problem ) {
			return $problem;
		}
		return $this->plugin->secret->from_constant() ? Secret::CONSTANT : __( 'made by the plugin, kept encrypted', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns yes or no.
	 */
	private function yes( bool $value ): string {
		return $value ? __( 'yes', 'domain-bridge-for-serverpilot' ) : __( 'no', 'domain-bridge-for-serverpilot' );
	}
}
