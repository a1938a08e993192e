<?php
/**
 * A domain that a customer is about to add.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Stands before UM's dialog for a new domain: says which records it will need, cleans what is typed, and refuses in plain
 * words what cannot work.
 */
final class New_Domain {

	const FORM = 'user_add_new_domain';

	private Plugin $plugin;

	/**
	 * Takes the plugin.
	 *
	 * @param Plugin $plugin The plugin's parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Adds the records to UM's instructions, after the network admin's own text. UM sends the text through wpautop, kses and
	 * Vue: it is one line, which Vue leaves alone.
	 *
	 * @param mixed $html    UM's instructions.
	 * @param mixed $network The network's domain.
	 * @param mixed $address The network's address, as UM knows it.
	 * @return mixed
	 */
	public function add_records( $html, $network = '', $address = '' ) {
		if ( ! is_string( $html ) || ! is_string( $address ) || false === filter_var( $address, FILTER_VALIDATE_IP ) || ! $this->plugin->um()->enabled() ) {
			return $html;
		}
		$type = false === strpos( $address, ':' ) ? 'A' : 'AAAA';
		$copy = sprintf( '<a href="#" class="wu-copy" data-clipboard-text="%1$s">%2$s</a>', esc_attr( $address ), esc_html__( 'Copy', 'domain-bridge-for-serverpilot' ) );
		return $html . sprintf(
			'<p class="domain-bridge-dialog" v-pre><strong>%1$s</strong><br>%2$s · @ · <code>%3$s</code> %4$s<br>CNAME · www · %5$s<br>%6$s</p>',
			esc_html__( 'At your DNS provider, for example.com:', 'domain-bridge-for-serverpilot' ),
			$type,
			esc_html( $address ),
			$copy,
			'example.com',
			esc_html__( 'Change only these records. Keep your nameservers and e-mail (MX) records.', 'domain-bridge-for-serverpilot' )
		);
	}

	/**
	 * Cleans the name that UM's form brings, and ends the request where it cannot work. A form that its sender did not get from
	 * UM is left to UM: nobody else learns whether a name leads to a site here.
	 */
	public function receive(): void {
		// phpcs:disable WordPress.Security.NonceVerification.Recommended -- It is checked below.
		$nonce = isset( $_REQUEST['_wpnonce'] ) && is_string( $_REQUEST['_wpnonce'] ) ? sanitize_key( wp_unslash( $_REQUEST['_wpnonce'] ) ) : '';
		$form  = isset( $_REQUEST['form'] ) && is_string( $_REQUEST['form'] ) ? sanitize_key( wp_unslash( $_REQUEST['form'] ) ) : '';
		$typed = isset( $_REQUEST['domain'] ) && is_string( $_REQUEST['domain'] ) ? sanitize_text_field( wp_unslash( $_REQUEST['domain'] ) ) : '';
		$site  = isset( $_REQUEST['current_site'] ) && is_scalar( $_REQUEST['current_site'] ) ? (int) $_REQUEST['current_site'] : 0;
		// phpcs:enable
		if ( self::FORM !== $form || ! is_user_logged_in() || ! wp_verify_nonce( $nonce, 'wu_form_' . $form ) || ! $this->plugin->um()->enabled() ) {
			return;
		}
		$name    = self::cleaned( $typed );
		$refusal = $this->refusal( $name, $site );
		if ( '' !== $refusal ) {
			wp_send_json_error( new \WP_Error( 'domain-refused', esc_html( $refusal ) ) );
		}
		$_REQUEST['domain'] = $name;
		$_POST['domain']    = $name;
		// What is not live yet would take the place of an address that is: it is offered as primary once it is live.
		if ( self::has_live_primary( $site ) ) {
			unset( $_REQUEST['primary_domain'], $_POST['primary_domain'], $_GET['primary_domain'] );
		}
	}

	/**
	 * Returns the host name in what a person typed: without scheme, path, port and capitals, in ASCII.
	 *
	 * @param string $typed What was typed.
	 */
	public static function cleaned( string $typed ): string {
		$name = (string) preg_replace( '~^([a-z][a-z0-9+.-]*:)?//~i', '', trim( $typed ) );
		$name = (string) preg_replace( '~[/?#\s].*$~s', '', $name );
		$name = (string) preg_replace( '~^.*@~', '', $name );
		$name = (string) preg_replace( '~:\d+$~', '', $name );
		$name = rtrim( function_exists( 'mb_strtolower' ) ? mb_strtolower( $name, 'UTF-8' ) : strtolower( $name ), '.' );
		if ( 1 !== preg_match( '/[^\x20-\x7E]/', $name ) ) {
			return $name;
		}
		if ( function_exists( 'idn_to_ascii' ) ) {
			$ascii = idn_to_ascii( $name, IDNA_NONTRANSITIONAL_TO_ASCII, INTL_IDNA_VARIANT_UTS46 );
			return is_string( $ascii ) ? $ascii : $name;
		}
		try {
			// PHP's extension for it is not everywhere; WordPress's own encoder does not know all its rules.
			return \WpOrg\Requests\IdnaEncoder::encode( $name );
		} catch ( \Throwable $error ) {
			return $name;
		}
	}

	/**
	 * Returns a name's part before its registered domain, such as www, or "@" for that domain itself: by the suffixes of two
	 * parts that UM knows, until the sidecar has asked the DNS.
	 *
	 * @param string $name     The name.
	 * @param array  $suffixes Such as .co.uk.
	 */
	public static function host( string $name, array $suffixes ): string {
		$labels = explode( '.', $name );
		$parts  = 2;
		foreach ( $suffixes as $suffix ) {
			$suffix = '.' . ltrim( (string) $suffix, '.' );
			if ( substr( $name, -strlen( $suffix ) ) === $suffix ) {
				$parts = 1 + substr_count( $suffix, '.' );
			}
		}
		$host = array_slice( $labels, 0, max( 0, count( $labels ) - $parts ) );
		return array() === $host ? '@' : implode( '.', $host );
	}

	/**
	 * Returns why a name cannot be added, or an empty string.
	 *
	 * @param string $name The cleaned name.
	 * @param int    $site The site that it is for.
	 */
	private function refusal( string $name, int $site ): string {
		if ( '' === $name ) {
			return __( 'Please type a domain, such as example.com.', 'domain-bridge-for-serverpilot' );
		}
		if ( false !== strpos( $name, '*' ) ) {
			return __( 'A domain with "*" cannot be used. Add each name by itself, such as shop.example.com.', 'domain-bridge-for-serverpilot' );
		}
		if ( false !== filter_var( trim( $name, '[]' ), FILTER_VALIDATE_IP ) || 1 === preg_match( '/^[\d.]+$/', $name ) ) {
			return __( 'That is an IP address. Type a domain, such as example.com.', 'domain-bridge-for-serverpilot' );
		}
		if ( strlen( $name ) > 253 || 1 !== preg_match( '/^(?=.*\.)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/', $name ) ) {
			return __( 'That is not a domain. Type it as people do in a browser, such as example.com.', 'domain-bridge-for-serverpilot' );
		}
		if ( self::is_networks( $name ) ) {
			return __( 'That name belongs to this network. Add a domain of your own.', 'domain-bridge-for-serverpilot' );
		}
		return self::taken( $name, $site );
	}

	/**
	 * Tells whether a name is the network's own domain or below it.
	 *
	 * @param string $name The cleaned name.
	 */
	public static function is_networks( string $name ): bool {
		$network = strtolower( (string) preg_replace( '/:\d+$/', '', (string) get_network()->domain ) );
		$own     = '.' . ( 0 === strpos( $network, 'www.' ) ? substr( $network, 4 ) : $network );
		return substr( ".{$name}", -strlen( $own ) ) === $own;
	}

	/**
	 * Returns why a name that leads to a site here cannot be added, or an empty string. UM takes visitors of a name with and
	 * without www to the same site.
	 *
	 * @param string $name The cleaned name.
	 * @param int    $site The site that it is for.
	 */
	private static function taken( string $name, int $site ): string {
		$bare = 0 === strpos( $name, 'www.' ) ? substr( $name, 4 ) : $name;
		foreach ( array( $bare, "www.{$bare}" ) as $one ) {
			$mapping = Ultimate_Multisite::ask( 'wu_get_domain_by_domain', array( $one ) );
			$owner   = is_object( $mapping ) ? (int) Ultimate_Multisite::ask( array( $mapping, 'get_blog_id' ), array(), $site ) : (int) get_blog_id_from_url( $one );
			if ( 0 !== $owner && $owner !== $site ) {
				return __( 'That domain already leads to another site here. If it is yours, ask us.', 'domain-bridge-for-serverpilot' );
			}
			if ( $one === $name && is_object( $mapping ) ) {
				return __( 'That domain is on your list already.', 'domain-bridge-for-serverpilot' );
			}
		}
		return '';
	}

	/**
	 * Tells whether a site has a primary domain that works.
	 *
	 * @param int $site The site.
	 */
	private static function has_live_primary( int $site ): bool {
		$query = array(
			'blog_id'        => $site,
			'primary_domain' => true,
		);
		foreach ( (array) Ultimate_Multisite::ask( 'wu_get_domains', array( $query ), array() ) as $domain ) {
			if ( is_object( $domain ) && 0 === strpos( (string) Ultimate_Multisite::ask( array( $domain, 'get_stage' ), array(), '' ), 'done' ) ) {
				return true;
			}
		}
		return false;
	}
}
