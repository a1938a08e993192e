<?php
// Saved by an editor that puts a byte order mark in front.
// Expect: works, noting "prints text"
/*{database}*/
/*{salts}*/
/*{network}*/
/*{end}*/
