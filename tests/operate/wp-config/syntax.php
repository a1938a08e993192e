<?php
// Written for another PHP.
// Expect: refused "syntax error" "wp-config.php:4"
$a = new class { nonsense };
/*{database}*/
/*{end}*/
