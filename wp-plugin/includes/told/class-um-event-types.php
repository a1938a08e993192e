<?php
/**
 * UM's event types for domains, and its e-mails to customers.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Makes known to UM which events there are, what they carry, and which e-mails it writes to customers for them. Those are edited
 * in UM like any other of its own.
 *
 * Source: UM 2.4.13, `Event_Manager::register_all_events()`, `Email_Manager::register_all_default_system_emails()`.
 */
final class Um_Event_Types {

	const LIVE       = 'domain_bridge_live';
	const DNS_NEEDED = 'domain_bridge_dns_needed';
	const TROUBLE    = 'domain_bridge_trouble';
	const RECOVERED  = 'domain_bridge_recovered';

	/**
	 * Makes the event types known to UM, each with an example of what it carries.
	 */
	public static function register_types(): void {
		$types = array(
			self::LIVE       => array( __( 'Domain live', 'domain-bridge-for-serverpilot' ), __( 'A mapped domain reaches its site for the first time, with a certificate.', 'domain-bridge-for-serverpilot' ) ),
			self::DNS_NEEDED => array( __( 'Domain needs a DNS change', 'domain-bridge-for-serverpilot' ), __( 'The owner of a mapped domain has to change its DNS: after a day, and after three.', 'domain-bridge-for-serverpilot' ) ),
			self::TROUBLE    => array( __( 'Trouble with domains', 'domain-bridge-for-serverpilot' ), __( 'Something needs the network admin at once, such as a live site that has lost its certificate.', 'domain-bridge-for-serverpilot' ) ),
			self::RECOVERED  => array( __( 'Trouble with domains is over', 'domain-bridge-for-serverpilot' ), __( 'What needed the network admin is well again.', 'domain-bridge-for-serverpilot' ) ),
		);
		foreach ( $types as $slug => list( $name, $description ) ) {
			$type = array(
				'name'            => $name,
				'desc'            => $description,
				'payload'         => static function () use ( $slug ): array {
					return self::example( $slug );
				},
				'deprecated_args' => array(),
			);
			Ultimate_Multisite::ask( 'wu_register_event_type', array( $slug, $type ) );
		}
	}

	/**
	 * Has UM offer the e-mails to customers as its own.
	 */
	public static function register_emails(): void {
		foreach ( self::emails() as $email ) {
			Ultimate_Multisite::ask( array( self::email_manager(), 'register_default_system_email' ), array( $email ) );
		}
	}

	/**
	 * Returns what an event of a type carries: an example, or nothing in its place.
	 *
	 * @param string $event The event type.
	 * @param bool   $empty Whether nothing is there.
	 */
	public static function example( string $event, bool $empty = false ): array {
		$example = array(
			'domain'      => 'example.com',
			'domain_url'  => 'https://example.com/',
			'site_id'     => 2,
			'account_url' => 'https://shop.network.example/wp-admin/',
			'title'       => __( 'Waiting for your DNS.', 'domain-bridge-for-serverpilot' ),
			'text'        => __( 'We keep checking.', 'domain-bridge-for-serverpilot' ),
			'records'     => Record_List::text(
				array(
					array(
						'type'     => 'A',
						'host'     => '@',
						'expected' => '203.0.113.10',
						'found'    => '',
						'ok'       => false,
					),
				)
			),
			'object_type' => 'network',
			'object_id'   => 0,
		);
		if ( in_array( $event, array( self::LIVE, self::DNS_NEEDED ), true ) && ! $empty ) {
			$example += array(
				'customer_id'         => 1,
				'customer_name'       => 'Ana',
				'customer_user_email' => 'ana@example.com',
			);
		}
		return ! $empty ? $example : array_merge( array_fill_keys( array_keys( $example ), '' ), array_intersect_key( $example, array_flip( array( 'object_type', 'object_id' ) ) ), array( 'site_id' => 0 ) );
	}

	/**
	 * Returns the e-mails to customers, as UM takes them. The copy to every super admin that UM makes by default is not wanted.
	 */
	public static function emails(): array {
		$hello = '<p>' . __( 'Hello {{customer_name}},', 'domain-bridge-for-serverpilot' ) . '</p>';
		$email = static function ( string $event, string $title, string $content ) use ( $hello ): array {
			return array(
				'event'              => $event,
				'slug'               => $event . '_customer',
				'target'             => 'customer',
				'title'              => $title,
				'content'            => $hello . $content,
				'send_copy_to_admin' => false,
			);
		};
		return array(
			self::DNS_NEEDED => $email(
				self::DNS_NEEDED,
				__( 'Your domain {{domain}} needs a DNS change', 'domain-bridge-for-serverpilot' ),
				'<p><strong>{{title}}</strong> {{text}}</p><p>{{records}}</p><p>'
					. __( 'Change only these records. Keep your nameservers and e-mail (MX) records.', 'domain-bridge-for-serverpilot' ) . '</p><p>'
					. __( 'We go on by ourselves as soon as it is done. How it stands is shown beside your domain: {{account_url}}', 'domain-bridge-for-serverpilot' ) . '</p>'
			),
			self::LIVE       => $email(
				self::LIVE,
				__( 'Your domain {{domain}} is live', 'domain-bridge-for-serverpilot' ),
				'<p>' . __( 'Your site is now reached, safely, at {{domain_url}}', 'domain-bridge-for-serverpilot' ) . '</p><p>{{text}}</p>'
			),
		);
	}

	/**
	 * Returns UM's manager of e-mails, or null.
	 *
	 * @return mixed
	 */
	public static function email_manager() {
		return Ultimate_Multisite::ask( array( '\WP_Ultimo\Managers\Email_Manager', 'get_instance' ) );
	}
}
