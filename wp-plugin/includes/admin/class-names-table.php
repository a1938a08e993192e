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

	private Name_Cells $cells;
	private ?Snapshot $snapshot = null;

	/**
	 * Takes what prints the cells; made early, so that WordPress offers the columns in the screen options.
	 */
	public function __construct( Name_Cells $cells ) {
		$this->cells = $cells;
		parent::__construct(
			array(
				'singular' => 'domain',
				'plural'   => 'domains',
			)
		);
	}

	/**
	 * Prints search, filter and table.
	 */
	public function show( Snapshot $snapshot ): void {
		$this->snapshot = $snapshot;
		$this->prepare_items();
		$this->views();
		printf( '<form method="get" action="%s">', esc_url( Screen::base_url() ) );
		printf( '<input type="hidden" name="page" value="%s">', esc_attr( Screen::SLUG ) );
		if ( '' !== Screen::asked( 'state' ) ) {
			printf( '<input type="hidden" name="state" value="%s">', esc_attr( Screen::asked( 'state' ) ) );
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
		$names = Name_List::choose(
			$this->snapshot->names(),
			Screen::asked( 's' ),
			Screen::asked( 'state' ),
			in_array( $order, Name_List::ORDERS, true ) ? $order : 'state',
			'desc' === Screen::asked( 'order' )
		);
		$per   = $this->get_items_per_page( self::PER_PAGE, 50 );
		$this->set_pagination_args(
			array(
				'total_items' => count( $names ),
				'per_page'    => $per,
			)
		);
		$this->items = array_slice( $names, ( $this->get_pagenum() - 1 ) * $per, $per );
	}

	/**
	 * Returns the columns.
	 */
	public function get_columns() {
		return array(
			'name'        => __( 'Domain', 'domain-bridge-for-serverpilot' ),
			'state'       => __( 'State', 'domain-bridge-for-serverpilot' ),
			'todo'        => __( 'What to do', 'domain-bridge-for-serverpilot' ),
			'next'        => __( 'Next try', 'domain-bridge-for-serverpilot' ),
			'certificate' => __( 'Certificate ends', 'domain-bridge-for-serverpilot' ),
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
		$chosen = Screen::asked( 'state' );
		$views  = array( '' => array( __( 'All', 'domain-bridge-for-serverpilot' ), array_sum( $counts ) ) );
		foreach ( $counts as $state => $count ) {
			if ( $count > 0 || $state === $chosen ) {
				$views[ $state ] = array( Words::states()[ $state ] ?? $state, $count );
			}
		}
		foreach ( $views as $state => list( $label, $count ) ) {
			$query           = array_filter( array( 'state' => (string) $state, 's' => Screen::asked( 's' ) ), 'strlen' );
			$views[ $state ] = sprintf(
				'<a href="%s"%s>%s <span class="count">(%s)</span></a>',
				esc_url( add_query_arg( array_map( 'rawurlencode', $query ), Screen::url() ) ),
				(string) $state === $chosen ? ' class="current" aria-current="page"' : '',
				esc_html( $label ),
				esc_html( number_format_i18n( $count ) )
			);
		}
		return $views;
	}

	/**
	 * Says why there are no rows.
	 */
	public function no_items() {
		if ( null !== $this->snapshot->error() ) {
			esc_html_e( 'The domains are shown here as soon as the sidecar answers.', 'domain-bridge-for-serverpilot' );
		} elseif ( array() === $this->snapshot->names() ) {
			esc_html_e( 'No domains yet. Map one in Ultimate Multisite, and it appears here.', 'domain-bridge-for-serverpilot' );
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
		return $this->cells->html( $item, (string) $column );
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
}
