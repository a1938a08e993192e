<?php
/**
 * Finds the double's classes; like UM's own they are loaded on first use, whether or not its wizard is finished.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

spl_autoload_register(
	static function ( string $wanted ): void {
		$files = array(
			'WP_Ultimo'                                  => 'class-wp-ultimo.php',
			'WP_Ultimo\\Helpers\\Credential_Store'       => 'class-credential-store.php',
			'WP_Ultimo\\Helpers\\Helper'                 => 'class-helper.php',
			'WP_Ultimo\\Models\\Domain'                  => 'models/class-domain.php',
			'WP_Ultimo\\Managers\\Domain_Manager'        => 'managers/class-domain-manager.php',
			'WP_Ultimo\\Managers\\Event_Manager'         => 'managers/class-event-manager.php',
			'WP_Ultimo\\Managers\\Email_Manager'         => 'managers/class-email-manager.php',
			'Um_Double\\Domain_Table'                    => 'models/class-domain-table.php',
			'Um_Double\\Domain_Values'                   => 'models/trait-domain-values.php',
			'Um_Double\\Site_Listener'                   => 'managers/class-site-listener.php',
			'Um_Double\\Job_Queue'                       => 'managers/class-job-queue.php',
			'Um_Double\\Planned_Job'                      => 'managers/class-planned-job.php',
			'Um_Double\\Stage_Checks'                    => 'managers/class-stage-checks.php',
			'Um_Double\\Server_Pilot_Api'                => 'class-server-pilot-api.php',
			'Um_Double\\Admin_Pages'                     => 'admin/class-admin-pages.php',
			'Um_Double\\Customer_Forms'                  => 'admin/class-customer-forms.php',
			'Um_Double\\Customer_Page'                   => 'admin/class-customer-page.php',
			'Um_Double\\Owner'                           => 'models/class-owner.php',
		);
		$registry = array(
			'WP_Ultimo\\Integrations\\Capability_Module' => 'integrations/interface-capability-module.php',
			'WP_Ultimo\\Integrations\\Capabilities\\Domain_Mapping_Capability' => 'integrations/interface-domain-mapping-capability.php',
			'WP_Ultimo\\Integrations\\Base_Capability_Module' => 'integrations/class-base-capability-module.php',
			'WP_Ultimo\\Integrations\\Integration'       => 'integrations/class-integration.php',
			'WP_Ultimo\\Integrations\\Integration_Registry' => 'integrations/class-integration-registry.php',
			'WP_Ultimo\\Integrations\\Providers\\ServerPilot\\ServerPilot_Integration' => 'integrations/class-serverpilot-integration.php',
			'WP_Ultimo\\Integrations\\Providers\\ServerPilot\\ServerPilot_Domain_Mapping' => 'integrations/class-serverpilot-domain-mapping.php',
		);
		// Before the registry, UM had one class a provider, and none of the above.
		$legacy = array(
			'WP_Ultimo\\Integrations\\Host_Providers\\ServerPilot_Host_Provider' => 'legacy/class-serverpilot-host-provider.php',
		);
		$files += 'legacy' === WP_Ultimo::mode() ? $legacy : $registry;
		if ( ! isset( $files[ $wanted ] ) ) {
			return;
		}
		$changes = Um_Double\changes()[ basename( $files[ $wanted ] ) ] ?? array();
		if ( array() === $changes ) {
			require_once __DIR__ . '/' . $files[ $wanted ];
			return;
		}
		$source = (string) file_get_contents( __DIR__ . '/' . $files[ $wanted ] );
		eval( strtr( substr( $source, strlen( '<?php' ) ), $changes ) ); // phpcs:ignore Squiz.PHP.Eval -- An update of UM, made by the tests.
	}
);

require_once __DIR__ . '/changes.php';
require_once __DIR__ . '/class-wp-ultimo.php';
