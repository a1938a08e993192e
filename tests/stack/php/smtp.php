<?php
/**
 * Sends WordPress's mail to the host and port in the constant STACK_SMTP.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

add_action(
	'phpmailer_init',
	static function ( $mailer ): void {
		if ( ! defined( 'STACK_SMTP' ) ) {
			return;
		}
		list( $host, $port ) = explode( ':', (string) constant( 'STACK_SMTP' ) );
		$mailer->isSMTP();
		$mailer->Host        = $host;
		$mailer->Port        = (int) $port;
		$mailer->SMTPAutoTLS = false;
		$mailer->Timeout     = 10;
	}
);
