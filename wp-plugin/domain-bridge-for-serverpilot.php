<?php
/**
 * Plugin Name:       Domain Bridge for ServerPilot
 * Plugin URI:        https://github.com/domain-bridge-for-serverpilot/domain-bridge-for-serverpilot
 * Description:       Keeps a ServerPilot app's domains and certificate in step with the domain mappings of Ultimate Multisite.
 * Version:           0.1.0
 * Requires at least: 6.5
 * Requires PHP:      7.4
 * Network:           true
 * Author:            The Domain Bridge contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       domain-bridge-for-serverpilot
 * Domain Path:       /languages
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'ABSPATH' ) || exit;

const VERSION     = '0.1.0';
const PLUGIN_FILE = __FILE__;

require_once __DIR__ . '/includes/class-signature.php';
require_once __DIR__ . '/includes/class-vault.php';
require_once __DIR__ . '/includes/class-secret.php';
require_once __DIR__ . '/includes/class-config.php';
require_once __DIR__ . '/includes/class-reasons.php';
require_once __DIR__ . '/includes/class-ultimate-multisite.php';
require_once __DIR__ . '/includes/class-database-busy.php';
require_once __DIR__ . '/includes/class-mappings.php';
require_once __DIR__ . '/includes/class-mapping-filters.php';
require_once __DIR__ . '/includes/class-sidecar-client.php';
require_once __DIR__ . '/includes/class-registration.php';
require_once __DIR__ . '/includes/class-sidecar.php';
require_once __DIR__ . '/includes/class-collector.php';
require_once __DIR__ . '/includes/class-outbox.php';
require_once __DIR__ . '/includes/class-contact.php';
require_once __DIR__ . '/includes/class-dispatcher.php';
require_once __DIR__ . '/includes/class-connection-test.php';
require_once __DIR__ . '/includes/class-um-listeners.php';
require_once __DIR__ . '/includes/class-takeover.php';
require_once __DIR__ . '/includes/class-mapping-updates.php';
require_once __DIR__ . '/includes/class-notifications.php';
require_once __DIR__ . '/includes/class-notices.php';
require_once __DIR__ . '/includes/class-lifecycle.php';
require_once __DIR__ . '/includes/class-wire.php';
require_once __DIR__ . '/includes/class-snapshot.php';
require_once __DIR__ . '/includes/class-name-list.php';
require_once __DIR__ . '/includes/class-environment.php';
require_once __DIR__ . '/includes/class-checks.php';
require_once __DIR__ . '/includes/class-site-health.php';
require_once __DIR__ . '/includes/class-site-health-information.php';
require_once __DIR__ . '/includes/admin/class-admin.php';
require_once __DIR__ . '/includes/class-plugin.php';

Plugin::instance()->register();
