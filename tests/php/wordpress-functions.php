<?php
/**
 * WordPress's functions, as far as the plugin uses them, on the state in the class WP.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

define( 'ABSPATH', '/' );
define( 'MINUTE_IN_SECONDS', 60 );
define( 'MB_IN_BYTES', 1048576 );
define( 'AUTH_KEY', 'a key of wp-config.php' );
define( 'AUTH_SALT', 'a salt of wp-config.php' );
define( 'DB_NAME', 'wordpress' );
define( 'ARRAY_N', 'ARRAY_N' );

$GLOBALS['wpdb'] = new Wpdb_Double();

function add_filter( $hook, $callback, $priority = 10, $arguments = 1 ) {
	WP::$hooks[ $hook ][ $priority ][] = array( $callback, $arguments );
	ksort( WP::$hooks[ $hook ] );
	show_hook( $hook );
	return true;
}
function add_action( $hook, $callback, $priority = 10, $arguments = 1 ) {
	return add_filter( $hook, $callback, $priority, $arguments );
}
function remove_action( $hook, $callback, $priority = 10 ) {
	foreach ( WP::$hooks[ $hook ][ $priority ] ?? array() as $index => $entry ) {
		if ( $entry[0] === $callback ) {
			unset( WP::$hooks[ $hook ][ $priority ][ $index ] );
		}
	}
	show_hook( $hook );
	return true;
}
/** Shows a hook's listeners where WordPress has them. */
function show_hook( $hook ) {
	$callbacks = array();
	foreach ( WP::$hooks[ $hook ] as $priority => $entries ) {
		foreach ( $entries as list( $callback, $arguments ) ) {
			$callbacks[ $priority ][] = array(
				'function'      => $callback,
				'accepted_args' => $arguments,
			);
		}
	}
	$GLOBALS['wp_filter'][ $hook ] = (object) array( 'callbacks' => $callbacks );
}
function has_filter( $hook ) {
	return ! empty( array_filter( WP::$hooks[ $hook ] ?? array() ) );
}
function apply_filters( $hook, $value, ...$more ) {
	foreach ( WP::$hooks[ $hook ] ?? array() as $entries ) {
		foreach ( $entries as list( $callback, $arguments ) ) {
			$value = $callback( ...array_slice( array_merge( array( $value ), $more ), 0, $arguments ) );
		}
	}
	return $value;
}
function did_action( $hook ) {
	return WP::$did[ $hook ] ?? 0;
}
function do_action( $hook, ...$given ) {
	WP::$did[ $hook ] = 1 + ( WP::$did[ $hook ] ?? 0 );
	foreach ( WP::$hooks[ $hook ] ?? array() as $entries ) {
		foreach ( $entries as list( $callback, $arguments ) ) {
			call_user_func_array( $callback, array_slice( $given, 0, $arguments ) );
		}
	}
}
function register_activation_hook( $file, $callback ) {}
function register_deactivation_hook( $file, $callback ) {}
function register_rest_route( $space, $route, $arguments ) {
	WP::$routes[ $space . $route ] = $arguments;
	return true;
}

function get_network_option( $network, $name, $fallback = false ) {
	return array_key_exists( $name, WP::$options ) ? WP::$options[ $name ] : $fallback;
}
function add_network_option( $network, $name, $value ) {
	if ( array_key_exists( $name, WP::$options ) ) {
		return false;
	}
	WP::$options[ $name ] = $value;
	do_action( 'add_site_option', $name, $value, 1 );
	return true;
}
function update_network_option( $network, $name, $value ) {
	if ( ! array_key_exists( $name, WP::$options ) ) {
		return add_network_option( $network, $name, $value );
	}
	$before               = WP::$options[ $name ];
	WP::$options[ $name ] = $value;
	if ( $before !== $value ) {
		do_action( 'update_site_option', $name, $value, $before, 1 );
	}
	return true;
}
function delete_network_option( $network, $name ) {
	unset( WP::$options[ $name ] );
	do_action( 'delete_site_option', $name, 1 );
	return true;
}
function get_option( $name ) {
	return 'date_format' === $name ? 'Y-m-d' : 'H:i';
}

function is_wp_error( $value ) {
	return $value instanceof WP_Error;
}
function wp_remote_request( $url, $args ) {
	WP::$requests[] = array(
		'url'  => $url,
		'time' => time(),
	) + $args;
	$answer         = ( WP::$sidecar )( $url, $args );
	return is_wp_error( $answer ) ? $answer : array(
		'code' => $answer[0],
		'body' => $answer[1],
	);
}
function wp_remote_retrieve_response_code( $response ) {
	return $response['code'];
}
function wp_remote_retrieve_body( $response ) {
	return $response['body'];
}
function wp_schedule_event( $at, $schedule, $hook ) {
	WP::$cron[ $hook ] = $at;
	return true;
}
function wp_next_scheduled( $hook ) {
	return WP::$cron[ $hook ] ?? false;
}
function as_schedule_single_action( $at, $hook, $args, $group ) {
	WP::$jobs[ $hook ] = $at;
	return 1;
}
function as_has_scheduled_action( $hook, $args, $group ) {
	return isset( WP::$jobs[ $hook ] );
}
function as_unschedule_all_actions( $hook, $args = array(), $group = '' ) {
	unset( WP::$jobs[ $hook ] );
	WP::$checks = array_values(
		array_filter(
			WP::$checks,
			static function ( array $planned ) use ( $args ): bool {
				return $planned !== $args;
			}
		)
	);
}
function wp_clear_scheduled_hook( $hook ) {
	unset( WP::$cron[ $hook ] );
	return 1;
}

function wp_json_encode( $value, $flags = 0 ) {
	return json_encode( $value, $flags );
}
function wp_parse_url( $url, $part = -1 ) {
	return parse_url( $url, $part );
}
function wp_unslash( $value ) {
	return is_array( $value ) ? array_map( 'wp_unslash', $value ) : ( is_string( $value ) ? stripslashes( $value ) : $value );
}
function maybe_unserialize( $value ) {
	return unserialize( $value );
}
function wp_generate_uuid4() {
	return substr( bin2hex( random_bytes( 18 ) ), 0, 36 );
}
function wp_salt( $scheme ) {
	return WP::$salt;
}
function wp_date( $format, $at ) {
	return gmdate( $format, $at );
}
function current_user_can( $capability ) {
	return WP::$can && in_array( $capability, array( 'manage_network_options', 'manage_network' ), true );
}
function get_current_screen() {
	return (object) array( 'id' => WP::$screen );
}
function get_network() {
	return (object) array(
		'domain' => 'network.example',
		'path'   => '/',
	);
}
function get_site( $id ) {
	return (object) array( 'blogname' => "Shop {$id}" );
}
function get_current_network_id() {
	return WP::$network;
}
function get_main_network_id() {
	return 1;
}
function is_main_site() {
	return WP::$main_site;
}
function get_current_user_id() {
	return (int) WP::$user;
}
function wp_doing_cron() {
	return false;
}
function rest_get_server() {
	return new WP_REST_Server();
}
function rest_url( $path ) {
	return 'https://network.example/wp-json/' . $path;
}
function wp_hash( $data ) {
	return hash_hmac( 'md5', $data, WP::$salt );
}
function wp_admin_notice( $message, $args ) {
	printf( '<div class="notice notice-%s">%s</div>', $args['type'], $message );
}
function get_main_site_id() {
	return 1;
}
function switch_to_blog( $id ) {}
function restore_current_blog() {}
function is_multisite() {
	return WP::$multisite;
}
function wp_die( $message ) {
	throw new Request_Ended( $message );
}
function is_admin() {
	return WP::$network_admin;
}
function is_network_admin() {
	return WP::$network_admin;
}
function wp_doing_ajax() {
	return false;
}
function wp_send_json_error( $data ) {
	throw new Request_Ended( 'error', (array) $data );
}
function wp_send_json_success( $data ) {
	throw new Request_Ended( 'success', $data );
}

function __( $text, $domain ) {
	return $text;
}
function _n( $one, $many, $count, $domain ) {
	return 1 === $count ? $one : $many;
}
function esc_html( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function esc_attr( $text ) {
	return esc_html( $text );
}
function esc_html__( $text, $domain ) {
	return esc_html( $text );
}
