<?php
// A plugin that shows its own page and nothing else.
// Expect: refused "coming-soon.mu.php" "ends it: Coming soon"
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
