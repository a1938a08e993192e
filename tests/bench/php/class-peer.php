<?php
/**
 * The way it is done today.
 *
 * @package Domain_Bridge\Bench
 */

declare( strict_types=1 );

namespace Domain_Bridge\Bench;

/**
 * Does for each new mapping what UM's built-in ServerPilot code was seen to do: read the list, write it with the name
 * and its www at the end, enable AutoSSL, each call waited for. UM does this in a job; the PHP time is the same.
 */
final class Peer {

	/**
	 * Listens to saved mappings.
	 */
	public function register(): void {
		add_action( 'wu_domain_post_save', array( $this, 'mapping_saved' ), 10, 3 );
	}

	/**
	 * Puts a new mapping on the app.
	 *
	 * @param mixed $data    What was saved.
	 * @param mixed $mapping UM's model.
	 * @param bool  $is_new  Whether the mapping was not there before.
	 */
	public function mapping_saved( $data, $mapping, bool $is_new ): void {
		if ( ! $is_new ) {
			return;
		}
		$name      = $mapping->get_domain();
		$domains   = $this->call( 'GET', '' )['data']['domains'] ?? array();
		$domains[] = $name;
		if ( \WP_Ultimo\Managers\Domain_Manager::get_instance()->should_create_www_subdomain( $name ) ) {
			$domains[] = "www.{$name}";
		}
		$this->call( 'POST', '', array( 'domains' => $domains ) );
		$this->call( 'POST', '/ssl', array( 'auto' => true ) );
	}

	/**
	 * Makes one call and waits for the answer, 45 seconds at most.
	 */
	private function call( string $method, string $path, array $body = array() ): array {
		$args = array(
			'method'  => $method,
			'timeout' => 45,
			'headers' => array(
				'Authorization' => 'Basic ' . base64_encode( WU_SERVER_PILOT_CLIENT_ID . ':' . WU_SERVER_PILOT_API_KEY ),
				'Content-Type'  => 'application/json',
			),
		);
		if ( array() !== $body ) {
			$args['body'] = (string) wp_json_encode( $body );
		}
		$answer = wp_remote_request( BENCH_SERVERPILOT_URL . '/apps/' . WU_SERVER_PILOT_APP_ID . $path, $args );
		return (array) json_decode( wp_remote_retrieve_body( $answer ), true );
	}
}
