<?php
/**
 * What the sidecar's command `init` asks the plugin once it has loaded WordPress. Sidecars of other versions ask it too:
 * keys are added, never renamed.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

defined( 'ABSPATH' ) || exit;

return array(
	'variables'   => ( new Environment( Plugin::instance()->config(), Plugin::instance()->secret() ) )->variables( true ),
	'credentials' => array(
		'clientId' => Plugin::instance()->config()->credential( Config::CLIENT_ID ),
		'apiKey'   => Plugin::instance()->config()->credential( Config::API_KEY ),
		'appId'    => Plugin::instance()->config()->credential( Config::APP_ID ),
	),
	'network'     => Plugin::instance()->config()->network(),
	'version'     => VERSION,
);
