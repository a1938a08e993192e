<?php
/**
 * Tests of the sidecar's environment.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

use Domain_Bridge\Environment;

/**
 * The file, the command and the grants are right for this network, and secrets come only when asked for.
 */
final class Environment_Test extends Bridge_Test_Case {

	private function environment(): Environment {
		return new Environment( $this->plugin->config(), $this->plugin->secret() );
	}

	public function test_the_file_has_what_wp_config_has(): void {
		self::assertSame(
			array(
				'HOST'           => '127.0.0.1',
				'PORT'           => '8787',
				'SIDECAR_SECRET' => self::SECRET,
				'DB_HOST'        => 'localhost',
				'DB_NAME'        => 'wordpress',
				'DB_USER'        => 'wordpress',
				'DB_PASSWORD'    => "it's \$ecret",
				'TABLE_PREFIX'   => 'wp_',
				'WORDPRESS_URL'  => 'https://network.example',
			),
			$this->environment()->variables( true )
		);
	}

	public function test_secrets_stay_hidden_until_asked_for(): void {
		foreach ( array( $this->environment()->file( false ), json_encode( $this->environment()->network_entry( false ) ) ) as $text ) {
			self::assertStringNotContainsString( 'whsec_', $text );
			self::assertStringNotContainsString( 'ecret"', $text );
		}
		self::assertSame( array( self::SECRET ), $this->environment()->network_entry( true )['secrets'] );
	}

	public function test_a_shell_reads_the_file_as_it_is_meant(): void {
		$lines = explode( "\n", $this->environment()->file( true ) );
		self::assertContains( 'DB_PASSWORD="it\'s \\$ecret"', $lines );
		self::assertContains( 'SIDECAR_SECRET=' . self::SECRET, $lines );
	}

	public function test_the_grants_name_ums_table_and_the_sidecars_own(): void {
		$grants = $this->environment()->grants();
		self::assertStringContainsString( "GRANT SELECT ON `wordpress`.`wp_wu_domain_mappings` TO 'domain_bridge'@'localhost';", $grants );
		self::assertStringContainsString( '`wordpress`.`wp_domain_bridge_names`', $grants );
		self::assertStringNotContainsString( 'whsec_', $grants );
	}

	public function test_the_commands_name_the_file_and_this_wordpress(): void {
		self::assertSame( 'domain-bridge serve --environment domain-bridge.env', $this->environment()->command() );
		self::assertSame( 'domain-bridge init --wordpress / --install-systemd', $this->environment()->init_command() );
	}
}
