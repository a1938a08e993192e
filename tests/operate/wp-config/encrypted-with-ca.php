<?php
// The same with the CA that a drop-in checks.
// Expect: works with DB_TLS=verified DB_TLS_CA={ca}
/*{database}*/
define( 'MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL );
define( 'MYSQL_SSL_CA', '{{ca}}' );
/*{salts}*/
/*{network}*/
/*{end}*/
