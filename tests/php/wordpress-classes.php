<?php
/**
 * WordPress's classes, as far as the plugin uses them.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

class WP_Error {
	private string $code;
	private string $message;
	private $data;
	public function __construct( $code = '', $message = '', $data = '' ) {
		$this->code    = (string) $code;
		$this->message = (string) $message;
		$this->data    = $data;
	}
	public function get_error_code() {
		return $this->code;
	}
	public function get_error_message() {
		return $this->message;
	}
	public function get_error_data() {
		return $this->data;
	}
}

class WP_Site {
	public $blog_id;
	public $domain;
	public $site_id = '1';
	public function __construct( string $blog_id, string $domain ) {
		$this->blog_id = $blog_id;
		$this->domain  = $domain;
	}
}

class WP_REST_Request implements ArrayAccess {
	private string $route;
	private string $body  = '';
	private array $headers = array();
	public array $params   = array();
	public function __construct( string $method, string $route ) {
		$this->route = $route;
	}
	public function set_body( $body ) {
		$this->body = $body;
	}
	public function set_headers( $headers ) {
		$this->headers = $headers;
	}
	public function get_route() {
		return $this->route;
	}
	public function get_body() {
		return $this->body;
	}
	public function get_header( $name ) {
		return $this->headers[ $name ] ?? null;
	}
	#[ReturnTypeWillChange]
	public function offsetGet( $name ) {
		return $this->params[ $name ] ?? null;
	}
	#[ReturnTypeWillChange]
	public function offsetSet( $name, $value ) {
		$this->params[ $name ] = $value;
	}
	#[ReturnTypeWillChange]
	public function offsetExists( $name ) {
		return isset( $this->params[ $name ] );
	}
	#[ReturnTypeWillChange]
	public function offsetUnset( $name ) {
		unset( $this->params[ $name ] );
	}
}

/** The server of the request under way: WP::$incoming holds its body and headers. */
class WP_REST_Server {
	public static function get_raw_data() {
		return WP::$incoming[0];
	}
	public function get_headers( $server ) {
		return WP::$incoming[1];
	}
}

/** Stands in for a call that ends the request. */
final class Request_Ended extends RuntimeException {
	public array $answer;
	public function __construct( string $message, array $answer = array() ) {
		parent::__construct( $message );
		$this->answer = $answer;
	}
}

/** Understands the plugin's few queries. */
final class Wpdb_Double {
	public string $base_prefix = 'wp_';
	public string $sitemeta    = 'wp_sitemeta';
	public string $last_error  = '';
	private bool $suppressed   = false;
	public function suppress_errors( bool $suppress = true ): bool {
		$before           = $this->suppressed;
		$this->suppressed = $suppress;
		return $before;
	}
	public function esc_like( string $text ): string {
		return addcslashes( $text, '_%\\' );
	}
	public function prepare( string $query, ...$values ): string {
		return vsprintf( str_replace( '%s', "'%s'", $query ), is_array( $values[0] ?? null ) ? $values[0] : $values );
	}
	public function get_var( string $query ): ?string {
		if ( false !== strpos( $query, 'domain_bridge_registration' ) ) {
			return WP::$registration;
		}
		if ( 1 === preg_match( "/SELECT value FROM `wp_domain_bridge_state` WHERE name = '(.*)'/", $query, $found ) ) {
			return WP::$state[ $found[1] ] ?? null;
		}
		return WP::$lock_free ? '1' : '0';
	}
	/** @return int|false */
	public function query( string $query ) {
		if ( 1 === preg_match( "/^UPDATE `wp_domain_bridge_registration` SET settings = '(.*)' WHERE id = 1$/s", $query, $found ) ) {
			WP::$registration = $found[1];
		}
		if ( 1 === preg_match( "/^REPLACE INTO `wp_domain_bridge_state` \\(name, value\\) VALUES \\('(.*)', '(.*)'\\)$/s", $query, $found ) ) {
			if ( null === WP::$state ) {
				return false;
			}
			WP::$state[ $found[1] ] = $found[2];
		}
		return 1;
	}
	public function get_results( string $query, string $output = '' ): array {
		$this->last_error = '';
		if ( false !== strpos( $query, 'wp_sitemeta' ) ) {
			$rows = array();
			foreach ( WP::$options as $name => $value ) {
				if ( 0 === strpos( $name, 'domain_bridge_removed_' ) ) {
					$rows[] = (object) array(
						'meta_key'   => $name,
						'meta_value' => serialize( $value ),
					);
				}
			}
			return array_slice( $rows, 0, 50 );
		}
		if ( ! WP::$table_readable || false === strpos( $query, '`wp_wu_domain_mappings`' ) ) {
			$this->last_error = 'No such table';
			return array();
		}
		return array_map(
			static function ( Mapping_Double $mapping ): array {
				return array( $mapping->domain, (string) $mapping->blog_id );
			},
			WP::$mappings
		);
	}
}
