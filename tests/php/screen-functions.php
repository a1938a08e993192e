<?php
/**
 * Further functions of WordPress, and WP-CLI, as far as the screen and the commands use them.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace {

	foreach ( array(
		'DB_HOST'     => 'localhost',
		'DB_USER'     => 'wordpress',
		'DB_PASSWORD' => "it's \$ecret",
	) as $name => $value ) {
		defined( $name ) || define( $name, $value );
	}

	function plugin_basename( $file ) {
		return basename( dirname( $file ) ) . '/' . basename( $file );
	}
	function get_home_url( $site, $path ) {
		return 'https://network.example' . $path;
	}
	function network_admin_url( $path = '' ) {
		return 'https://network.example/wp-admin/network/' . $path;
	}
	function add_query_arg( $query, $url ) {
		return array() === $query ? $url : $url . ( false === strpos( $url, '?' ) ? '?' : '&' ) . http_build_query( $query );
	}
	function remove_query_arg( $key, $url ) {
		return $url;
	}
	function wp_create_nonce( $action ) {
		return 'nonce-of-' . $action;
	}
	function esc_url( $url ) {
		return esc_attr( $url );
	}
	function esc_url_raw( $url ) {
		return $url;
	}
	function sanitize_text_field( $text ) {
		return trim( strip_tags( $text ) );
	}
	function sanitize_key( $text ) {
		return (string) preg_replace( '/[^a-z0-9_-]/', '', strtolower( $text ) );
	}
	function human_time_diff( $from, $to ) {
		return abs( $to - $from ) . ' seconds';
	}
	function number_format_i18n( $number ) {
		return (string) $number;
	}

	/** Stands in for WordPress's list table, which the tests on real WordPress print. */
	class WP_List_Table {
		public function __construct( $arguments ) {}
	}

	/** Stands in for WP-CLI: keeps what is printed, and ends a command as WP-CLI does. */
	final class WP_CLI {
		public static array $lines    = array();
		public static array $commands = array();
		public static function add_command( $name, $callable ) {
			self::$commands[ $name ] = $callable;
		}
		public static function line( $text ) {
			self::$lines[] = $text;
		}
		public static function success( $text ) {
			self::$lines[] = "Success: {$text}";
		}
		public static function warning( $text ) {
			self::$lines[] = "Warning: {$text}";
		}
		public static function error( $text ) {
			throw new Request_Ended( $text, array( 'exit' => 1 ) );
		}
		public static function halt( $code ) {
			throw new Request_Ended( '', array( 'exit' => $code ) );
		}
	}
}

namespace WP_CLI\Utils {
	function format_items( $format, $items, $fields ) {
		foreach ( $items as $item ) {
			$row = array();
			foreach ( $fields as $field ) {
				$row[] = $item[ $field ];
			}
			\WP_CLI::$lines[] = "{$format}: " . implode( ' | ', $row );
		}
	}
}
