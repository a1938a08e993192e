<?php
/**
 * Events.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Managers;

/**
 * Event types, and what happens when one is fired: e-mails and webhooks at once, in the same process. The network option
 * um_double_webhooks holds addresses by event type, um_double_events what was written down by wu_create_event().
 */
final class Event_Manager {

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static $instance = null;

	/**
	 * Event types by slug.
	 *
	 * @var array<string, array<string, mixed>>
	 */
	private $events = array();

	/**
	 * Gives the one instance.
	 */
	public static function get_instance(): self {
		self::$instance = self::$instance ?? new self();
		return self::$instance;
	}

	/**
	 * Listens.
	 */
	public function init(): void {
		add_action( 'init', array( $this, 'register_all_events' ) );
		add_action( 'wu_event', array( Email_Manager::get_instance(), 'send_system_email' ), 10, 2 );
		add_action( 'wu_event', array( $this, 'send_webhooks' ), 20, 2 );
	}

	/**
	 * Has everybody register their event types.
	 */
	public function register_all_events(): void {
		do_action( 'wu_register_all_events' );
	}

	/**
	 * Takes an event type.
	 *
	 * @param string               $slug The slug.
	 * @param array<string, mixed> $args Its name, description and example.
	 */
	public function register_event( $slug, $args ): bool {
		$this->events[ $slug ] = $args;
		return true;
	}

	/**
	 * Gives the event types.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public function get_events(): array {
		return $this->events;
	}

	/**
	 * Fires an event; false whatever was done, for what is written down lacks who began it, and is refused.
	 *
	 * @param string               $slug    The event type.
	 * @param array<string, mixed> $payload What it carries.
	 */
	public function do_event( $slug, $payload ): bool {
		if ( ! isset( $this->events[ $slug ] ) ) {
			return false;
		}
		$payload['wu_version'] = '2.4.13';
		do_action( 'wu_event', $slug, $payload );
		do_action( "wu_event_{$slug}", $payload );
		return false;
	}

	/**
	 * Sends an event to its webhook.
	 *
	 * @param string               $slug    The event type.
	 * @param array<string, mixed> $payload What it carries.
	 */
	public function send_webhooks( $slug, $payload ): void {
		$hooks = (array) get_network_option( null, 'um_double_webhooks', array() );
		if ( isset( $hooks[ $slug ] ) ) {
			$request = array(
				'timeout' => 45,
				'headers' => array( 'Content-Type' => 'application/json' ),
				'body'    => wp_json_encode( $payload ),
			);
			wp_remote_post( $hooks[ $slug ], $request );
		}
	}
}
