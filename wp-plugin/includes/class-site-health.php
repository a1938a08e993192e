<?php
/**
 * WordPress's Site Health.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Adds tests of the bridge and a section without secrets to Site Health, for network admins.
 */
final class Site_Health {

	private Plugin $plugin;
	private ?Snapshot $snapshot = null;

	/**
	 * Takes the parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Listens to Site Health's two filters.
	 */
	public function register(): void {
		add_filter( 'site_status_tests', array( $this, 'add_tests' ) );
		add_filter( 'debug_information', array( $this, 'add_information' ) );
	}

	/**
	 * Adds the tests.
	 *
	 * @param mixed $tests The tests so far.
	 */
	public function add_tests( $tests ): array {
		$tests = is_array( $tests ) ? $tests : array();
		if ( ! current_user_can( 'manage_network_options' ) || ! $this->plugin->um->enabled() ) {
			return $tests;
		}
		foreach ( array( 'constants', 'sidecar', 'app', 'capacity', 'names' ) as $id ) {
			$tests['direct'][ "domain_bridge_{$id}" ] = array(
				/* translators: %s: the English name of a test. */
				'label' => sprintf( __( 'Domain Bridge: %s', 'domain-bridge-for-serverpilot' ), $id ),
				'test'  => function () use ( $id ): array {
					return $this->result( $id, $this->{$id}() );
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
		if ( current_user_can( 'manage_network_options' ) ) {
			$sections['domain-bridge'] = array(
				'label'  => __( 'Domain Bridge for ServerPilot', 'domain-bridge-for-serverpilot' ),
				'fields' => ( new Site_Health_Information( $this->plugin, $this->snapshot() ) )->fields(),
			);
		}
		return $sections;
	}

	/**
	 * Looks whether all constants are there: array( status, headline, explanation ).
	 */
	private function constants(): array {
		$missing = $this->plugin->config->missing();
		if ( array() === $missing ) {
			return array( 'good', __( 'The ServerPilot credentials are set', 'domain-bridge-for-serverpilot' ), __( 'WordPress knows the client id, the API key and the app id.', 'domain-bridge-for-serverpilot' ) );
		}
		/* translators: %s: names of constants, separated by commas. */
		$text = sprintf( _n( 'Define this constant in wp-config.php: %s.', 'Define these constants in wp-config.php: %s.', count( $missing ), 'domain-bridge-for-serverpilot' ), implode( ', ', $missing ) );
		return array( 'critical', __( 'ServerPilot credentials are missing', 'domain-bridge-for-serverpilot' ), $text );
	}

	/**
	 * Looks whether the sidecar answers and fits.
	 */
	private function sidecar(): array {
		$error = $this->snapshot()->error();
		if ( null !== $error ) {
			return array( 'critical', __( 'The sidecar of the Domain Bridge does not work', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons->error_sentence( $error ) );
		}
		if ( VERSION !== $this->snapshot()->version() ) {
			/* translators: 1: version of the plugin, 2: version of the sidecar. */
			$text = sprintf( __( 'The plugin has version %1$s, the sidecar %2$s. Update the older one.', 'domain-bridge-for-serverpilot' ), VERSION, $this->snapshot()->version() );
			$status = Notices::are_neighbours( VERSION, $this->snapshot()->version() ) ? 'good' : 'recommended';
			return array( $status, __( 'Domain Bridge and its sidecar have different versions', 'domain-bridge-for-serverpilot' ), $text );
		}
		return array( 'good', __( 'The sidecar of the Domain Bridge answers', 'domain-bridge-for-serverpilot' ), __( 'It has the same version as the plugin.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Looks whether the last pass reached the app.
	 */
	private function app(): array {
		if ( null !== $this->snapshot()->error() ) {
			return $this->unknown();
		}
		$pass = $this->snapshot()->pass();
		if ( 'failed' === Wire::text( $pass, 'lastOutcome' ) ) {
			return array( 'critical', __( 'The domains could not be brought to ServerPilot', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons->sentence( $pass ) );
		}
		if ( array() !== $this->snapshot()->held() ) {
			return array( 'critical', __( 'Changes to the ServerPilot app are held for approval', 'domain-bridge-for-serverpilot' ), $this->plugin->reasons->sentence( $this->snapshot()->held() ) );
		}
		if ( array() === $this->snapshot()->app() ) {
			return array( 'recommended', __( 'The ServerPilot app was not seen yet', 'domain-bridge-for-serverpilot' ), __( 'Test the connection on the screen of the Domain Bridge.', 'domain-bridge-for-serverpilot' ) );
		}
		return array( 'good', __( 'The ServerPilot app can be reached', 'domain-bridge-for-serverpilot' ), __( 'The last pass went well.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Looks how full the app is.
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
	 * Looks whether domains need a person.
	 */
	private function names(): array {
		if ( null !== $this->snapshot()->error() ) {
			return $this->unknown();
		}
		$worries = array();
		foreach ( Name_List::choose( $this->snapshot()->names() ) as $name ) {
			if ( in_array( Wire::text( $name, 'state' ), array( 'ssl-failed', 'blocked' ), true ) ) {
				$worries[] = Wire::text( $name, 'name' ) . ': ' . $this->plugin->reasons->sentence( $name );
			}
		}
		if ( array() === $worries ) {
			return array( 'good', __( 'No mapped domain needs attention', 'domain-bridge-for-serverpilot' ), __( 'Each domain is on the app and has its certificate, or is about to.', 'domain-bridge-for-serverpilot' ) );
		}
		/* translators: %d: number of domains. */
		$headline = sprintf( _n( '%d domain needs attention', '%d domains need attention', count( $worries ), 'domain-bridge-for-serverpilot' ), count( $worries ) );
		return array( 'recommended', $headline, implode( "\n", array_slice( $worries, 0, 10 ) ) );
	}

	/**
	 * Says that this cannot be known while the sidecar does not answer.
	 */
	private function unknown(): array {
		return array( 'recommended', __( 'The state of the ServerPilot app is not known', 'domain-bridge-for-serverpilot' ), __( 'It is known again once the sidecar has answered.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Returns a result in the form that Site Health wants.
	 */
	private function result( string $id, array $found ): array {
		require_once __DIR__ . '/admin/class-screen.php';
		require_once __DIR__ . '/admin/class-admin.php';
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
	 * Returns the sidecar's status, asked for once in a request.
	 */
	private function snapshot(): Snapshot {
		$this->snapshot = $this->snapshot ?? Snapshot::take( $this->plugin );
		return $this->snapshot;
	}
}
