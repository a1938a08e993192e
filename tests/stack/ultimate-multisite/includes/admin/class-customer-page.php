<?php
/**
 * What a customer sees of UM.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * A customer's list of domains and the dialog for a new one, at /?um_double_account on the customer's site. It has the
 * hooks of UM 2.4.12 (rows, actions, instructions, scripts) with their traps: what is callable is called, what a closure
 * prints is printed as it is, other values go through kses, and everything stands in inline elements.
 */
final class Customer_Page {

	/**
	 * Listens for the page.
	 */
	public function init(): void {
		add_action(
			'template_redirect',
			function (): void {
				if ( isset( $_GET['um_double_account'] ) && is_user_logged_in() ) {
					$this->show();
					exit;
				}
			}
		);
	}

	/**
	 * Prints the page.
	 */
	private function show(): void {
		/** UM's hook for the scripts of its list; the element's id has a hyphen. */
		add_action( 'wp_enqueue_scripts', static function (): void {
			do_action( 'wu_domain-mapping_scripts' );
		} );
		echo '<!doctype html><html ' . get_language_attributes() . '><head><meta charset="utf-8"><title>Account</title><meta name="viewport" content="width=device-width">';
		wp_head();
		echo '</head><body><main><h1>Domains</h1>';
		$domains = wu_get_domains(
			array(
				'blog_id' => get_current_blog_id(),
				'orderby' => 'primary_domain',
				'order'   => 'DESC',
			)
		);
		foreach ( $domains as $domain ) {
			$this->row( $domain );
		}
		$this->dialog();
		echo '</main>';
		wp_footer();
		echo '</body></html>';
	}

	/**
	 * Prints a row.
	 *
	 * @param \WP_Ultimo\Models\Domain $domain The mapping.
	 */
	private function row( $domain ): void {
		$actions = array();
		if ( ! $domain->is_primary_domain() ) {
			$actions['make_primary'] = $this->action( 'Make Primary', 'user_make_domain_primary', $domain->get_id() );
		}
		$actions['remove'] = $this->action( 'Delete', 'user_delete_domain_modal', $domain->get_id() );
		$actions           = apply_filters( 'wu_domain_mapping_row_actions', $actions, $domain );
		$entries           = apply_filters(
			'wu_domain_mapping_row_info',
			array(
				'primary' => array(
					'wrapper_classes' => '',
					'icon'            => 'dashicons-wu-filter_1',
					'label'           => '',
					'value'           => static function () use ( $domain ): void {
						echo $domain->is_primary_domain() ? 'Primary' : 'Alias';
					},
				),
				'secure'  => array(
					'wrapper_classes' => '',
					'icon'            => 'dashicons-wu-lock1',
					'label'           => '',
					'value'           => $domain->is_secure() ? 'Secure (HTTPS)' : 'Not Secure (HTTP)',
				),
			),
			$domain
		);
		printf(
			'<div class="wu-block"><span class="wu-font-semibold">%s</span> <span class="wu-font-mono">%s%s</span><div class="sm:wu-flex">',
			esc_html( $domain->get_domain() ),
			esc_html( $domain->get_stage_label() ),
			$domain->is_active() ? '' : ' <small>(Inactive)</small>'
		);
		foreach ( $entries as $entry ) {
			printf( '<span class="wu-flex wu-items-center wu-text-xs %s"><span class="%s"></span>', esc_attr( $entry['wrapper_classes'] ), esc_attr( $entry['icon'] ) );
			$this->value( $entry['value'] );
			echo '</span>';
		}
		echo '</div><div class="wu-text-xs">';
		foreach ( $actions as $action ) {
			printf(
				'<a title="%s" href="%s" class="%s"><span class="%s"></span>%s</a> ',
				esc_attr( $action['value'] ),
				esc_attr( $action['url'] ),
				esc_attr( $action['wrapper_classes'] ),
				esc_attr( $action['icon'] ),
				wp_kses_post( $action['value'] )
			);
		}
		echo '</div></div>';
	}

	/**
	 * Prints a value as UM does.
	 *
	 * @param mixed $value A text or something that can be called.
	 */
	private function value( $value ): void {
		if ( is_callable( $value ) ) {
			$value();
			return;
		}
		echo wp_kses_post( $value );
	}

	/**
	 * An action whose form a script sends; UM opens a window that asks first.
	 *
	 * @param string $label The text.
	 * @param string $form  UM's form.
	 * @param int    $id    The mapping.
	 */
	private function action( string $label, string $form, int $id ): array {
		return array(
			'wrapper_classes' => 'um-double-form',
			'icon'            => '',
			'label'           => '',
			'value'           => $label,
			'url'             => add_query_arg(
				array(
					'wu-ajax'   => 1,
					'action'    => 'wu_form_handler',
					'form'      => $form,
					'domain_id' => $id,
					'_wpnonce'  => wp_create_nonce( 'wu_form_' . $form ),
				),
				home_url( '/' )
			),
		);
	}

	/**
	 * Prints the dialog for a new domain, which sends its form by a script and prints errors as HTML.
	 */
	private function dialog(): void {
		$address      = \WP_Ultimo\Helpers\Helper::get_network_public_ip();
		$instructions = apply_filters( 'wu_get_domain_mapping_instructions', (string) wu_get_setting( 'domain_mapping_instructions', 'Point your domain at us.' ), get_network()->domain, $address );
		printf(
			'<h2>Add a domain</h2><div class="um-double-instructions">%1$s</div><form class="um-double-form" action="%2$s">'
			. '<input type="hidden" name="wu-ajax" value="1"><input type="hidden" name="action" value="wu_form_handler"><input type="hidden" name="form" value="user_add_new_domain">'
			. '<input type="hidden" name="current_site" value="%3$d"><input type="hidden" name="_wpnonce" value="%4$s">'
			. '<label>Domain <input name="domain"></label> <label><input type="checkbox" name="primary_domain" value="1"> Primary Domain</label> <button>Add Domain</button></form><p class="um-double-error" role="alert"></p>',
			wp_kses_post( wpautop( $instructions ) ),
			esc_url( home_url( '/' ) ),
			get_current_blog_id(),
			esc_attr( wp_create_nonce( 'wu_form_user_add_new_domain' ) )
		);
		echo <<<'SCRIPT'
		<script>
		async function send( url, body ) {
			const answer = await ( await fetch( url, { method: 'POST', body } ) ).json();
			if ( answer.success ) {
				location.reload();
			} else {
				document.querySelector( '.um-double-error' ).innerHTML = answer.data.map( ( { message } ) => message ).join( ' ' );
			}
		}
		document.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			send( event.target.action, new FormData( event.target ) );
		} );
		document.addEventListener( 'click', ( event ) => {
			const link = event.target.closest( 'a.um-double-form' );
			if ( link ) {
				event.preventDefault();
				send( link.href );
			}
		} );
		</script>
		SCRIPT;
	}
}
