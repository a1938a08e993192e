<?php
add_action(
	'init',
	static function () {
		die( '<!doctype html><title>Soon</title><h1>Coming soon</h1>' );
	}
);
