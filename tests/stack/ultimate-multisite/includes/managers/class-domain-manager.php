<?php
/**
 * What UM does when mappings and sites change.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Managers;

use Um_Double\Job_Queue;
use Um_Double\Site_Listener;
use Um_Double\Stage_Checks;
use WP_Ultimo\Integrations\Host_Providers\ServerPilot_Host_Provider;
use WP_Ultimo\Integrations\Integration_Registry;
use WP_Ultimo\Models\Domain;

/**
 * Turns changes into jobs and actions.
 */
class Domain_Manager {

	/**
	 * The one instance.
	 *
	 * @var self|null
	 */
	private static $instance = null;

	/**
	 * Gives the one instance.
	 */
	public static function get_instance(): self {
		if ( null === self::$instance ) {
			self::$instance = new self();
		}
		return self::$instance;
	}

	/**
	 * Listens.
	 */
	public function init(): void {
		add_action( 'plugins_loaded', array( $this, 'load_integrations' ) );
		add_action( 'wp_ajax_wu_test_hosting_integration', array( $this, 'test_integration' ) );
		add_action( 'wu_async_remove_old_primary_domains', array( $this, 'remove_old_primary_domains' ) );
		add_action( 'wu_async_process_domain_stage', array( new Stage_Checks(), 'run' ), 10, 2 );
		add_action( 'wu_transition_domain_domain', array( $this, 'announce_domain' ), 10, 3 );
		add_action( 'wu_domain_post_delete', array( $this, 'announce_removal' ), 10, 2 );
		( new Site_Listener() )->init();
	}

	/**
	 * Starts the host providers of a UM without registry.
	 */
	public function load_integrations(): void {
		if ( 'legacy' === \WP_Ultimo::mode() ) {
			ServerPilot_Host_Provider::get_instance();
		}
		do_action( 'wp_ultimo_host_providers_load' );
	}

	/**
	 * Whether UM's setting wants a www beside a name; main_only knows five two-part suffixes and no others.
	 *
	 * @param string $domain The name.
	 */
	public function should_create_www_subdomain( $domain ): bool {
		$domain = strtolower( trim( (string) $domain ) );
		$policy = wu_get_setting( 'auto_create_www_subdomain', 'always' );
		if ( 'never' === $policy || 0 === strpos( $domain, 'www.' ) ) {
			return false;
		}
		if ( 'main_only' !== $policy ) {
			return true;
		}
		$labels   = explode( '.', $domain );
		$suffixes = apply_filters( 'wu_multi_part_tlds', array( '.co.uk', '.com.au', '.co.nz', '.com.br', '.co.in' ) );
		$suffix   = '.' . implode( '.', array_slice( $labels, -2 ) );
		return count( $labels ) <= ( in_array( $suffix, $suffixes, true ) ? 3 : 2 );
	}

	/**
	 * A mapping is new or renamed.
	 *
	 * @param string $old_value The old name, or 'new'.
	 * @param string $new_value The name.
	 * @param int    $id        The mapping's id.
	 */
	public function announce_domain( $old_value, $new_value, $id ): void {
		$domain = wu_get_domain( $id );
		if ( $old_value === $new_value || ! $domain ) {
			return;
		}
		Job_Queue::announce( 'wu_add_domain', 'domain', $new_value, $domain->get_site_id() );
		do_action( 'wu_domain_added', $new_value, $domain->get_site_id() );
	}

	/**
	 * A mapping was deleted.
	 *
	 * @param bool   $result Whether the row is gone.
	 * @param Domain $domain The mapping.
	 */
	public function announce_removal( $result, $domain ): void {
		if ( ! $result ) {
			return;
		}
		Job_Queue::announce( 'wu_remove_domain', 'domain', $domain->get_domain(), $domain->get_site_id() );
		do_action( 'wu_domain_removed', $domain->get_domain(), $domain->get_site_id() );
	}

	/**
	 * A site has one primary mapping.
	 *
	 * @param int[] $ids The former ones.
	 */
	public function remove_old_primary_domains( $ids ): void {
		foreach ( (array) $ids as $id ) {
			$domain = wu_get_domain( $id );
			if ( $domain ) {
				$domain->set_primary_domain( false );
				$domain->save();
			}
		}
	}

	/**
	 * The wizard's test; as in UM it asks for neither nonce nor capability.
	 */
	public function test_integration(): void {
		$id = sanitize_key( $_REQUEST['integration'] ?? '' );
		if ( 'legacy' === \WP_Ultimo::mode() ) {
			ServerPilot_Host_Provider::get_instance()->test_connection();
			return;
		}
		$integration = Integration_Registry::get_instance()->get( $id );
		if ( ! $integration ) {
			wp_send_json_error( array( 'message' => 'Invalid Integration ID' ) );
		}
		if ( ! $integration->is_setup() ) {
			$missing = implode( ', ', $integration->get_missing_constants() );
			wp_send_json_error( array( 'message' => 'The necessary constants were not found on your wp-config.php file: ' . $missing ) );
		}
		$result = $integration->test_connection();
		if ( is_wp_error( $result ) ) {
			wp_send_json_error( array( 'message' => $result->get_error_message() ) );
		}
		wp_send_json_success( array( 'message' => 'Access Authorized' ) );
	}
}
