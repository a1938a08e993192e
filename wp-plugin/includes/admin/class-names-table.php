<?php
/**
 * The table of domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Shows the domains in WordPress's own list table: search, filter by state, sort, paging.
 */
final class Names_Table extends \WP_List_Table {

	const PER_PAGE = 'domain_bridge_names_per_page';

	/** The states in which it helps to try now. */
	const RETRY = array( 'securing', 'ssl-failed', 'blocked' );

	private Reasons $reasons;
	private int $now;
	private ?Snapshot $snapshot = null;

	/** What went wrong with the page of domains. */
	private ?\WP_Error $error = null;

	/**
	 * Takes the words and the time; made early, so that WordPress offers the columns in the screen options.
	 *
	 * @param Reasons $reasons The words.
	 * @param int     $now     Unix seconds.
	 */
	public function __construct( Reasons $reasons, int $now ) {
		$this->reasons = $reasons;
		$this->now     = $now;
		parent::__construct(
			array(
				'singular' => 'domain',
				'plural'   => 'domains',
			)
		);
	}

	/**
	 * Prints search, filter and table.
	 *
	 * @param Snapshot $snapshot The sidecar's status.
	 */
	public function show( Snapshot $snapshot ): void {
		$this->snapshot = $snapshot;
		$this->prepare_items();
		if ( 0 !== $snapshot->as_of() ) {
			/* translators: %s: a date and time. */
			printf( '<p class="domain-bridge-as-of">%s</p>', esc_html( sprintf( __( 'As of %s, when the sidecar was last heard of:', 'domain-bridge-for-serverpilot' ), Words::date( $snapshot->as_of(), true ) ) ) );
		}
		$this->views();
		printf( '<form method="get" action="%s">', esc_url( Screen::base_url() ) );
		printf( '<input type="hidden" name="page" value="%s">', esc_attr( Screen::SLUG ) );
		foreach ( array( 'state', 'needs' ) as $filter ) {
			if ( '' !== Screen::asked( $filter ) ) {
				printf( '<input type="hidden" name="%s" value="%s">', esc_attr( $filter ), esc_attr( Screen::asked( $filter ) ) );
			}
		}
		$this->search_box( __( 'Search domains', 'domain-bridge-for-serverpilot' ), 'domain-bridge' );
		$this->display();
		echo '</form>';
	}

	/**
	 * Chooses the rows of this page.
	 */
	public function prepare_items() {
		$order = Screen::asked( 'orderby' );
		$per   = min( Snapshot::PAGE, $this->get_items_per_page( self::PER_PAGE, 50 ) );
		$page  = $this->snapshot->names(
			array(
				'search' => Screen::asked( 's' ),
				'state'  => Screen::asked( 'state' ),
				'needs'  => 'action' === Screen::asked( 'needs' ) ? 'action' : '',
				'order'  => in_array( $order, Snapshot::ORDERS, true ) ? $order : 'urgency',
				'desc'   => 'desc' === Screen::asked( 'order' ),
				'offset' => ( $this->get_pagenum() - 1 ) * $per,
				'limit'  => $per,
			)
		);
		if ( is_wp_error( $page ) ) {
			$this->error = $page;
			$page        = array( 0, array() );
		}
		$this->set_pagination_args(
			array(
				'total_items' => $page[0],
				'per_page'    => $per,
			)
		);
		$this->items = $page[1];
	}

	/**
	 * Returns the columns.
	 */
	public function get_columns() {
		return array(
			'name'        => __( 'Domain', 'domain-bridge-for-serverpilot' ),
			'state'       => __( 'State', 'domain-bridge-for-serverpilot' ),
			'todo'        => __( 'What to do', 'domain-bridge-for-serverpilot' ),
			'next'        => __( 'Next check', 'domain-bridge-for-serverpilot' ),
			'certificate' => __( 'Certificate expires', 'domain-bridge-for-serverpilot' ),
		);
	}

	/**
	 * Returns the columns that sort.
	 */
	protected function get_sortable_columns() {
		return array(
			'name'        => array( 'name', false ),
			'state'       => array( 'state', false ),
			'next'        => array( 'next', false ),
			'certificate' => array( 'certificate', false ),
		);
	}

	/**
	 * Returns the links that filter by state, with how many there are.
	 */
	protected function get_views() {
		$counts = $this->snapshot->counts();
		$chosen = array( Screen::asked( 'state' ), Screen::asked( 'needs' ) );
		$views  = array( array( '', '', __( 'All', 'domain-bridge-for-serverpilot' ), array_sum( $counts ) ) );
		if ( $this->snapshot->worries() > 0 || 'action' === $chosen[1] ) {
			$views[] = array( '', 'action', __( 'Needs action', 'domain-bridge-for-serverpilot' ), $this->snapshot->worries() );
		}
		foreach ( $counts as $state => $count ) {
			if ( $count > 0 || (string) $state === $chosen[0] ) {
				$views[] = array( (string) $state, '', Words::states()[ $state ] ?? (string) $state, $count );
			}
		}
		$links = array();
		foreach ( $views as list( $state, $needs, $label, $count ) ) {
			$query                     = array_filter( array( 'state' => $state, 'needs' => $needs, 's' => Screen::asked( 's' ) ), 'strlen' );
			$links[ $state . $needs ] = sprintf(
				'<a href="%s"%s>%s <span class="count">(%s)</span></a>',
				esc_url( add_query_arg( array_map( 'rawurlencode', $query ), Screen::url() ) ),
				array( $state, $needs ) === $chosen ? ' class="current" aria-current="page"' : '',
				esc_html( $label ),
				esc_html( number_format_i18n( $count ) )
			);
		}
		return $links;
	}

	/**
	 * Says why there are no rows.
	 */
	public function no_items() {
		if ( null !== $this->error ) {
			echo esc_html( $this->reasons->error_sentence( $this->error ) );
		} elseif ( null !== $this->snapshot->error() ) {
			esc_html_e( 'The domains are shown here as soon as the sidecar answers.', 'domain-bridge-for-serverpilot' );
		} elseif ( 0 === array_sum( $this->snapshot->counts() ) ) {
			esc_html_e( 'No domains yet. Map one in Ultimate Multisite, and it appears here.', 'domain-bridge-for-serverpilot' );
			// UM's own page; without UM there is none.
			$add = Ultimate_Multisite::ask( 'wu_network_admin_url', array( 'wp-ultimo-domains' ), '' );
			if ( is_string( $add ) && '' !== $add ) {
				printf( ' <a href="%s">%s</a>', esc_url( $add ), esc_html__( 'Add a domain', 'domain-bridge-for-serverpilot' ) );
			}
		} else {
			esc_html_e( 'No domain matches.', 'domain-bridge-for-serverpilot' );
		}
	}

	/**
	 * Prints a row with an id, so that a refresh finds it again.
	 *
	 * @param array $item The domain.
	 */
	public function single_row( $item ) {
		printf( '<tr id="domain-bridge-row-%s">', esc_attr( md5( $item['name'] ) ) );
		$this->single_row_columns( $item );
		echo '</tr>';
	}

	/**
	 * Returns a cell.
	 *
	 * @param array  $item   The domain.
	 * @param string $column The column.
	 */
	protected function column_default( $item, $column ) {
		return $this->cell( $item, (string) $column );
	}

	/**
	 * Returns the column that stays on a phone.
	 */
	protected function get_default_primary_column_name() {
		return 'name';
	}

	/**
	 * Prints the paging; WordPress's own adds a nonce for bulk actions, which would stand in the address here.
	 *
	 * @param string $which Either top or bottom.
	 */
	protected function display_tablenav( $which ) {
		printf( '<div class="tablenav %s">', esc_attr( $which ) );
		$this->pagination( $which );
		echo '<br class="clear"></div>';
	}

	/**
	 * Returns a cell as escaped HTML.
	 *
	 * @param array  $name   The domain.
	 * @param string $column The column.
	 */
	private function cell( array $name, string $column ): string {
		switch ( $column ) {
			case 'name':
				return $this->name( $name ) . '<div class="domain-bridge-phone">' . Words::state_html( Snapshot::text( $name, 'state' ), Snapshot::text( $name, 'reason' ) ) . '</div>' . $this->retry( $name );
			case 'state':
				return Words::state_html( Snapshot::text( $name, 'state' ), Snapshot::text( $name, 'reason' ) );
			case 'todo':
				list( $message, $remedy ) = $this->reasons->from_wire( $name );
				return '' === $message . $remedy ? Words::none_html() : esc_html( $message ) . ' <span class="domain-bridge-remedy">' . esc_html( $remedy ) . '</span>';
			case 'next':
				return $this->next( $name );
			case 'certificate':
				return Words::date_html( Snapshot::time( $name, 'certificateEndsAt' ) );
		}
		return '';
	}

	/**
	 * Returns the domain and whose it is.
	 *
	 * @param array $name The domain.
	 */
	private function name( array $name ): string {
		$kinds = array(
			'www'  => __( 'www name', 'domain-bridge-for-serverpilot' ),
			'site' => __( 'address of a site', 'domain-bridge-for-serverpilot' ),
		);
		$site  = Snapshot::number( $name, 'siteId' );
		$kind  = Snapshot::text( $name, 'kind' );
		$about = isset( $kinds[ $kind ] ) ? array( esc_html( $kinds[ $kind ] ) ) : array();
		if ( $site > 0 ) {
			$about[] = sprintf( '<a href="%s">%s</a>', esc_url( network_admin_url( "site-info.php?id={$site}" ) ), esc_html( self::site_name( $site ) ) );
		}
		$html = '<strong>' . esc_html( Snapshot::text( $name, 'name' ) ) . '</strong>';
		return array() === $about ? $html : $html . '<div class="domain-bridge-about">' . implode( ' · ', $about ) . '</div>';
	}

	/**
	 * Returns a site's name, or its number where it has none.
	 *
	 * @param int $id The site.
	 */
	private static function site_name( int $id ): string {
		$site = get_site( $id );
		$name = null === $site ? '' : trim( (string) $site->blogname );
		/* translators: %d: number of a site. */
		return '' === $name ? sprintf( __( 'Site %d', 'domain-bridge-for-serverpilot' ), $id ) : $name;
	}

	/**
	 * Returns the button that has the domain checked now, where that helps.
	 *
	 * @param array $name The domain.
	 */
	private function retry( array $name ): string {
		if ( ! in_array( Snapshot::text( $name, 'state' ), self::RETRY, true ) ) {
			return '';
		}
		$domain = Snapshot::text( $name, 'name' );
		return sprintf(
			'<button type="submit" class="button button-small" form="domain-bridge-actions" name="retry" value="%1$s" id="domain-bridge-retry-%2$s" aria-label="%3$s">%4$s</button>',
			esc_attr( $domain ),
			esc_attr( md5( $domain ) ),
			/* translators: %s: a domain name. */
			esc_attr( sprintf( __( 'Try again for %s', 'domain-bridge-for-serverpilot' ), $domain ) ),
			esc_html__( 'Try again', 'domain-bridge-for-serverpilot' )
		);
	}

	/**
	 * Returns when it is checked next, and how often it was so far.
	 *
	 * @param array $name The domain.
	 */
	private function next( array $name ): string {
		$tries = Snapshot::number( $name, 'tries' );
		$next  = Snapshot::time( $name, 'nextTryAt' );
		$html  = Words::moment_html( 0 === $next ? 0 : max( $next, $this->now ), $this->now );
		if ( 0 === $tries || 'secure' === Snapshot::text( $name, 'state' ) ) {
			return $html;
		}
		/* translators: %d: number of tries so far. */
		return $html . '<div class="domain-bridge-about">' . esc_html( sprintf( _n( '%d try so far', '%d tries so far', $tries, 'domain-bridge-for-serverpilot' ), $tries ) ) . '</div>';
	}
}
