<?php
/**
 * Plugin Name: Bench
 * Description: Saves mappings in one request and says how long PHP took: with the bridge, with the peer, or with neither.
 *
 * @package Domain_Bridge\Bench
 */

declare( strict_types=1 );

namespace Domain_Bridge\Bench;

$bench_way = $_SERVER['HTTP_X_BENCH_WAY'] ?? getenv( 'BENCH_WAY' );
if ( ! is_string( $bench_way ) || '' === $bench_way ) {
	return;
}

if ( 'bridge' !== $bench_way ) {
	add_filter(
		'site_option_active_sitewide_plugins',
		static function ( $plugins ) {
			unset( $plugins['domain-bridge-for-serverpilot/domain-bridge-for-serverpilot.php'] );
			return $plugins;
		}
	);
}
if ( 'peer' === $bench_way ) {
	require_once __DIR__ . '/class-peer.php';
	( new Peer() )->register();
}
if ( ! isset( $_SERVER['HTTP_X_BENCH_WAY'] ) ) {
	return;
}

add_action(
	'wp_loaded',
	static function (): void {
		$names   = explode( ' ', (string) file_get_contents( 'php://input' ) );
		$at      = microtime( true );
		$started = hrtime( true );
		foreach ( $names as $name ) {
			$made = wu_create_domain(
				array(
					'domain'  => $name,
					'blog_id' => 1,
					'active'  => true,
				)
			);
			if ( is_wp_error( $made ) ) {
				throw new \RuntimeException( $name . ': ' . $made->get_error_message() );
			}
		}
		// Whatever works at the end of the request has done so when this is called.
		add_action(
			'shutdown',
			static function () use ( $at, $started ): void {
				echo wp_json_encode(
					array(
						'startedAt' => $at * 1000,
						'ms'        => ( hrtime( true ) - $started ) / 1e6,
					)
				);
			},
			PHP_INT_MAX,
			0
		);
		exit;
	}
);
