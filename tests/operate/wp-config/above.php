<?php
// The file one folder above the web root.
// Expect: works
// Place: above
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
