<?php
/**
 * What updates of UM may change in the classes that others could have extended.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * The changes that UM_DOUBLE_CHANGE names: what is replaced in the source of which file.
 *
 * @return array<string, array<string, string>>
 */
function changes(): array {
	$names = array( 'on_' => 'when_' );
	$all   = array(
		'method'    => array(
			'interface-domain-mapping-capability.php'    => array( 'interface Domain_Mapping_Capability {' => 'interface Domain_Mapping_Capability { public function on_rename_domain( string $old, string $new ): void;' ),
			'class-serverpilot-domain-mapping.php'       => array( '/** The calls' => 'public function on_rename_domain( string $old, string $new ): void {} /** The calls' ),
		),
		'type'      => array(
			'class-base-capability-module.php' => array( 'function test_connection()' => 'function test_connection(): bool' ),
		),
		'final'     => array(
			'class-serverpilot-integration.php'    => array( 'class ServerPilot_Integration' => 'final class ServerPilot_Integration' ),
			'class-serverpilot-domain-mapping.php' => array( 'class ServerPilot_Domain_Mapping' => 'final class ServerPilot_Domain_Mapping' ),
		),
		'renamed'   => array(
			'interface-domain-mapping-capability.php' => $names,
			'class-serverpilot-domain-mapping.php'    => $names,
		),
		'elsewhere' => array(
			'class-serverpilot-domain-mapping.php' => array(
				"foreach ( array( 'add_domain', 'remove_domain', 'add_subdomain', 'remove_subdomain' ) as \$job ) {" => "foreach ( array( 'added' => 'add', 'removed' => 'remove' ) as \$hook => \$job ) {",
				'add_action( "wu_{$job}", array( $this, "on_{$job}" ), 10, 2 );' => 'add_action( "wu_domain_{$hook}", array( $this, "on_{$job}_domain" ), 10, 2 );',
			),
		),
	);
	return defined( 'UM_DOUBLE_CHANGE' ) ? $all[ UM_DOUBLE_CHANGE ] ?? array() : array();
}
