<?php
/**
 * WordPress's Site Health.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Adds tests of the bridge and a section without secrets to Site Health of the main site, for network admins. The tests
 * are asked for by the browser, each by itself, so that the page does not wait for the sidecar.
 */
final class Site_Health {

	const TESTS = array( 'constants', 'sidecar', 'app', 'capacity', 'names' );

	/** Domains that are named in a result. */
	const NAMED = 10;

	private Plugin $plugin;
	private ?Snapshot $snapshot = null;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Adds the tests.
	 *
	 * @param mixed $tests The tests so far.
	 */
	public function add_tests( $tests ): array {
		$tests = is_array( $tests ) ? $tests : array();
		if ( ! is_main_site() || ! current_user_can( 'manage_network_options' ) || ! $this->plugin->um()->enabled() ) {
			return $tests;
		}
		$labels = array(
			'constants' => __( 'Domain Bridge: ServerPilot credentials', 'domain-bridge-for-serverpilot' ),
			'sidecar'   => __( 'Domain Bridge: sidecar', 'domain-bridge-for-serverpilot' ),
			'app'       => __( 'Domain Bridge: ServerPilot app', 'domain-bridge-for-serverpilot' ),
			'capacity'  => __( 'Domain Bridge: room on the app', 'domain-bridge-for-serverpilot' ),
			'names'     => __( 'Domain Bridge: domains', 'domain-bridge-for-serverpilot' ),
		);
		foreach ( self::TESTS as $id ) {
			$tests['async'][ "domain_bridge_{$id}" ] = array(
				'label'             => $labels[ $id ],
				'test'              => rest_url( Routes::REST_NAMESPACE . "/site-health/{$id}" ),
				'has_rest'          => true,
				'async_direct_test' => function () use ( $id ): array {
					return $this->result( $id );
				},
			);
		}
		return $tests;
	}

	/**
	 * Adds the section, with nothing in it that has to be kept secret.
	 *
	 * @param mixed $sections The sections so far.
	 */
	public function add_information( $sections ): array {
		$sections = is_array( $sections ) ? $sections : array();
		if ( is_main_site() && current_user_can( 'manage_network_options' ) ) {
			$sections['domain-bridge'] = array(
				'label'  => __( 'Domain Bridge for ServerPilot', 'domain-bridge-for-serverpilot' ),
				'fields' => $this->fields(),
			);
		}
		return $sections;
	}

	/**
	 * Returns a test's result in the form that Site Health wants.
	 *
	 * @param string $id One of TESTS.
	 */
	public function result( string $id ): array {
		$found = in_array( $id, self::TESTS, true ) ? $this->$id() : $this->unknown();
		return array(
			'label'       => $found[1],
			'status'      => $found[0],
			'badge'       => array(
				'label' => __( 'Domains', 'domain-bridge-for-serverpilot' ),
				'color' => 'blue',
			),
			'description' => '<p>' . implode( '<br>', array_map( 'esc_html', explode( "\n", $found[2] ) ) ) . '</p>',
			'actions'     => sprintf( '<a href="%s">%s</a>', esc_url( Screen::url() ), esc_html__( 'Open the Domain Bridge', 'domain-bridge-for-serverpilot' ) ),
			'test'        => "domain_bridge_{$id}",
		);
	}

	/**
	 * Checks whether all constants are there: array( status, headline, explanation ).
	 */
	private function constants(): array {
		$missing = $this->plugin->config()->missing();
		if ( array() === $missing ) {
			return array( 'good', __( 'The ServerPilot credentials are set', 'domain-bridge-for-serverpilot' ), __( 'WordPress knows the client id, the API key and the app id.', 'domain-bridge-for-serverpilot' ) );
		}
		/* translators: %s: names of constants, separated by commas. */
		$text = sprintf( _n( 'Define this constant in wp-config.php: %s.', 'Define these constants in wp-config.php: %s.', count( $missing ), 'domain-bridge-for-serverpilot' ), implode( ', ', $missing ) );
		return array( 'critical', __( 'ServerPilot credentials are missing', 'domain-bridge-for-serverpilot' ), $text );
	}

	/**
	 * Checks whether the sidecar answers and fits.
	 */
	private function sidecar(): array {
		if ( ! $this->plugin->um()->understood() ) {
			list( $message, $remedy ) = $this->plugin->reasons()->describe( 'ultimate-multisite-not-understood' );
			return array( 'critical', __( 'The Domain Bridge is paused', 'domain-bridge-for-serverpilot' ), "{$message} {$remedy}" );
		}
		$error = $this->snapshot()->error();
		if ( null !== $error && $this->snapshot()->is_away() && ! $this->plugin->registration()->was_accepted() ) {
			return array( 'recommended', __( 'The sidecar of the Domain Bridge is not connected yet', 'domain-bridge-for-serverpilot' ), __( 'Next step: connect the sidecar, the program that talks to ServerPilot.', 'domain-bridge-for-serverpilot' ) );
		}
		if ( null !== $error ) {
			return array( 'critical', __( 'The sidecar of the Domain Bridge does not work', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons()->error_sentence( $error ) );
		}
		if ( VERSION !== $this->snapshot()->version() ) {
			/* translators: 1: version of the plugin, 2: version of the sidecar. */
			$text   = sprintf( __( 'The plugin has version %1$s, the sidecar %2$s. Update the older one.', 'domain-bridge-for-serverpilot' ), VERSION, $this->snapshot()->version() );
			$status = Notices::are_neighbours( VERSION, $this->snapshot()->version() ) ? 'good' : 'recommended';
			return array( $status, __( 'Domain Bridge and its sidecar have different versions', 'domain-bridge-for-serverpilot' ), $text );
		}
		return array( 'good', __( 'The sidecar of the Domain Bridge answers', 'domain-bridge-for-serverpilot' ), __( 'It has the same version as the plugin.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Checks whether the last sync reached the app, and whether something waits for a person.
	 */
	private function app(): array {
		if ( null !== $this->snapshot()->error() ) {
			return $this->unknown();
		}
		$pass = $this->snapshot()->pass();
		if ( array() !== $this->snapshot()->suspect() ) {
			return array( 'critical', __( 'Nothing shows that this network belongs to the ServerPilot app', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons()->sentence( $this->snapshot()->suspect() ) );
		}
		if ( 'failed' === Snapshot::text( $pass, 'lastOutcome' ) ) {
			return array( 'critical', __( 'The domains could not be brought to ServerPilot', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons()->sentence( $pass ) );
		}
		if ( array() !== $this->snapshot()->held() ) {
			return array( 'critical', __( 'Changes to the ServerPilot app are held for approval', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons()->sentence( $this->snapshot()->held() ) );
		}
		if ( array() === $this->snapshot()->app() ) {
			return array( 'recommended', __( 'The ServerPilot app was not seen yet', 'domain-bridge-for-serverpilot' ), __( 'Test the connection on the screen of the Domain Bridge.', 'domain-bridge-for-serverpilot' ) );
		}
		return array( 'good', __( 'The ServerPilot app can be reached', 'domain-bridge-for-serverpilot' ), __( 'The last sync succeeded.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Checks how full the app is.
	 */
	private function capacity(): array {
		if ( array() === $this->snapshot()->app() ) {
			return $this->unknown();
		}
		list( $used, $most ) = $this->snapshot()->capacity();
		/* translators: 1: number of domains, 2: the most there can be. */
		$text = sprintf( __( '%1$d of %2$d domains used', 'domain-bridge-for-serverpilot' ), $used, $most );
		if ( $used < 0.9 * $most ) {
			return array( 'good', __( 'The ServerPilot app has room for more domains', 'domain-bridge-for-serverpilot' ), $text );
		}
		return array( $used < $most ? 'recommended' : 'critical', __( 'The ServerPilot app is (almost) full', 'domain-bridge-for-serverpilot' ), $text );
	}

	/**
	 * Checks whether domains need a person.
	 */
	private function names(): array {
		$worries = $this->snapshot()->worries();
		$page    = 0 === $worries ? array( 0, array() ) : $this->snapshot()->names( array( 'needs' => 'action', 'limit' => self::NAMED ) );
		if ( null !== $this->snapshot()->error() || is_wp_error( $page ) ) {
			return $this->unknown();
		}
		if ( 0 === $worries ) {
			return array( 'good', __( 'No mapped domain needs action', 'domain-bridge-for-serverpilot' ), __( 'Each domain is on the app and has its certificate, or is about to.', 'domain-bridge-for-serverpilot' ) );
		}
		$lines = array();
		foreach ( $page[1] as $name ) {
			$lines[] = Snapshot::text( $name, 'name' ) . ': ' . $this->plugin->reasons()->sentence( $name );
		}
		/* translators: %d: number of domains. */
		$headline = sprintf( _n( '%d domain needs action', '%d domains need action', $worries, 'domain-bridge-for-serverpilot' ), $worries );
		return array( $this->snapshot()->is_critical() ? 'critical' : 'recommended', $headline, implode( "\n", $lines ) );
	}

	/**
	 * Says that this cannot be known while the sidecar does not answer.
	 */
	private function unknown(): array {
		return array( 'recommended', __( 'The state of the ServerPilot app is not known', 'domain-bridge-for-serverpilot' ), __( 'It is known again once the sidecar has answered.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Returns the section's fields: what helps with support, constants only by whether they are set.
	 */
	private function fields(): array {
		$snapshot = $this->snapshot();
		$pass     = $snapshot->pass();
		$app      = $snapshot->app();
		$error    = $snapshot->error();
		$config   = $this->plugin->config();
		$fields   = array(
			'plugin'  => array( __( 'Version of the plugin', 'domain-bridge-for-serverpilot' ), VERSION ),
			'sidecar' => array( __( 'Version of the sidecar', 'domain-bridge-for-serverpilot' ), $snapshot->version() ),
			'url'     => array( __( 'Address of the sidecar', 'domain-bridge-for-serverpilot' ), $config->sidecar_url() ),
			'network' => array( __( 'Id of the network', 'domain-bridge-for-serverpilot' ), $config->network() ),
			'enabled' => array( __( 'ServerPilot enabled', 'domain-bridge-for-serverpilot' ), $this->yes( $this->plugin->um()->enabled() ) ),
			'secret'  => array( __( 'Secret', 'domain-bridge-for-serverpilot' ), $this->secret() ),
			'problem' => array( __( 'Problem', 'domain-bridge-for-serverpilot' ), null === $error ? '' : (string) $error->get_error_code() ),
			'app'     => array( __( 'ServerPilot app', 'domain-bridge-for-serverpilot' ), Snapshot::text( $app, 'name' ) ),
			'used'    => array( __( 'Domains on the app', 'domain-bridge-for-serverpilot' ), array() === $app ? '' : implode( ' / ', $snapshot->capacity() ) ),
			'pass'    => array( __( 'Last sync', 'domain-bridge-for-serverpilot' ), trim( Snapshot::text( $pass, 'lastAt' ) . ' ' . Snapshot::text( $pass, 'lastOutcome' ) . ' ' . Snapshot::text( $pass, 'reason' ) ) ),
		);
		foreach ( array( Config::CLIENT_ID, Config::API_KEY, Config::APP_ID ) as $name ) {
			$fields[ strtolower( $name ) ] = array( $name, $this->yes( '' !== $config->credential( $name ) ) );
		}
		foreach ( $snapshot->counts() as $state => $count ) {
			/* translators: %s: the name of a state. */
			$fields[ "names-{$state}" ] = array( sprintf( __( 'Domains in the state “%s”', 'domain-bridge-for-serverpilot' ), Words::states()[ $state ] ?? $state ), (string) $count );
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
		$problem = $this->plugin->secret()->problem();
		if ( '' !== $problem ) {
			return $problem;
		}
		return $this->plugin->secret()->from_constant() ? Secret::CONSTANT : __( 'made by the plugin, kept encrypted', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns yes or no.
	 *
	 * @param bool $value The value.
	 */
	private function yes( bool $value ): string {
		return $value ? __( 'yes', 'domain-bridge-for-serverpilot' ) : __( 'no', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns the sidecar's status, asked for once in a request.
	 */
	private function snapshot(): Snapshot {
		$this->snapshot = $this->snapshot ?? Snapshot::take( $this->plugin );
		return $this->snapshot;
	}
}
