<?php
add_action( 'plugins_loaded', static fn() => no_such_function() );
