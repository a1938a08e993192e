<?php
// WordPress's own sample with the lines that its network set-up asks for.
// Expect: works
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
