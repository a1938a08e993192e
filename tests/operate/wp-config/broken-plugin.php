<?php
// A plugin that ends in a fatal error.
// Expect: refused "no_such_function" "broken-plugin.mu.php:"
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
