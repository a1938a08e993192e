<?php
/**
 * Sidecar and app at a glance.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Prints four short boxes: the sidecar, the app, the certificates, the work.
 */
final class Overview {

	private Plugin $plugin;
	private Snapshot $snapshot;
	private int $now;

	/**
	 * Takes the parts, the sidecar's status and the time.
	 *
	 * @param Plugin   $plugin   The parts.
	 * @param Snapshot $snapshot The sidecar's status.
	 * @param int      $now      Unix seconds.
	 */
	public function __construct( Plugin $plugin, Snapshot $snapshot, int $now ) {
		$this->plugin   = $plugin;
		$this->snapshot = $snapshot;
		$this->now      = $now;
	}

	/**
	 * Prints the boxes.
	 */
	public function show(): void {
		echo '<div class="domain-bridge-boxes">';
		$this->box( 'sidecar', __( 'Sidecar', 'domain-bridge-for-serverpilot' ), $this->sidecar() );
		if ( null === $this->snapshot->error() ) {
			$this->box( 'app', __( 'ServerPilot app', 'domain-bridge-for-serverpilot' ), $this->app() );
			$this->box( 'certificates', __( 'Certificates', 'domain-bridge-for-serverpilot' ), $this->certificates() );
			$this->box( 'work', __( 'Work', 'domain-bridge-for-serverpilot' ), $this->work() );
		}
		$this->box( 'dns', __( 'DNS for your customers', 'domain-bridge-for-serverpilot' ), $this->dns() );
		echo '</div>';
	}

	/**
	 * Prints one box; its lines are escaped HTML.
	 *
	 * @param string $id    The box's id.
	 * @param string $title Its heading.
	 * @param array  $lines Its lines.
	 */
	private function box( string $id, string $title, array $lines ): void {
		printf( '<section class="domain-bridge-box" id="domain-bridge-box-%1$s" aria-labelledby="domain-bridge-title-%1$s">', esc_attr( $id ) );
		printf( '<h2 id="domain-bridge-title-%s">%s</h2>', esc_attr( $id ), esc_html( $title ) );
		foreach ( array_filter( $lines ) as $line ) {
			echo '<p>' . $line . '</p>'; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		}
		echo '</section>';
	}

	/**
	 * Says whether the sidecar answers and fits the plugin.
	 */
	private function sidecar(): array {
		$error = $this->snapshot->error();
		if ( null !== $error && $this->snapshot->is_away() && ! $this->plugin->registration()->was_accepted() ) {
			return array(
				Words::sign_html( 'info-outline', 'busy', __( 'Not connected yet', 'domain-bridge-for-serverpilot' ) ),
				sprintf( '<a href="%s">%s</a>', esc_url( Screen::url( 'connect' ) ), esc_html__( 'Connect the sidecar', 'domain-bridge-for-serverpilot' ) ),
				esc_html( $this->plugin->reasons()->error_sentence( $error ) ),
			);
		}
		if ( null !== $error ) {
			$mark = $this->plugin->dispatcher()->away();
			return array(
				Words::sign_html( 'warning', 'bad', __( 'Not connected', 'domain-bridge-for-serverpilot' ) ),
				null === $mark ? '' : esc_html__( 'Since:', 'domain-bridge-for-serverpilot' ) . ' ' . Words::moment_html( (int) $mark['since'], $this->now ),
				esc_html( $this->plugin->reasons()->error_sentence( $error ) ),
			);
		}
		$version = $this->snapshot->version();
		$lines   = array( Words::sign_html( 'yes-alt', 'good', __( 'Connected', 'domain-bridge-for-serverpilot' ) ) );
		if ( VERSION === $version ) {
			/* translators: %s: a version. */
			$lines[] = esc_html( sprintf( __( 'Version %s, the same as the plugin', 'domain-bridge-for-serverpilot' ), $version ) );
		} else {
			$known = Notices::are_neighbours( VERSION, $version );
			/* translators: 1: version of the plugin, 2: version of the sidecar. */
			$lines[] = Words::sign_html( $known ? 'info-outline' : 'warning', $known ? 'quiet' : 'bad', sprintf( __( 'The plugin has version %1$s, the sidecar %2$s. Update the older one.', 'domain-bridge-for-serverpilot' ), VERSION, $version ) );
		}
		if ( ! $this->snapshot->registered() ) {
			$lines[] = esc_html__( 'This network is not registered yet.', 'domain-bridge-for-serverpilot' );
		}
		$lines[] = '<code>' . esc_html( $this->plugin->config()->sidecar_url() ) . '</code>';
		return $lines;
	}

	/**
	 * Says which app it is and how full.
	 */
	private function app(): array {
		$app = $this->snapshot->app();
		if ( array() === $app ) {
			return array( esc_html__( 'Not seen yet.', 'domain-bridge-for-serverpilot' ) );
		}
		list( $used, $capacity ) = $this->snapshot->capacity();
		$name                    = Snapshot::text( $app, 'name' );
		$server                  = implode( ' · ', array_filter( array( Snapshot::text( $app, 'serverName' ), Snapshot::text( $app, 'serverAddress' ) ) ) );
		/* translators: 1: number of domains, 2: the most there can be. */
		$text = sprintf( __( '%1$d of %2$d domains used', 'domain-bridge-for-serverpilot' ), $used, $capacity );
		$lines = array(
			'<strong>' . esc_html( '' === $name ? Snapshot::text( $app, 'id' ) : $name ) . '</strong>',
			'' === $server ? '' : esc_html__( 'Server:', 'domain-bridge-for-serverpilot' ) . ' ' . esc_html( $server ),
			sprintf( '<meter min="0" max="%1$d" high="%2$d" value="%3$d" aria-hidden="true"></meter> %4$s', $capacity, (int) ( $capacity * 0.9 ), $used, esc_html( $text ) ),
		);
		foreach ( $this->snapshot->findings() as $finding ) {
			$lines[] = Words::sign_html( 'warning', 'bad', $this->plugin->reasons()->sentence( $finding ) );
			if ( 'network-domain-missing' === Snapshot::text( $finding, 'reason' ) ) {
				$lines[] = sprintf(
					'<button type="submit" class="button button-small" form="domain-bridge-actions" name="task" value="network-domain" id="domain-bridge-network-domain">%s</button>',
					esc_html__( 'Add the network’s domain to the app', 'domain-bridge-for-serverpilot' )
				);
			}
		}
		return $lines;
	}

	/**
	 * Says how AutoSSL stands and how many domains are secure.
	 */
	private function certificates(): array {
		$app     = $this->snapshot->app();
		$autossl = Snapshot::map( $app, 'autossl' );
		$counts  = $this->snapshot->counts();
		$signs   = array();
		if ( ! empty( $app['customCertificate'] ) ) {
			$signs[] = Words::sign_html( 'info-outline', 'busy', __( 'A custom certificate is installed; AutoSSL is off.', 'domain-bridge-for-serverpilot' ) );
		} elseif ( ! empty( $autossl['enabled'] ) ) {
			$signs[] = Words::sign_html( 'lock', 'good', __( 'AutoSSL is on', 'domain-bridge-for-serverpilot' ) );
		} elseif ( ! empty( $autossl['available'] ) ) {
			$signs[] = Words::sign_html( 'update', 'busy', __( 'AutoSSL is available and about to be enabled', 'domain-bridge-for-serverpilot' ) );
		} else {
			$signs[] = Words::sign_html( 'clock', 'quiet', __( 'AutoSSL is not available yet', 'domain-bridge-for-serverpilot' ) );
		}
		/* translators: 1: number of secure domains, 2: number of domains. */
		$signs[] = esc_html( sprintf( __( '%1$d of %2$d domains secure', 'domain-bridge-for-serverpilot' ), $counts['secure'], array_sum( $counts ) ) );
		$worry   = $this->snapshot->worries();
		if ( $worry > 0 ) {
			/* translators: %d: number of domains. */
			$signs[] = Words::sign_html( 'warning', 'bad', sprintf( _n( '%d domain needs action', '%d domains need action', $worry, 'domain-bridge-for-serverpilot' ), $worry ) );
		}
		if ( $this->snapshot->without_place() > 0 ) {
			/* translators: %d: number of domains. */
			$signs[] = Words::sign_html( 'warning', 'bad', sprintf( _n( '%d domain waits for room on the app', '%d domains wait for room on the app', $this->snapshot->without_place(), 'domain-bridge-for-serverpilot' ), $this->snapshot->without_place() ) );
		}
		return $signs;
	}

	/**
	 * Says which records a domain needs, to be passed on to whoever asks.
	 */
	private function dns(): array {
		$address = $this->plugin->network_address()->answer( '' );
		if ( ! is_string( $address ) || '' === $address ) {
			return array( esc_html__( 'The records are shown here as soon as the server’s address is known.', 'domain-bridge-for-serverpilot' ) );
		}
		$type = false === strpos( $address, ':' ) ? 'A' : 'AAAA';
		return array(
			/* translators: %s: a DNS record's type. */
			esc_html( sprintf( __( 'For a domain itself, an %s record:', 'domain-bridge-for-serverpilot' ), $type ) ),
			sprintf( '<code>@</code> <code id="domain-bridge-dns-address" data-copy>%s</code>', esc_html( $address ) ),
			esc_html__( 'For www, a CNAME record with the domain itself as its value.', 'domain-bridge-for-serverpilot' ),
		);
	}

	/**
	 * Says what the last pass came to and when the next is.
	 */
	private function work(): array {
		$pass  = $this->snapshot->pass();
		$next  = Snapshot::time( $pass, 'nextAt' );
		$last  = Snapshot::time( $pass, 'lastAt' );
		$state = Snapshot::text( $pass, 'state' );
		if ( 'running' === $state ) {
			$lines = array( Words::sign_html( 'update', 'busy', __( 'Working', 'domain-bridge-for-serverpilot' ) ) );
		} elseif ( 'waiting' === $state ) {
			$lines = array( Words::sign_html( 'clock', 'busy', __( 'About to work', 'domain-bridge-for-serverpilot' ) ) );
		} else {
			$lines = array( History_Panel::outcome_html( Snapshot::text( $pass, 'lastOutcome' ), Snapshot::text( $pass, 'reason' ) ) );
		}
		$lines[] = 0 === $last ? '' : esc_html__( 'Last sync:', 'domain-bridge-for-serverpilot' ) . ' ' . Words::moment_html( $last, $this->now );
		$lines[] = 0 === $next ? '' : esc_html__( 'Next sync:', 'domain-bridge-for-serverpilot' ) . ' ' . Words::moment_html( max( $next, $this->now ), $this->now );
		if ( '' !== Snapshot::text( $pass, 'reason' ) && 'held' !== Snapshot::text( $pass, 'lastOutcome' ) ) {
			$lines[] = esc_html( $this->plugin->reasons()->sentence( $pass ) );
		}
		return $lines;
	}
}
