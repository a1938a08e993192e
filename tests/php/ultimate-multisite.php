<?php
/**
 * Ultimate Multisite, as far as the plugin's classes ask it; the full double is in tests/stack.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace {

	/** UM's model of a mapping. */
	final class Mapping_Double {
		public string $domain;
		public int $blog_id;
		public string $stage;
		public bool $secure = false;
		public int $saves   = 0;
		/** Null, or what UM says against saving. */
		public ?WP_Error $refusal = null;
		public string $db_error   = '';
		public function __construct( string $domain, int $blog_id = 2, string $stage = 'checking-dns' ) {
			$this->domain  = $domain;
			$this->blog_id = $blog_id;
			$this->stage   = $stage;
		}
		public function get_id() {
			return crc32( $this->domain );
		}
		public function get_domain() {
			return $this->domain;
		}
		public function get_blog_id() {
			return $this->blog_id;
		}
		public function get_stage() {
			return $this->stage;
		}
		public function is_secure() {
			return $this->secure;
		}
		public function set_stage( $stage ) {
			$this->stage = $stage;
		}
		public function set_secure( $secure ) {
			$this->secure = $secure;
		}
		public function save() {
			++$this->saves;
			if ( '' !== $this->db_error ) {
				$GLOBALS['wpdb']->last_error = $this->db_error;
				return new WP_Error( 'db', $this->db_error );
			}
			do_action( 'wu_domain_post_save', array(), $this, false );
			return $this->refusal ?? true;
		}
	}

	/** A job as Action Scheduler gives it. */
	final class Planned_Double {
		private array $args;
		public function __construct( array $args ) {
			$this->args = $args;
		}
		public function get_args() {
			return $this->args;
		}
	}

	/** A domain, its site, membership and customer in one: each method leads to the next. */
	final class Owned_Double {
		private int $user;
		public function __construct( int $user ) {
			$this->user = $user;
		}
		public function get_site() {
			return $this;
		}
		public function get_membership() {
			return 0 === $this->user ? false : $this;
		}
		public function get_customer() {
			return $this;
		}
		public function get_user_id() {
			return (string) $this->user;
		}
	}
	/** Domain 1 belongs to user 7, domain 2 to no customer, domain 3 is of a UM that works in another way. */
	function wu_get_domain( $id ) {
		return array( 1 => new Owned_Double( 7 ), 2 => new Owned_Double( 0 ), 3 => new stdClass() )[ $id ] ?? false;
	}
	function wu_get_setting( $name, $fallback = false ) {
		return WP::$settings[ $name ] ?? $fallback;
	}
	function wu_get_domains( $query ) {
		if ( ! WP::$table_readable ) {
			$GLOBALS['wpdb']->last_error = 'Server has gone away';
			return array();
		}
		return array_values(
			array_filter(
				WP::$mappings,
				static function ( Mapping_Double $mapping ) use ( $query ): bool {
					return $mapping->domain === $query['domain'];
				}
			)
		);
	}
	function wu_enqueue_async_action( $hook, $args, $group ) {
		WP::$checks[] = $args;
	}
	/** As an older Action Scheduler, which compares no parts of arguments. */
	function as_get_scheduled_actions( $query ) {
		return array_map(
			static function ( array $args ): Planned_Double {
				return new Planned_Double( $args );
			},
			WP::$checks
		);
	}
	function wu_log_add( $handle, $message, $level ) {
		WP::$logs[ $handle ][] = "{$level}: {$message}";
	}
}

namespace WP_Ultimo\Integrations {
	final class Integration_Registry {
		public array $integrations = array();
		public array $capabilities = array();
		public bool $broken        = false;
		private static ?Integration_Registry $instance = null;
		public static function get_instance(): self {
			self::$instance = self::$instance ?? new self();
			return self::$instance;
		}
		public function register( $integration ): void {
			$this->integrations['serverpilot'] = $integration;
		}
		public function get( string $id ) {
			$this->answer();
			return $this->integrations[ $id ] ?? null;
		}
		public function get_capability( string $id, string $capability ) {
			$this->answer();
			return $this->capabilities[ $id ][ $capability ] ?? null;
		}
		private function answer(): void {
			if ( $this->broken ) {
				throw new \Error( 'Of another UM' );
			}
		}
	}
}

namespace WP_Ultimo\Integrations\Providers\ServerPilot {
	class ServerPilot_Integration {
		public array $credentials = array();
		public function get_credential( string $name ): string {
			return $this->credentials[ $name ] ?? '';
		}
		public function test_connection() {
			return new \WP_Error( 'own', 'UM asked ServerPilot itself' );
		}
	}
}

namespace WP_Ultimo\Integrations\Providers\ServerPilot {
	/** UM's own module, which nothing of ours may extend. */
	final class ServerPilot_Domain_Mapping {
		public array $heard = array();
		public function on_add_domain( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
		public function handle( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
	}
}

namespace WP_Ultimo\Integrations\Host_Providers {
	/** UM before the registry. */
	final class ServerPilot_Host_Provider {
		public array $heard = array();
		private static ?ServerPilot_Host_Provider $instance = null;
		public static function get_instance(): self {
			self::$instance = self::$instance ?? new self();
			return self::$instance;
		}
		public function listen(): void {
			add_action( 'wu_add_domain', array( $this, 'on_add_domain' ), 10, 2 );
			add_action( 'wu_remove_domain', array( $this, 'on_remove_domain' ), 10, 2 );
			add_action( 'wu_add_subdomain', array( $this, 'on_add_subdomain' ), 10, 2 );
			add_action( 'wu_remove_subdomain', array( $this, 'on_remove_subdomain' ), 10, 2 );
		}
		public function on_add_domain( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
		public function on_remove_domain( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
		public function on_add_subdomain( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
		public function on_remove_subdomain( $domain, $site_id ) {
			$this->heard[] = $domain;
		}
	}
}
