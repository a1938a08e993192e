<?php
// A plugin sends everybody to the login.
// Expect: refused "login-wall.mu.php redirects to" "wp-login.php"
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
