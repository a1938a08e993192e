<?php
/**
 * What UM does when sites come and go.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

/**
 * Turns WordPress's own hooks for sites into jobs and mappings.
 */
final class Site_Listener {

	/**
	 * Listens.
	 */
	public function init(): void {
		add_action( 'wp_insert_site', array( $this, 'announce_site' ) );
		// First the rows, then the site's own job.
		add_action( 'wp_delete_site', array( $this, 'delete_mappings' ) );
		add_action( 'wp_delete_site', array( $this, 'announce_site_removal' ) );
	}

	/**
	 * A site was made: a job, and a mapping with the site's own name.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function announce_site( $site ): void {
		if ( ! $this->has_own_name( $site ) ) {
			return;
		}
		// WordPress keeps a site's id as a string, and so it arrives.
		Job_Queue::announce( 'wu_add_subdomain', 'subdomain', $site->domain, $site->blog_id );
		if ( array() === wu_get_domains( array( 'blog_id' => $site->blog_id ) ) ) {
			wu_create_domain(
				array(
					'blog_id'        => (int) $site->blog_id,
					'domain'         => $site->domain,
					'primary_domain' => true,
				)
			);
		}
	}

	/**
	 * A site was deleted: its mappings go too, as long as mapping is enabled.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function delete_mappings( $site ): void {
		if ( ! wu_get_setting( 'enable_domain_mapping', true ) ) {
			return;
		}
		foreach ( wu_get_domains( array( 'blog_id' => $site->blog_id, 'number' => 0 ) ) as $domain ) {
			$domain->delete();
		}
	}

	/**
	 * A site was deleted: a job.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function announce_site_removal( $site ): void {
		if ( $this->has_own_name( $site ) ) {
			Job_Queue::announce( 'wu_remove_subdomain', 'subdomain', $site->domain, $site->blog_id );
		}
	}

	/**
	 * Whether a site has a name other than the network's.
	 *
	 * @param \WP_Site $site The site.
	 */
	private function has_own_name( $site ): bool {
		return get_network()->domain !== $site->domain;
	}
}
