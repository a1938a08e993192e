<?php
/**
 * The address that names are to point at.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Answers UM, which else asks public services where its own network is: behind a proxy, or on a server with several
 * addresses, these give one that customers must not use.
 */
final class Network_Address {

	/** Holds the address, or an empty string where the sidecar does not know it. */
	const OPTION = 'domain_bridge_address';

	private Ultimate_Multisite $um;

	/**
	 * Takes UM.
	 *
	 * @param Ultimate_Multisite $um UM's settings.
	 */
	public function __construct( Ultimate_Multisite $um ) {
		$this->um = $um;
	}

	/**
	 * Keeps the address where a status or a notification of the sidecar tells it; those of older ones do not.
	 *
	 * @param array $content The status or the notification.
	 */
	public static function learn( array $content ): void {
		if ( ! array_key_exists( 'address', $content ) ) {
			return;
		}
		$address = is_string( $content['address'] ) && false !== filter_var( $content['address'], FILTER_VALIDATE_IP ) ? $content['address'] : '';
		if ( get_network_option( null, self::OPTION, '' ) !== $address ) {
			update_network_option( null, self::OPTION, $address );
		}
	}

	/**
	 * Answers UM: with the address that names are to point at, where it is known.
	 *
	 * @param mixed $address What UM or another plugin has found.
	 * @return mixed
	 */
	public function answer( $address ) {
		$known = $this->um->enabled() ? get_network_option( null, self::OPTION, '' ) : '';
		return is_string( $known ) && '' !== $known ? $known : $address;
	}
}
