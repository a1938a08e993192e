<?php
// Reads what is not there.
// Expect: works, noting "warns"
$is_mobile = $_SERVER['HTTP_X_MOBILE'] === 'yes';
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
