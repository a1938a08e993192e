<?php
/**
 * A customer's row of UM's list of domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Adds to each row how the domain stands and the records that its owner has to set, and "Check now". What is shown comes from
 * the sidecar's own table in this database: the page waits for nobody, and says the last thing known while the sidecar is
 * away. Without JavaScript "Check now" loads the page again.
 */
final class Domain_Row {

	const CHECK  = 'domain_bridge_check';
	const STATUS = 'domain_bridge_status';

	/** How often a person may have names checked: each one so many seconds apart, and so many in a minute. */
	const APART      = 15;
	const PER_MINUTE = 10;

	/** How long the sidecar may take to say that it checks, in seconds. */
	const PATIENCE = 2.0;

	private Plugin $plugin;

	/** What the sidecar knows of the domains of a site, read at once for all its rows; by site. */
	private array $sites = array();

	/**
	 * Takes the plugin.
	 *
	 * @param Plugin $plugin The plugin's parts.
	 */
	public function __construct( Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Adds an entry to a row of UM's list. Source: UM 2.4.12, `views/dashboard-widgets/domain-mapping.php`, which prints what
	 * a closure prints as it is.
	 *
	 * @param mixed $entries UM's entries.
	 * @param mixed $domain  UM's model of the mapping.
	 * @return mixed
	 */
	public function add_entry( $entries, $domain = null ) {
		if ( ! is_array( $entries ) || ! $this->is_shown( $domain ) ) {
			return $entries;
		}
		$html = (string) Ultimate_Multisite::ask(
			function () use ( $domain ): string {
				return $this->html( $domain );
			},
			array(),
			''
		);
		if ( '' === $html ) {
			return $entries;
		}
		// "Not secure" of a domain that is just being set up would frighten its owner, and beside our words says nothing more.
		unset( $entries['secure'] );
		$entries['domain_bridge'] = array(
			'wrapper_classes' => 'domain-bridge-entry',
			'icon'            => '',
			'label'           => '',
			'value'           => static function () use ( $html ): void {
				echo $html; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Made by html(), which escapes.
			},
		);
		return $entries;
	}

	/**
	 * Adds "Check now" to the actions of a row that is not live, and hides UM's "Make Primary" until it is: the site would leave an
	 * address that works for one that does not.
	 *
	 * @param mixed $actions UM's actions.
	 * @param mixed $domain  UM's model of the mapping.
	 * @return mixed
	 */
	public function add_action( $actions, $domain = null ) {
		if ( ! is_array( $actions ) || ! $this->is_shown( $domain ) ) {
			return $actions;
		}
		$status = Ultimate_Multisite::ask(
			function () use ( $domain ): Domain_Status {
				return $this->status_of( $domain );
			}
		);
		if ( null === $status || $status->is_live() ) {
			return $actions;
		}
		if ( is_string( $actions['make_primary']['wrapper_classes'] ?? null ) && ! Ultimate_Multisite::ask( array( $domain, 'is_active' ), array(), true ) ) {
			// The script shows it once the domain is live.
			$actions['make_primary']['wrapper_classes'] .= ' domain-bridge-later';
		}
		$check = array(
			'wrapper_classes' => 'domain-bridge-check',
			'icon'            => 'dashicons dashicons-update wu-align-middle wu-mr-1',
			'label'           => '',
			'value'           => __( 'Check now', 'domain-bridge-for-serverpilot' ),
			'url'             => self::url( self::CHECK, (int) $domain->get_id() ),
		);
		return array( 'domain_bridge_check' => $check ) + $actions;
	}

	/**
	 * Loads the script and the style where UM shows its list.
	 */
	public function enqueue(): void {
		wp_enqueue_style( 'domain-bridge-customer', plugins_url( 'assets/customer.css', PLUGIN_FILE ), array( 'dashicons' ), VERSION );
		wp_enqueue_script( 'domain-bridge-customer', plugins_url( 'assets/customer.js', PLUGIN_FILE ), array(), VERSION, true );
		$texts = array(
			'copied'   => __( 'Copied', 'domain-bridge-for-serverpilot' ),
			'checking' => __( 'Checking…', 'domain-bridge-for-serverpilot' ),
		);
		wp_add_inline_script( 'domain-bridge-customer', 'var domainBridgeCustomer = ' . wp_json_encode( $texts ) . ';', 'before' );
	}

	/**
	 * Answers "Check now": has the sidecar check the domain at once.
	 */
	public function check(): void {
		$domain  = $this->requested( self::CHECK );
		$message = $this->ask_sidecar( $this->name( $domain ) );
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- requested() has checked it.
		if ( isset( $_REQUEST['script'] ) ) {
			wp_send_json_success( array( 'message' => $message ) + $this->answer( $domain ) );
		}
		$back = wp_get_referer();
		wp_safe_redirect( false === $back ? home_url( '/' ) : $back );
		exit;
	}

	/**
	 * Answers the script's question how a domain stands by now.
	 */
	public function status(): void {
		wp_send_json_success( $this->answer( $this->requested( self::STATUS ) ) );
	}

	/**
	 * Returns UM's model of the domain that is asked for; ends the request where it is none of the current user's.
	 *
	 * @param string $action What is asked.
	 */
	private function requested( string $action ): object {
		$id     = isset( $_REQUEST['domain'] ) && is_scalar( $_REQUEST['domain'] ) ? (int) $_REQUEST['domain'] : 0;
		$nonce  = isset( $_REQUEST['_wpnonce'] ) && is_string( $_REQUEST['_wpnonce'] ) ? sanitize_key( wp_unslash( $_REQUEST['_wpnonce'] ) ) : '';
		$domain = false !== wp_verify_nonce( $nonce, $action . $id ) ? Ultimate_Multisite::ask( 'wu_get_domain', array( $id ) ) : null;
		if ( ! $this->is_shown( $domain ) ) {
			// The same for a domain of another and for none: whoever guesses learns nothing.
			wp_die( esc_html__( 'There is no such domain.', 'domain-bridge-for-serverpilot' ), '', array( 'response' => 404 ) );
		}
		return $domain;
	}

	/**
	 * Has the sidecar check a name, unless it was asked too often; returns what is said to the owner.
	 *
	 * @param string $name The name.
	 */
	private function ask_sidecar( string $name ): string {
		if ( ! self::may_ask( $name ) ) {
			return __( 'We have just checked. Please wait a moment.', 'domain-bridge-for-serverpilot' );
		}
		$names  = array_keys( Tables::names( array( $name, 'www.' . $name ) ) );
		$answer = array() === $names ? null : $this->plugin->sidecar()->call( 'POST', '/sync', array( 'retry' => $names ), self::PATIENCE );
		return null === $answer || is_wp_error( $answer ) ? __( 'We check by ourselves every few minutes.', 'domain-bridge-for-serverpilot' ) : '';
	}

	/**
	 * Tells whether the current user may have a name checked by now, and counts it.
	 *
	 * @param string $name The name.
	 */
	private static function may_ask( string $name ): bool {
		$key   = 'domain_bridge_checks_' . get_current_user_id();
		$times = get_site_transient( $key );
		$now   = time();
		$times = array_filter(
			is_array( $times ) ? $times : array(),
			static function ( $at ) use ( $now ): bool {
				return is_int( $at ) && $at > $now - MINUTE_IN_SECONDS;
			}
		);
		if ( count( $times ) >= self::PER_MINUTE || ( $times[ $name ] ?? 0 ) > $now - self::APART ) {
			return false;
		}
		$times[ $name ] = $now;
		set_site_transient( $key, $times, MINUTE_IN_SECONDS );
		return true;
	}

	/**
	 * Returns what the script shows: the row's HTML, whether it is live, and UM's own badge.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function answer( object $domain ): array {
		$label = wp_strip_all_tags( (string) Ultimate_Multisite::ask( array( $domain, 'get_stage_label' ), array(), '' ) );
		return array(
			'html'  => $this->html( $domain ),
			'live'  => $this->status_of( $domain )->is_live(),
			'badge' => array(
				'label' => $label,
				'class' => (string) Ultimate_Multisite::ask( array( $domain, 'get_stage_class' ), array(), '' ),
			),
		);
	}

	/**
	 * Returns how a domain stands, as escaped HTML.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function html( object $domain ): string {
		$status = $this->status_of( $domain );
		$id    = (int) $domain->get_id();

		list( $tone, $title, $text ) = $status->summary();
		$records                     = Record_List::html( $status->records() );
		if ( '' !== $records && $status->is_live() ) {
			$records = sprintf( '<details><summary>%s</summary>%s</details>', esc_html__( 'DNS records', 'domain-bridge-for-serverpilot' ), $records );
		}
		$keep  = '' !== $records && $status->is_open() ? __( 'Change only these records. Keep your nameservers and e-mail (MX) records.', 'domain-bridge-for-serverpilot' ) : '';
		$visit = $status->is_live() ? sprintf( '<a href="%s" target="_blank" rel="noopener">%s</a>', esc_url( 'https://' . $this->name( $domain ) ), esc_html__( 'Visit', 'domain-bridge-for-serverpilot' ) ) : '';
		return sprintf(
			'<span class="domain-bridge-domain is-%1$s" data-status="%2$s" role="status"><span class="domain-bridge-line"><strong>%3$s</strong> %4$s %5$s</span>%6$s%7$s%8$s</span>',
			esc_attr( $tone ),
			esc_url( self::url( self::STATUS, $id ) ),
			esc_html( $title ),
			esc_html( $text ),
			$visit,
			$records,
			'' === $keep ? '' : '<span class="domain-bridge-line">' . esc_html( $keep ) . '</span>',
			$this->www_hint( $domain )
		);
	}

	/**
	 * Returns a hint for a live domain whose www name leads nowhere; it is no trouble, so nothing else of it is said.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function www_hint( object $domain ): string {
		$name  = $this->name( $domain );
		$known = $this->known( $domain );
		$www   = $known[ 'www.' . $name ] ?? null;
		$apex  = $known[ $name ] ?? null;
		if ( null === $www || null === $apex || 'secure' !== $apex['state'] || ( $apex['dns']['zone'] ?? '' ) !== $name || 0 !== strpos( $www['reason'], 'dns-' ) || 'secure' === $www['state'] ) {
			return '';
		}
		/* translators: 1: a name with www, 2: a DNS record. */
		$text = sprintf( __( 'For %1$s to work too, add: %2$s.', 'domain-bridge-for-serverpilot' ), 'www.' . $name, "CNAME · www · {$name}" );
		return '<span class="domain-bridge-line">' . esc_html( $text ) . '</span>';
	}

	/**
	 * Returns what is told of a domain.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	public function status_of( object $domain ): Domain_Status {
		$name    = $this->name( $domain );
		$site    = get_blog_details( (int) $domain->get_blog_id(), false );
		$address = $this->plugin->network_address()->answer( '' );
		return new Domain_Status(
			$name,
			$this->known( $domain )[ $name ] ?? null,
			array(
				'address' => is_string( $address ) ? $address : '',
				'host'    => New_Domain::host( $name, $this->plugin->um()->multi_part_tlds() ),
				'home'    => is_object( $site ) ? untrailingslashit( $site->domain . $site->path ) : '',
				'network' => New_Domain::is_networks( $name ),
				'primary' => (bool) Ultimate_Multisite::ask( array( $domain, 'is_primary_domain' ), array(), true ),
			)
		);
	}

	/**
	 * Returns what the sidecar knows of a domain and its siblings, asked for once for all rows of a site.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function known( object $domain ): array {
		$site = (int) $domain->get_blog_id();
		if ( ! isset( $this->sites[ $site ] ) ) {
			$names = array( $this->name( $domain ) );
			foreach ( (array) Ultimate_Multisite::ask( 'wu_get_domains', array( array( 'blog_id' => $site ) ), array() ) as $one ) {
				$names[] = is_object( $one ) ? $this->name( $one ) : '';
			}
			$all = array();
			foreach ( array_unique( array_filter( $names ) ) as $name ) {
				array_push( $all, $name, 'www.' . $name );
			}
			$this->sites[ $site ] = Tables::names( $all );
		}
		return $this->sites[ $site ];
	}

	/**
	 * Returns a mapping's name in the form in which the sidecar knows it.
	 *
	 * @param object $domain UM's model of the mapping.
	 */
	private function name( object $domain ): string {
		$typed = (string) Ultimate_Multisite::ask( array( $domain, 'get_domain' ), array(), '' );
		return New_Domain::cleaned( $typed );
	}

	/**
	 * Tells whether there is something to show: ServerPilot is in use, and somebody is there who owns the domain or runs the
	 * network. UM's list can stand on any page.
	 *
	 * @param mixed $domain UM's model of the mapping.
	 */
	private function is_shown( $domain ): bool {
		return is_object( $domain ) && is_callable( array( $domain, 'get_id' ) ) && $this->plugin->um()->enabled()
			&& ( current_user_can( 'manage_network' ) || true === Forms::owns( $domain ) );
	}

	/**
	 * Returns the address that does something with a domain, on the host that the customer is on: there they are logged in.
	 *
	 * @param string $action What it does.
	 * @param int    $id     The mapping's id.
	 */
	private static function url( string $action, int $id ): string {
		return add_query_arg(
			array(
				'action'   => $action,
				'domain'   => $id,
				'_wpnonce' => wp_create_nonce( $action . $id ),
			),
			admin_url( 'admin-ajax.php' )
		);
	}
}
