<?php
/**
 * E-mails that are edited in the admin area.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Managers;

/**
 * E-mails for events. The network option um_double_emails holds those that were made, by slug.
 */
final class Email_Manager {

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static $instance = null;

	/**
	 * What is offered to be made, by slug.
	 *
	 * @var array<string, array<string, mixed>>
	 */
	private $offered = array();

	/**
	 * Gives the one instance.
	 */
	public static function get_instance(): self {
		self::$instance = self::$instance ?? new self();
		return self::$instance;
	}

	/**
	 * Offers an e-mail.
	 *
	 * @param array<string, mixed> $args The e-mail.
	 */
	public function register_default_system_email( $args ): void {
		$this->offered[ $args['slug'] ] = $args;
	}

	/**
	 * Makes an e-mail, once; null where it is there.
	 *
	 * @param mixed $args The e-mail.
	 */
	public function create_system_email( $args ): ?object {
		$emails = self::made();
		if ( ! is_array( $args ) || empty( $args['slug'] ) || isset( $emails[ $args['slug'] ] ) ) {
			return null;
		}
		$emails[ $args['slug'] ] = $args + array(
			'target'             => 'admin',
			'send_copy_to_admin' => true,
		);
		update_network_option( null, 'um_double_emails', $emails );
		return (object) $emails[ $args['slug'] ];
	}

	/**
	 * Gives what is offered, asked for when first needed.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public function get_default_system_emails(): array {
		if ( array() === $this->offered ) {
			do_action( 'wu_system_emails_after_register' );
		}
		return $this->offered;
	}

	/**
	 * Sends the e-mails of an event, whether or not they are active; one without anybody to go to ends it.
	 *
	 * @param string               $slug    The event type.
	 * @param array<string, mixed> $payload What it carries.
	 */
	public function send_system_email( $slug, $payload ): void {
		if ( array() === self::made() ) {
			array_map( array( $this, 'create_system_email' ), $this->get_default_system_emails() );
		}
		foreach ( self::made() as $email ) {
			if ( $slug !== $email['event'] ) {
				continue;
			}
			$to = self::targets( $email, $payload );
			if ( array() === $to ) {
				return;
			}
			$headers = array( 'Content-Type: text/html; charset=UTF-8' );
			$main    = array_shift( $to );
			if ( array() !== $to ) {
				$headers[] = 'Bcc: ' . implode( ', ', $to );
			}
			$subject = get_network_option( null, 'site_name' ) . ' - ' . self::filled( $email['title'], $payload );
			wp_mail( $main, $subject, self::filled( $email['content'], $payload ), $headers );
		}
	}

	/**
	 * To whom an e-mail goes.
	 *
	 * @param array<string, mixed> $email   The e-mail.
	 * @param array<string, mixed> $payload What the event carries.
	 * @return string[]
	 */
	private static function targets( array $email, array $payload ): array {
		$admins = array();
		foreach ( get_super_admins() as $login ) {
			$admins[] = get_user_by( 'login', $login )->user_email;
		}
		if ( 'admin' === $email['target'] ) {
			return $admins;
		}
		if ( empty( $payload['customer_id'] ) || ! is_email( (string) ( $payload['customer_user_email'] ?? '' ) ) ) {
			return array();
		}
		return array_merge( array( $payload['customer_user_email'] ), $email['send_copy_to_admin'] ? $admins : array() );
	}

	/**
	 * Puts what the event carries into a text, as it is.
	 *
	 * @param string               $text    The text.
	 * @param array<string, mixed> $payload What the event carries.
	 */
	private static function filled( string $text, array $payload ): string {
		foreach ( $payload as $key => $value ) {
			$text = str_replace( '{{' . $key . '}}', nl2br( (string) $value ), $text );
		}
		return $text;
	}

	/**
	 * The e-mails that were made.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	private static function made(): array {
		return (array) get_network_option( null, 'um_double_emails', array() );
	}
}
