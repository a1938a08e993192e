<?php
/**
 * The sidecar's own tables.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * The little that WordPress reads and writes in the tables that the sidecar has made in the same database. Each function
 * does without the tables, which are not there before the sidecar was started.
 */
final class Tables {

	/** Where the nonce lies that proves to the sidecar that both see one database, and the sidecar's own challenge. */
	const PROOF     = 'registration-proof';
	const CHALLENGE = 'identity-challenge';

	/**
	 * Switches the bridge off, whether the sidecar answers or not.
	 */
	public static function switch_off(): void {
		global $wpdb;
		$text = self::quietly( 'get_var', "SELECT settings FROM `{$wpdb->base_prefix}domain_bridge_registration` WHERE id = 1" );
		// Objects stay objects, so that an empty one does not come back as a list.
		$settings = is_string( $text ) ? json_decode( $text ) : null;
		if ( is_object( $settings ) ) {
			$settings->enabled = false;
			$text              = (string) wp_json_encode( $settings, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
			self::quietly( 'query', $wpdb->prepare( "UPDATE `{$wpdb->base_prefix}domain_bridge_registration` SET settings = %s WHERE id = 1", $text ) );
		}
	}

	/**
	 * Writes a new nonce where the sidecar looks for it in its database. Returns it, or an empty string where the table is not
	 * there.
	 */
	public static function write_proof(): string {
		global $wpdb;
		$nonce   = bin2hex( random_bytes( 24 ) );
		$written = self::quietly( 'query', $wpdb->prepare( "REPLACE INTO `{$wpdb->base_prefix}domain_bridge_state` (name, value) VALUES (%s, %s)", self::PROOF, (string) wp_json_encode( $nonce ) ) );
		return false === $written ? '' : $nonce;
	}

	/**
	 * Returns what the sidecar has written to see whether a domain leads to the WordPress of its database; null for nothing.
	 *
	 * @return mixed
	 */
	public static function challenge() {
		global $wpdb;
		$text = self::quietly( 'get_var', $wpdb->prepare( "SELECT value FROM `{$wpdb->base_prefix}domain_bridge_state` WHERE name = %s", self::CHALLENGE ) );
		return is_string( $text ) ? json_decode( $text, true ) : null;
	}

	/**
	 * Returns what the sidecar knows of names, by name: array( state, reason, dns, live_since in unix seconds or 0 ). Names
	 * that it does not know are left out, and so are all where its tables are not there or of another version.
	 *
	 * @param array $names The names.
	 */
	public static function names( array $names ): array {
		global $wpdb;
		if ( array() === $names ) {
			return array();
		}
		$places = implode( ', ', array_fill( 0, count( $names ), '%s' ) );
		$rows   = self::quietly( 'get_results', $wpdb->prepare( "SELECT name, state, reason, dns, live_since FROM `{$wpdb->base_prefix}domain_bridge_names` WHERE name IN ({$places})", $names ) );
		$known  = array();
		foreach ( is_array( $rows ) ? $rows : array() as $row ) {
			$dns                 = json_decode( (string) $row->dns, true );
			$known[ $row->name ] = array(
				'state'      => (string) $row->state,
				'reason'     => (string) $row->reason,
				'dns'        => is_array( $dns ) ? $dns : array(),
				'live_since' => (int) ( (int) $row->live_since / 1000 ),
			);
		}
		return $known;
	}

	/**
	 * Asks the database without a word in the log where a table is missing.
	 *
	 * @param string $method The method of wpdb.
	 * @param string $sql    The prepared statement.
	 * @return mixed
	 */
	private static function quietly( string $method, string $sql ) {
		global $wpdb;
		$shown  = $wpdb->suppress_errors( true );
		$answer = $wpdb->$method( $sql );
		$wpdb->suppress_errors( $shown );
		return $answer;
	}
}
