<?php
// A plugin that redirects to https.
// Expect: works
// Address: http://bridge.localhost
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
