<?php
/**
 * The calls that UM's built-in ServerPilot code makes.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * As UM's built-in code was observed: a mapping costs three calls, each is waited for, nothing is tried again, a list
 * that cannot be read or is empty is left alone, and what is removed leaves a hole that makes JSON an object.
 */
final class Server_Pilot_Api {

	/**
	 * Gives a credential by the name of its constant.
	 *
	 * @var callable
	 */
	private $credential;

	/**
	 * Takes the way to the credentials.
	 *
	 * @param callable $credential Gives a credential by the name of its constant.
	 */
	public function __construct( callable $credential ) {
		$this->credential = $credential;
	}

	/**
	 * Adds names to the end of the app's list and enables AutoSSL.
	 *
	 * @param string[] $names The names.
	 */
	public function add( array $names ): void {
		$domains = $this->domains();
		if ( array() === $domains ) {
			return;
		}
		foreach ( $names as $name ) {
			$domains[] = $name;
		}
		$this->call( 'POST', '', array( 'domains' => $domains ) );
		$this->call( 'POST', '/ssl', array( 'auto' => true ) );
	}

	/**
	 * Takes a name and its www away.
	 *
	 * @param string $name The name.
	 */
	public function remove( string $name ): void {
		$domains = $this->domains();
		if ( array() === $domains ) {
			return;
		}
		$kept = array_diff( $domains, array( $name, 'www.' . $name ) );
		$this->call( 'POST', '', array( 'domains' => $kept ) );
	}

	/**
	 * Whether the API answers these credentials.
	 *
	 * @return true|\WP_Error
	 */
	public function test() {
		$app = $this->call( 'GET', '' );
		return isset( $app['data'] ) ? true : new \WP_Error( 'serverpilot-error', 'Could not connect to ServerPilot.' );
	}

	/**
	 * The app's list; empty where it cannot be read.
	 *
	 * @return string[]
	 */
	private function domains(): array {
		$app = $this->call( 'GET', '' );
		if ( isset( $app['data']['domains'] ) && is_array( $app['data']['domains'] ) ) {
			return $app['data']['domains'];
		}
		wu_log_add( 'integration-serverpilot', 'The current list of domains could not be read.', 'error' );
		return array();
	}

	/**
	 * Makes one call and waits for it.
	 *
	 * @param string               $method GET or POST.
	 * @param string               $path   Below the app.
	 * @param array<string, mixed> $body   Sent as JSON.
	 * @return array<string, mixed>
	 */
	private function call( string $method, string $path, array $body = array() ): array {
		$base = defined( 'UM_DOUBLE_SERVERPILOT_URL' ) ? constant( 'UM_DOUBLE_SERVERPILOT_URL' ) : 'http://127.0.0.1:9/v1';
		$user = ( $this->credential )( 'WU_SERVER_PILOT_CLIENT_ID' ) . ':' . ( $this->credential )( 'WU_SERVER_PILOT_API_KEY' );
		$args = array(
			'method'  => $method,
			'timeout' => 45,
			'headers' => array(
				'Authorization' => 'Basic ' . base64_encode( $user ),
				'Content-Type'  => 'application/json',
			),
		);
		if ( array() !== $body ) {
			$args['body'] = (string) wp_json_encode( $body );
		}
		$answer = wp_remote_request( $base . '/apps/' . ( $this->credential )( 'WU_SERVER_PILOT_APP_ID' ) . $path, $args );
		return (array) json_decode( wp_remote_retrieve_body( $answer ), true );
	}
}
