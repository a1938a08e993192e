<?php
// A site that is no network.
// Expect: refused "is that of a single site"
/*{database}*/
/*{salts}*/
/*{end}*/
