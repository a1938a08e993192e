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

	/** The most names that are listed at once. */
	const MOST = 10000;

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
	 * Returns all that the sidecar knows of a name: array( name, state, reason, params, dns, history: the latest first, each array(
	 * at in milliseconds, from, to, reason, params ) ); null where it does not know it.
	 *
	 * @param string $name The name.
	 */
	public static function entry( string $name ): ?array {
		global $wpdb;
		$row = self::quietly( 'get_row', $wpdb->prepare( "SELECT name, state, reason, params, dns, history FROM `{$wpdb->base_prefix}domain_bridge_names` WHERE name = %s", $name ) );
		if ( ! is_object( $row ) ) {
			return null;
		}
		$entry = array(
			'name'   => (string) $row->name,
			'state'  => (string) $row->state,
			'reason' => (string) $row->reason,
		);
		foreach ( array( 'params', 'dns', 'history' ) as $key ) {
			$value         = json_decode( (string) $row->$key, true );
			$entry[ $key ] = is_array( $value ) ? $value : array();
		}
		$entry['history'] = array_filter( $entry['history'], 'is_array' );
		return $entry;
	}

	/**
	 * Returns the names of which a live site has lost its certificate or its DNS, without www names, whose troubles are the
	 * domain's hint and nothing else; null where the table cannot be read.
	 *
	 * @param int $most How many at most.
	 */
	public static function critical( int $most = self::MOST ): ?array {
		return self::rows( "severity >= 4 AND state <> 'removing'", array(), $most );
	}

	/**
	 * Returns the names that need somebody, but not at once; null as above.
	 *
	 * @param int $waited Unix seconds: those that wait for their certificate since before that count.
	 */
	public static function not_well( int $waited ): ?array {
		return self::rows( "( severity IN ( 2, 3 ) OR ( severity = 1 AND state IN ( 'securing', 'ssl-failed' ) AND known_since < %d ) )", array( $waited * 1000 ) );
	}

	/**
	 * Returns the secure names whose certificate ends; null as above.
	 *
	 * @param int $before Unix seconds.
	 */
	public static function ending( int $before ): ?array {
		return self::rows( "state = 'secure' AND certificate_ends_at < %d", array( $before * 1000 ) );
	}

	/**
	 * Returns the mapped names whose owner may have to change their DNS; null as above.
	 *
	 * @param int $known Unix seconds: only those that are known since before that.
	 */
	public static function waiting_for_dns( int $known ): ?array {
		return self::rows( "kind = 'mapping' AND state IN ( 'securing', 'ssl-failed' ) AND ( reason LIKE 'dns-%%' OR reason LIKE 'caa-%%' OR reason = 'cdn-not-reaching' ) AND known_since < %d", array( $known * 1000 ) );
	}

	/**
	 * Returns the mapped names that became secure for the first time; null as above.
	 *
	 * @param int $since Unix seconds.
	 */
	public static function live_since( int $since ): ?array {
		return self::rows( "kind = 'mapping' AND state = 'secure' AND live_since >= %d", array( $since * 1000 ) );
	}

	/**
	 * Returns the states of names, by name, without those that are not there; null where the table cannot be read.
	 *
	 * @param array $names The names.
	 */
	public static function states( array $names ): ?array {
		$states = array();
		foreach ( array_chunk( $names, 500 ) as $some ) {
			$rows = self::rows( 'name IN (' . implode( ', ', array_fill( 0, count( $some ), '%s' ) ) . ')', $some );
			if ( null === $rows ) {
				return null;
			}
			$states += array_column( $rows, 'state', 'name' );
		}
		return $states;
	}

	/**
	 * Returns rows of names other than www names; null where they cannot be read.
	 *
	 * @param string $where  The condition, with placeholders.
	 * @param array  $values Their values.
	 * @param int    $most   How many at most.
	 */
	private static function rows( string $where, array $values, int $most = self::MOST ): ?array {
		global $wpdb;
		$sql  = "SELECT name, site_id, state, reason, params, certificate_ends_at, known_since, live_since FROM `{$wpdb->base_prefix}domain_bridge_names` WHERE kind <> 'www' AND {$where} ORDER BY name LIMIT %d";
		$rows = self::quietly( 'get_results', $wpdb->prepare( $sql, array_merge( $values, array( $most ) ) ) );
		return is_array( $rows ) && '' === $wpdb->last_error ? $rows : null;
	}

	/**
	 * Asks the database without a word in the log where a table is missing.
	 *
	 * @param string $method The method of wpdb.
	 * @param string $sql    The prepared statement.
	 * @return mixed
	 */
	public static function quietly( string $method, string $sql ) {
		global $wpdb;
		$shown  = $wpdb->suppress_errors( true );
		$answer = $wpdb->$method( $sql );
		$wpdb->suppress_errors( $shown );
		return $answer;
	}
}
