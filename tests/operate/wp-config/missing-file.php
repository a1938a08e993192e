<?php
// A file that was not copied with the site.
// Expect: refused "none.php"
require 'none.php';
/*{database}*/
/*{end}*/
