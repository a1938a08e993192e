<?php
/**
 * Lets a network whose names have no port be used on a port: finds the site by the name alone and puts the port into
 * every address that WordPress makes.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

$stack_host = (string) preg_replace( '/:\d+$/', '', strtolower( $_SERVER['HTTP_HOST'] ?? '' ) );
// Programs come by the address, as most resolvers do not know names below .localhost.
if ( in_array( $stack_host, array( '127.0.0.1', 'localhost' ), true ) ) {
	$stack_host = DOMAIN_CURRENT_SITE;
}
stack_answer_nonce( $stack_host );
$stack_site = get_site_by_path( $stack_host, '/' );

if ( $stack_site && $stack_site->domain === $stack_host ) {
	$current_blog = $stack_site;
	$current_site = WP_Network::get_instance( (int) $stack_site->site_id );
	$blog_id      = (int) $stack_site->blog_id;
	$site_id      = (int) $stack_site->site_id;
} else {
	$_SERVER['HTTP_HOST'] = $stack_host;
}

/**
 * Answers a request to a mapped name that carries UM's nonce with the mapping, as UM does before WordPress knows the site:
 * the nonce is wp_hash() of the host that is asked for.
 *
 * @param string $host The host.
 */
function stack_answer_nonce( string $host ): void {
	global $wpdb;
	$nonce = $_GET['async_check_dns_nonce'] ?? '';
	if ( ! is_string( $nonce ) || ! hash_equals( hash_hmac( 'md5', $host, AUTH_KEY . AUTH_SALT ), $nonce ) ) {
		return;
	}
	$shown = $wpdb->suppress_errors( true );
	$bare  = (string) preg_replace( '/^www\./', '', $host );
	$row   = $wpdb->get_row( $wpdb->prepare( "SELECT id, domain, stage FROM `{$wpdb->base_prefix}wu_domain_mappings` WHERE domain IN (%s, %s) ORDER BY domain = %s DESC LIMIT 1", $host, $bare, $host ) );
	$wpdb->suppress_errors( $shown );
	if ( $row ) {
		header( 'content-type: application/json' );
		exit( (string) json_encode( $row ) );
	}
}

/**
 * Adds the server's port to an address below the network's name that has none.
 *
 * @param mixed $url The address.
 * @return mixed
 */
function stack_with_port( $url ) {
	$name = preg_quote( DOMAIN_CURRENT_SITE, '#' );
	return is_string( $url ) ? preg_replace( "#^(https?://(?:[^/:]+\\.)?{$name})(?=[/?]|$)#", '${1}:' . STACK_PORT, $url ) : $url;
}

foreach ( array( 'option_siteurl', 'option_home', 'network_site_url', 'network_home_url', 'wp_redirect' ) as $stack_filter ) {
	add_filter( $stack_filter, 'stack_with_port' );
}
