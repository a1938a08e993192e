<?php
/**
 * The public functions of UM that plugins call.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

use WP_Ultimo\Models\Domain;

/**
 * Reads one of UM's settings.
 *
 * @param string $name          The setting's name.
 * @param mixed  $default_value What holds where it was never saved.
 * @return mixed
 */
function wu_get_setting( $name, $default_value = false ) {
	$settings = get_network_option( null, 'wp-ultimo_v2_settings', array() );
	return is_array( $settings ) && array_key_exists( $name, $settings ) ? $settings[ $name ] : $default_value;
}

/**
 * Saves one of UM's settings.
 *
 * @param string $name  The setting's name.
 * @param mixed  $value Its value.
 */
function wu_save_setting( $name, $value ): bool {
	$settings = get_network_option( null, 'wp-ultimo_v2_settings', array() );
	return update_network_option( null, 'wp-ultimo_v2_settings', array_merge( (array) $settings, array( $name => $value ) ) );
}

/**
 * Reads a mapping by its id; false where there is none.
 *
 * @param int|string $domain_id The mapping's id.
 * @return Domain|false
 */
function wu_get_domain( $domain_id ) {
	$found = Domain::query( array( 'id' => $domain_id ) );
	return $found[0] ?? false;
}

/**
 * Reads a mapping by its name; false where there is none.
 *
 * @param string $domain The name.
 * @return Domain|false
 */
function wu_get_domain_by_domain( $domain ) {
	$found = Domain::query( array( 'domain' => $domain ) );
	return $found[0] ?? false;
}

/**
 * Reads mappings; a hundred of them where no number is given.
 *
 * @param array<string, mixed> $query Conditions by column, and number, offset, orderby, order, fields, count.
 * @return Domain[]|int[]|int
 */
function wu_get_domains( $query = array() ) {
	return Domain::query( $query );
}

/**
 * Makes a mapping and plans its checks.
 *
 * @param array<string, mixed> $data blog_id and domain, and more columns.
 * @return Domain|WP_Error
 */
function wu_create_domain( $data ) {
	$domain = new Domain( $data );
	$saved  = $domain->save();
	if ( is_wp_error( $saved ) ) {
		return $saved;
	}
	wu_enqueue_async_action( 'wu_async_process_domain_stage', array( 'domain_id' => $domain->get_id() ), 'domain' );
	return $domain;
}

/**
 * Plans a job for as soon as possible; UM keeps all jobs with the main site.
 *
 * @param string               $hook  The action that does it.
 * @param array<string, mixed> $args  What the action is given.
 * @param string               $group Say, domain.
 */
function wu_enqueue_async_action( $hook, $args = array(), $group = '' ): int {
	return Um_Double\Job_Queue::add( time(), $hook, $args, $group );
}

/**
 * Plans a job for a certain time.
 *
 * @param int                  $timestamp Unix seconds.
 * @param string               $hook      The action that does it.
 * @param array<string, mixed> $args      What the action is given.
 * @param string               $group     Say, domain.
 */
function wu_schedule_single_action( $timestamp, $hook, $args = array(), $group = '' ): int {
	return Um_Double\Job_Queue::add( (int) $timestamp, $hook, $args, $group );
}

/**
 * Writes a line into a log of the main site.
 *
 * @param string           $handle    Name of the log.
 * @param string|\WP_Error $message   The line.
 * @param string           $log_level One of PSR-3's levels.
 */
function wu_log_add( string $handle, $message, string $log_level = 'info' ): void {
	$folder = wu_log_folder();
	$text   = is_wp_error( $message ) ? $message->get_error_message() : (string) $message;
	$line   = sprintf( "[%s] %s: %s\n", gmdate( 'Y-m-d\TH:i:sP' ), strtoupper( $log_level ), $text );
	file_put_contents( $folder . '/' . sanitize_file_name( $handle ) . '.log', $line, FILE_APPEND | LOCK_EX );
}

/**
 * Empties a log.
 *
 * @param string $handle Name of the log.
 */
function wu_log_clear( $handle ): void {
	file_put_contents( wu_log_folder() . '/' . sanitize_file_name( $handle ) . '.log', '' );
}

/**
 * The logs' folder, made where it is not there.
 */
function wu_log_folder(): string {
	switch_to_blog( get_main_site_id() );
	$uploads = wp_upload_dir( null, false );
	restore_current_blog();
	$folder = $uploads['basedir'] . '/wu-logs';
	wp_mkdir_p( $folder );
	return $folder;
}

/**
 * An address in the network's admin area.
 *
 * @param string               $page  The page's slug.
 * @param array<string, mixed> $query Further arguments.
 */
function wu_network_admin_url( $page, $query = array() ): string {
	return network_admin_url( add_query_arg( array_merge( array( 'page' => $page ), $query ), 'admin.php' ) );
}
