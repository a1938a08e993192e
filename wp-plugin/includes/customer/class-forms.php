<?php
/**
 * UM's forms for customers.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Stands before UM's forms that delete a domain or make it primary. UM does not ask there whose domain it is: any user who
 * is logged in could send another customer's id, and the bridge would take that name off the app.
 */
final class Forms {

	/** UM's forms, and the way from a domain to its customer (UM's `Domain`, `Site`, `Membership`). */
	const PRIMARY = 'user_make_domain_primary';
	const FORMS   = array( 'user_delete_domain_modal', self::PRIMARY );
	const OWNER   = array( 'get_site', 'get_membership', 'get_customer' );

	/**
	 * Refuses a form with the domain of another; everything else is left to UM.
	 */
	public function refuse_others(): void {
		// phpcs:disable WordPress.Security.NonceVerification.Recommended -- UM checks the form's nonce; here is only refused.
		$form   = isset( $_REQUEST['form'] ) && is_string( $_REQUEST['form'] ) ? sanitize_key( wp_unslash( $_REQUEST['form'] ) ) : '';
		$domain = isset( $_REQUEST['domain_id'] ) && is_scalar( $_REQUEST['domain_id'] ) ? (int) $_REQUEST['domain_id'] : null;
		// phpcs:enable
		if ( in_array( $form, self::FORMS, true ) && ! current_user_can( 'manage_network' ) && ( null === $domain || ! $this->is_own( $domain ) ) ) {
			wp_send_json_error( new \WP_Error( 'no-permissions', esc_html__( 'This domain belongs to somebody else, so nothing was changed.', 'domain-bridge-for-serverpilot' ) ) );
		}
		if ( self::PRIMARY === $form && ! current_user_can( 'manage_network' ) && null !== $domain && $this->is_not_live( $domain ) ) {
			wp_send_json_error( new \WP_Error( 'not-live', esc_html__( 'This domain is not live yet, so your site keeps its address. Make it primary as soon as it says Live.', 'domain-bridge-for-serverpilot' ) ) );
		}
	}

	/**
	 * Tells whether the sidecar knows a domain and has not seen it live: as a site's address it would lead visitors nowhere.
	 *
	 * @param int $id The domain's id.
	 */
	private function is_not_live( int $id ): bool {
		$domain = Ultimate_Multisite::ask( 'wu_get_domain', array( $id ) );
		if ( ! is_object( $domain ) || Ultimate_Multisite::ask( array( $domain, 'is_active' ), array(), true ) ) {
			return false;
		}
		$name  = New_Domain::cleaned( (string) Ultimate_Multisite::ask( array( $domain, 'get_domain' ), array(), '' ) );
		$known = Tables::names( array( $name ) )[ $name ] ?? null;
		return null !== $known && 'secure' !== $known['state'];
	}

	/**
	 * Tells whether a domain belongs to the current user, or cannot be told by a UM that works in another way.
	 *
	 * @param int $id The domain's id.
	 */
	private function is_own( int $id ): bool {
		$domain = Ultimate_Multisite::ask( 'wu_get_domain', array( $id ) );
		// Where there is no such domain, UM says so itself.
		return ! is_object( $domain ) || false !== self::owns( $domain );
	}

	/**
	 * Tells whether a domain belongs to the current user; null where a UM that works in another way does not tell.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	public static function owns( object $domain ): ?bool {
		$customer = self::customer( $domain );
		if ( ! is_object( $customer ) ) {
			return $customer;
		}
		$user = is_callable( array( $customer, 'get_user_id' ) ) ? (int) Ultimate_Multisite::ask( array( $customer, 'get_user_id' ) ) : null;
		return null === $user ? null : get_current_user_id() > 0 && get_current_user_id() === $user;
	}

	/**
	 * Returns UM's model of a domain's customer; false where it belongs to none, null where a UM that works in another way does
	 * not tell.
	 *
	 * @param object $domain UM's model of the mapping.
	 * @return object|false|null
	 */
	public static function customer( object $domain ) {
		$owner = $domain;
		foreach ( self::OWNER as $method ) {
			if ( ! is_object( $owner ) ) {
				return false;
			}
			if ( ! is_callable( array( $owner, $method ) ) ) {
				return null;
			}
			$owner = Ultimate_Multisite::ask( array( $owner, $method ) );
		}
		return is_object( $owner ) ? $owner : false;
	}
}
