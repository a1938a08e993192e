<?php
/**
 * As much of UM's admin area as a person needs to try things.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Network admin: Ultimate Multisite with Domains (add, rename, delete) and Settings (www, ServerPilot on and off).
 */
final class Admin_Pages {

	/** The pages' action and nonce. */
	private const ACTION = 'um_double';

	/**
	 * Adds the menu and takes the forms.
	 */
	public function init(): void {
		add_action( 'network_admin_menu', array( $this, 'menu' ) );
		add_action( 'admin_post_' . self::ACTION, array( $this, 'submit' ) );
	}

	/**
	 * The menu, with UM's slugs.
	 */
	public function menu(): void {
		add_menu_page( 'Ultimate Multisite', 'Ultimate Multisite', 'manage_network', 'wp-ultimo', array( $this, 'domains' ) );
		add_submenu_page( 'wp-ultimo', 'Domains', 'Domains', 'manage_network', 'wp-ultimo', array( $this, 'domains' ) );
		$edit = add_submenu_page( 'wp-ultimo', 'Edit Domain', 'Edit Domain', 'manage_network', 'wp-ultimo-edit-domain', array( $this, 'edit' ) );
		add_action(
			"load-{$edit}",
			static function () use ( $edit ): void {
				/** UM's hook for boxes of others. */
				do_action( 'wu_page_wp-ultimo-edit-domain_register_widgets', 'wp-ultimo-edit-domain', $edit, null );
			},
			21
		);
		add_submenu_page( 'wp-ultimo', 'Wizard', 'Wizard', 'manage_network', 'wp-ultimo-hosting-integration-wizard', array( $this, 'wizard' ) );
		add_submenu_page( 'wp-ultimo', 'Settings', 'Settings', 'manage_network', 'wp-ultimo-settings', array( $this, 'settings' ) );
	}

	/**
	 * The mappings, each with its forms.
	 */
	public function domains(): void {
		echo '<div class="wrap"><h1>Domains</h1><table class="widefat striped"><thead><tr>'
			. '<th>Domain</th><th>Site</th><th>Stage</th><th>Secure</th><th></th></tr></thead><tbody>';
		foreach ( wu_get_domains( array( 'number' => 0, 'order' => 'ASC' ) ) as $domain ) {
			printf(
				'<tr><td>%s</td><td>%d</td><td>%s</td><td>%s</td><td>',
				// UM prints what its filter gives as it is.
				apply_filters( 'wu_domain_list_column_domain', '<strong>' . esc_html( $domain->get_domain() ) . '</strong>', $domain ),
				absint( $domain->get_blog_id() ),
				esc_html( $domain->get_stage() ),
				$domain->is_secure() ? 'yes' : 'no'
			);
			$this->form(
				'delete',
				'Delete',
				sprintf( '<input type="hidden" name="id" value="%d">', $domain->get_id() )
			);
			echo '</td></tr>';
		}
		echo '</tbody></table><h2>Add a domain</h2>';
		$this->form(
			'add',
			'Add',
			'<input name="domain" placeholder="shop.example.com" required> Site <input name="blog_id" type="number" value="1" min="1"> '
		);
		echo '</div>';
	}

	/**
	 * A domain's page: the boxes that others add.
	 */
	public function edit(): void {
		echo '<div class="wrap"><h1>Edit Domain</h1>';
		do_meta_boxes( get_current_screen(), 'normal', null );
		echo '</div>';
	}

	/**
	 * The wizard of an integration: one form, in which the step of the address shows itself.
	 */
	public function wizard(): void {
		$step = static function (): void {
			echo '<h1>Step of UM</h1>';
		};
		$sections = array(
			'testing' => array( 'title' => 'Testing Integration', 'view' => $step ),
			'done'    => array( 'title' => 'Ready!', 'view' => $step ),
		);
		$registry    = \WP_Ultimo\Integrations\Integration_Registry::get_instance();
		$integration = $registry->get( sanitize_key( $_GET['integration'] ?? '' ) );
		$sections    = apply_filters( 'wu_hosting_integration_wizard_sections', $sections, $integration, $this );
		$current     = sanitize_key( $_GET['step'] ?? 'testing' );
		echo '<div class="wrap"><ol>';
		foreach ( $sections as $section ) {
			echo '<li>' . esc_html( $section['title'] ) . '</li>';
		}
		echo '</ol><form method="post">';
		call_user_func( $sections[ $current ]['view'] );
		echo '</form></div>';
	}

	/**
	 * The wizard's buttons.
	 */
	public function render_submit_box(): void {
		submit_button( 'Continue' );
	}

	/**
	 * The settings that matter for domain mapping.
	 */
	public function settings(): void {
		$enabled = (array) get_network_option( null, 'wu_host_integrations_enabled', array() );
		$choices = '';
		foreach ( array( 'always', 'main_only', 'never' ) as $policy ) {
			$choices .= sprintf( '<option%s>%s</option>', selected( wu_get_setting( 'auto_create_www_subdomain', 'always' ), $policy, false ), $policy );
		}
		echo '<div class="wrap"><h1>Settings</h1>';
		$this->form(
			'settings',
			'Save',
			sprintf(
				'<p><label>www beside each domain <select name="www">%s</select></label></p>'
				. '<p><label><input type="checkbox" name="serverpilot" value="1"%s> ServerPilot Integration</label></p>',
				$choices,
				checked( ! empty( $enabled['serverpilot'] ), true, false )
			)
		);
		echo '</div>';
	}

	/**
	 * Does what a form asks for.
	 */
	public function submit(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( 'manage_network' ) ) {
			wp_die( 'Not allowed.' );
		}
		$done = true;
		$task = sanitize_key( $_POST['task'] ?? '' );
		if ( 'add' === $task ) {
			$done = wu_create_domain(
				array(
					'domain'  => sanitize_text_field( wp_unslash( $_POST['domain'] ?? '' ) ),
					'blog_id' => absint( $_POST['blog_id'] ?? 0 ),
				)
			);
		} elseif ( 'delete' === $task ) {
			$domain = wu_get_domain( absint( $_POST['id'] ?? 0 ) );
			$done   = $domain ? $domain->delete() : true;
		} elseif ( 'settings' === $task ) {
			wu_save_setting( 'auto_create_www_subdomain', sanitize_key( $_POST['www'] ?? 'always' ) );
			update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => ! empty( $_POST['serverpilot'] ) ) );
		}
		if ( is_wp_error( $done ) ) {
			wp_die( esc_html( $done->get_error_message() ) );
		}
		wp_safe_redirect( (string) wp_get_referer() );
		exit;
	}

	/**
	 * Prints a form.
	 *
	 * @param string $task   What submit() is to do.
	 * @param string $button The button's text.
	 * @param string $fields The fields, escaped.
	 */
	private function form( string $task, string $button, string $fields ): void {
		printf( '<form method="post" action="%s" style="display:inline">', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s"><input type="hidden" name="task" value="%s">', esc_attr( self::ACTION ), esc_attr( $task ) );
		wp_nonce_field( self::ACTION );
		echo $fields; // Made above, of escaped parts.
		submit_button( $button, 'secondary', '', false );
		echo '</form>';
	}
}
