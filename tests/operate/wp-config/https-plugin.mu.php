<?php
add_action(
	'init',
	static function () {
		if ( ! is_ssl() ) {
			wp_safe_redirect( set_url_scheme( home_url( '/' ), 'https' ) );
			exit;
		}
	}
);
