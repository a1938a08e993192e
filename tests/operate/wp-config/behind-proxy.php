<?php
// A proxy ends TLS; its header is read without asking whether it is there.
// Expect: works
if ( $_SERVER['HTTP_X_FORWARDED_PROTO'] === 'https' ) {
	$_SERVER['HTTPS'] = 'on';
}
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
