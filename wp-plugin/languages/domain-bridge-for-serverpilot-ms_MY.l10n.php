<?php
return array(
	'project-id-version' => 'Domain Bridge for ServerPilot',
	'language' => 'ms_MY',
	'plural-forms' => 'nplurals=1; plural=0;',
	'messages' => array(
	),
);
