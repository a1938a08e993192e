<?php
// Prints something.
// Expect: works, noting "prints text"
echo "<!-- hello -->\n";
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
