<?php
/**
 * For docker-compose.yml: a customer with a site, made once; in Ultimate Multisite as well, as soon as its wizard is done.
 *
 * @package Domain_Bridge\Stack
 */

declare( strict_types=1 );

$stack_must = static function ( $made ) {
	if ( is_wp_error( $made ) || false === $made ) {
		WP_CLI::error( is_wp_error( $made ) ? $made->get_error_message() : 'WordPress gave no reason.' );
	}
	return $made;
};

$stack_domain  = 'shop.' . get_network()->domain;
$stack_user_id = (int) username_exists( 'customer' );
if ( 0 === $stack_user_id ) {
	$stack_user_id = (int) $stack_must( wpmu_create_user( 'customer', 'password', 'customer@example.com' ) );
}
$stack_site_id = get_blog_id_from_url( $stack_domain );
if ( 0 === $stack_site_id ) {
	$stack_site_id = (int) $stack_must( wpmu_create_blog( $stack_domain, '/', 'Shop', $stack_user_id ) );
	WP_CLI::success( "http://{$stack_domain} is the site of “customer”." );
}

if ( ! function_exists( 'wu_create_membership' ) ) {
	WP_CLI::log( 'Once Ultimate Multisite’s wizard is done, “docker compose up setup” makes “customer” a customer there.' );
	return;
}
if ( wu_get_customer_by_user_id( $stack_user_id ) ) {
	return;
}
$stack_plan = wu_get_product_by_slug( 'plan-of-the-demo' );
if ( ! $stack_plan ) {
	$stack_plan = $stack_must(
		wu_create_product(
			array(
				'name'         => 'Plan of the demo',
				'slug'         => 'plan-of-the-demo',
				'type'         => 'plan',
				'pricing_type' => 'free',
				'currency'     => 'USD',
				'amount'       => 0,
				'recurring'    => false,
				'active'       => true,
			)
		)
	);
}
$stack_customer   = $stack_must(
	wu_create_customer(
		array(
			'user_id'            => $stack_user_id,
			'email'              => 'customer@example.com',
			'username'           => 'customer',
			'email_verification' => 'verified',
		)
	)
);
$stack_membership = $stack_must(
	wu_create_membership(
		array(
			'customer_id' => $stack_customer->get_id(),
			'user_id'     => $stack_user_id,
			'plan_id'     => $stack_plan->get_id(),
			'currency'    => 'USD',
			'amount'      => 0,
			'recurring'   => false,
			'status'      => 'active',
		)
	)
);
$stack_site = wu_get_site( $stack_site_id );
$stack_site->set_type( 'customer_owned' );
$stack_site->set_customer_id( $stack_customer->get_id() );
$stack_site->set_membership_id( $stack_membership->get_id() );
$stack_must( $stack_site->save() );
WP_CLI::success( '“customer” is a customer of Ultimate Multisite.' );
