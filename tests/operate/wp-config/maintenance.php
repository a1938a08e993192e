<?php
// An update is running, or was cut off.
// Expect: refused "in maintenance mode"
// Maintenance: yes
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
