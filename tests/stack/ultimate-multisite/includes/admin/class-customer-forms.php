<?php
/**
 * UM's forms for customers.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Deletes a domain or makes it primary for any user who is logged in: as in UM, the nonce is checked and whose domain it
 * is is not.
 */
final class Customer_Forms {

	/**
	 * Listens to UM's own kind of AJAX, which is answered by the front end of any site.
	 */
	public function init(): void {
		add_action(
			'init',
			static function (): void {
				if ( isset( $_REQUEST['wu-ajax'], $_REQUEST['action'] ) ) {
					do_action( 'wu_ajax_' . sanitize_key( $_REQUEST['action'] ) );
				}
			},
			20
		);
		add_action( 'wu_ajax_wu_form_handler', array( $this, 'handle' ) );
	}

	/**
	 * Takes a form.
	 */
	public function handle(): void {
		$form = sanitize_key( $_REQUEST['form'] ?? '' );
		if ( ! is_user_logged_in() || ! wp_verify_nonce( $_REQUEST['_wpnonce'] ?? '', 'wu_form_' . $form ) ) {
			wp_send_json_error();
		}
		if ( 'user_add_new_domain' === $form ) {
			$this->add();
		}
		$domain = wu_get_domain( $_REQUEST['domain_id'] ?? 0 );
		if ( $domain && 'user_delete_domain_modal' === $form ) {
			$domain->delete();
		} elseif ( $domain && 'user_make_domain_primary' === $form ) {
			$domain->set_primary_domain( true );
			$domain->save();
		}
		wp_send_json_success();
	}

	/**
	 * Makes a mapping of the current customer's site.
	 */
	private function add(): void {
		$site  = (int) ( $_REQUEST['current_site'] ?? 0 );
		$owner = new Owner( $site );
		if ( ! is_super_admin() && $owner->get_user_id() !== get_current_user_id() ) {
			wp_send_json_error( new \WP_Error( 'no-permissions', 'You do not have permissions to perform this action.' ) );
		}
		$domain = wu_create_domain(
			array(
				'domain'         => (string) ( $_REQUEST['domain'] ?? '' ),
				'blog_id'        => $site,
				'primary_domain' => (bool) ( $_REQUEST['primary_domain'] ?? false ),
			)
		);
		is_wp_error( $domain ) ? wp_send_json_error( $domain ) : wp_send_json_success();
	}
}
