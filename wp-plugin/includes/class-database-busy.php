<?php
/**
 * A database that does not answer now.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Says that it is worth trying again, unlike any other error.
 */
final class Database_Busy extends \RuntimeException {
}
