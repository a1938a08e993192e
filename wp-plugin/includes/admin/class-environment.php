<?php
/**
 * The sidecar's environment for this network.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Works out, from what WordPress knows, the file and the command that the sidecar is started with.
 */
final class Environment {

	const FILE    = 'domain-bridge.env';
	const PROGRAM = 'domain-bridge.cjs';
	const SECRETS = array( 'SIDECAR_SECRET', 'DB_PASSWORD' );

	/** The tables of WordPress that the sidecar reads, beside UM's. */
	const READ = array( 'blogs', 'site' );

	/** The sidecar's own tables, without the prefix. */
	const OWN = array( 'migrations', 'registration', 'names', 'passes', 'removals', 'outbox', 'requests', 'state' );

	private Config $config;
	private Secret $secret;

	/**
	 * Takes the address and the secret of the sidecar.
	 *
	 * @param Config $config The address.
	 * @param Secret $secret The secret.
	 */
	public function __construct( Config $config, Secret $secret ) {
		$this->config = $config;
		$this->secret = $secret;
	}

	/**
	 * Returns the variables; the secrets only where asked for, else dots.
	 *
	 * @param bool $show_secrets Whether they are asked for.
	 */
	public function variables( bool $show_secrets ): array {
		global $wpdb;
		$url   = $this->config->sidecar_url();
		$local = in_array( strtolower( (string) wp_parse_url( $url, PHP_URL_HOST ) ), array( 'localhost', '127.0.0.1', '[::1]' ), true );
		$port  = (int) wp_parse_url( $url, PHP_URL_PORT );
		$all   = array(
			'HOST'           => $local ? '127.0.0.1' : '0.0.0.0',
			'PORT'           => (string) ( 0 === $port ? 8787 : $port ),
			'SIDECAR_SECRET' => $this->secret->get(),
			'DB_HOST'        => self::constant_value( 'DB_HOST' ),
			'DB_NAME'        => self::constant_value( 'DB_NAME' ),
			'DB_USER'        => self::constant_value( 'DB_USER' ),
			'DB_PASSWORD'    => self::constant_value( 'DB_PASSWORD' ),
			'TABLE_PREFIX'   => (string) $wpdb->base_prefix,
			'WORDPRESS_URL'  => rtrim( get_home_url( get_main_site_id(), '/' ), '/' ),
		);
		foreach ( $show_secrets ? array() : self::SECRETS as $name ) {
			$all[ $name ] = '' === $all[ $name ] ? '' : '••••••••';
		}
		return $all;
	}

	/**
	 * Returns the variables as a file that the sidecar, systemd and shells read alike.
	 *
	 * @param bool $show_secrets Whether the secrets are asked for.
	 */
	public function file( bool $show_secrets ): string {
		$lines = array(
			'# Domain Bridge for ServerPilot: the environment of the sidecar.',
			'# It holds secrets: chmod 600, and never below the web root.',
		);
		foreach ( $this->variables( $show_secrets ) as $name => $value ) {
			$lines[] = $name . '=' . self::quoted( $value );
		}
		return implode( "\n", $lines ) . "\n";
	}

	/**
	 * Returns this network's entry of a networks file, for a sidecar that serves several networks.
	 *
	 * @param bool $show_secrets Whether the secrets are asked for.
	 */
	public function network_entry( bool $show_secrets ): array {
		$all = $this->variables( $show_secrets );
		return array(
			'id'           => $this->config->network(),
			'database'     => array(
				'host'     => $all['DB_HOST'],
				'name'     => $all['DB_NAME'],
				'user'     => $all['DB_USER'],
				'password' => $all['DB_PASSWORD'],
			),
			'tablePrefix'  => $all['TABLE_PREFIX'],
			'secrets'      => array( $all['SIDECAR_SECRET'] ),
			'wordpressUrl' => $all['WORDPRESS_URL'],
		);
	}

	/**
	 * Returns the command that starts the sidecar with the file.
	 */
	public function command(): string {
		return self::program() . ' serve --environment ' . self::FILE;
	}

	/**
	 * Returns the command that, on the server and as root, makes the file, tests it and installs a service. Root runs a copy
	 * that only root can write, and only if it is what WordPress shows here: the plugin's folder may be written by the web
	 * server.
	 */
	public function init_command(): string {
		$init  = ' init --wordpress ' . self::quoted( rtrim( ABSPATH, '/' ) . '/' ) . ' --install-systemd';
		$files = self::bundle();
		if ( array() === $files ) {
			return 'domain-bridge' . $init;
		}
		$sums = array();
		foreach ( $files as $file ) {
			$sums[] = self::quoted( hash_file( 'sha256', $file ) . '  ' . basename( $file ) );
		}
		return 'd=$(mktemp -d) && cp ' . implode( ' ', array_map( array( self::class, 'quoted' ), $files ) ) . ' "$d" && cd "$d" && printf \'%s\n\' ' . implode( ' ', $sums ) . ' | sha256sum -c && node "$d/' . self::PROGRAM . '"' . $init;
	}

	/**
	 * Returns how the sidecar is called: the file that comes with the plugin, else the command that npm installs.
	 */
	private static function program(): string {
		return array() === self::bundle() ? 'domain-bridge' : 'node ' . self::quoted( dirname( PLUGIN_FILE ) . '/sidecar/' . self::PROGRAM );
	}

	/**
	 * Returns the files of the sidecar that come with the plugin; none in a plugin without it.
	 */
	private static function bundle(): array {
		$files = glob( dirname( PLUGIN_FILE ) . '/sidecar/*' );
		$files = is_array( $files ) ? array_values( array_filter( $files, 'is_file' ) ) : array();
		return in_array( self::PROGRAM, array_map( 'basename', $files ), true ) ? $files : array();
	}

	/**
	 * Returns the SQL for a database account that may do just what the sidecar does.
	 */
	public function grants(): string {
		global $wpdb;
		$local = 1 === preg_match( '#^(localhost|127\.0\.0\.1|\[?::1\]?|)(:|$)#', self::constant_value( 'DB_HOST' ) );
		$who   = "'domain_bridge'@'" . ( $local ? 'localhost' : '%' ) . "'";
		$table = static function ( string $name ) use ( $wpdb ): string {
			return '`' . str_replace( '`', '``', self::constant_value( 'DB_NAME' ) ) . "`.`{$wpdb->base_prefix}{$name}`";
		};
		$lines = array( "CREATE USER {$who} IDENTIFIED BY 'a-password-of-its-own';" );
		foreach ( array_merge( array( $this->mapping_table() ), self::READ ) as $name ) {
			$lines[] = "GRANT SELECT ON {$table( $name )} TO {$who};";
		}
		foreach ( self::OWN as $name ) {
			$lines[] = "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON {$table( "domain_bridge_{$name}" )} TO {$who};";
		}
		return implode( "\n", $lines ) . "\n";
	}

	/**
	 * Returns UM's table of mappings by the name that it has here; the current one where there is none yet.
	 */
	private function mapping_table(): string {
		global $wpdb;
		foreach ( Mappings::TABLES as $name ) {
			// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- WordPress has no function that looks for a table.
			if ( null !== $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->base_prefix . $name ) ) ) ) {
				return $name;
			}
		}
		return Mappings::TABLES[0];
	}

	/**
	 * Returns a value in quotes where it needs any.
	 *
	 * @param string $value The value.
	 */
	private static function quoted( string $value ): string {
		if ( 1 === preg_match( '#^[A-Za-z0-9_./:@%+,=-]*$#D', $value ) ) {
			return $value;
		}
		return false === strpos( $value, "'" ) ? "'{$value}'" : '"' . addcslashes( $value, '\\"$`' ) . '"';
	}

	/**
	 * Returns a constant as text.
	 *
	 * @param string $name The constant's name.
	 */
	private static function constant_value( string $name ): string {
		return defined( $name ) && is_scalar( constant( $name ) ) ? (string) constant( $name ) : '';
	}
}
