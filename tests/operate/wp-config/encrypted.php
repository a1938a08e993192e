<?php
// A managed database that demands TLS, as WordPress asks for it.
// Expect: works with DB_TLS=required
/*{database}*/
define( 'MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL );
/*{salts}*/
/*{network}*/
/*{end}*/
