<?php
// A closing tag and empty lines after it.
// Expect: works
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
?>


