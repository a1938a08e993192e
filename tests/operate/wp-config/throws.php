<?php
// Its own loader of settings throws.
// Expect: refused "the vault is sealed"
throw new RuntimeException( 'the vault is sealed' );
