<?php
/**
 * UM's and WordPress's hooks as events for the sidecar.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Notes during a request what changed; sends nothing itself, and names each change once.
 */
final class Collector {

	/** The events so far, each under a key that keeps it from being there twice. */
	private array $events = array();

	private bool $muted = false;

	/**
	 * Takes note of one change; the site's id may be text, as UM passes it to some hooks.
	 *
	 * @param string $type    The event's type.
	 * @param mixed  $domain  The name.
	 * @param mixed  $site_id The site's id.
	 */
	public function note( string $type, $domain = null, $site_id = null ): void {
		$event = array( 'type' => $type );
		if ( null !== $domain ) {
			$domain = is_scalar( $domain ) ? strtolower( trim( (string) $domain ) ) : '';
			if ( '' === $domain || strlen( $domain ) > 255 ) {
				return;
			}
			$event['domain'] = $domain;
		}
		if ( is_numeric( $site_id ) && (int) $site_id > 0 ) {
			$event['siteId'] = (int) $site_id;
		}
		if ( ! $this->muted ) {
			// Several hooks tell of one change; not all know the site.
			$key                  = $type . ' ' . $domain;
			$this->events[ $key ] = $event + ( $this->events[ $key ] ?? array() );
		}
	}

	/**
	 * Returns what was noted and forgets it.
	 */
	public function take(): array {
		$events       = array_values( $this->events );
		$this->events = array();
		return $events;
	}

	/**
	 * Does some work whose changes the sidecar itself asked for, so that they do not come back to it as news.
	 *
	 * @param callable $work The work.
	 */
	public function quietly( callable $work ): void {
		$this->muted = true;
		try {
			$work();
		} finally {
			$this->muted = false;
		}
	}

	/**
	 * Notes a new name (UM passes "new" as the old one) or a rename, for which UM has no removal. The mapping is not looked
	 * up for its site: where it was saved through UM's model, mapping_saved() knows.
	 *
	 * @param mixed $old The name before.
	 * @param mixed $new The name now.
	 */
	public function name_changed( $old, $new ): void {
		if ( $old === $new ) {
			return;
		}
		if ( 'new' !== $old && '' !== (string) $old ) {
			$this->note( 'mapping.removed', $old );
		}
		$this->note( 'mapping.saved', $new );
	}

	/**
	 * Notes a saved mapping.
	 *
	 * @param mixed $data    What was saved.
	 * @param mixed $mapping UM's model.
	 */
	public function mapping_saved( $data, $mapping = null ): void {
		$this->note_mapping( 'mapping.saved', $mapping );
	}

	/**
	 * Notes a deleted mapping.
	 *
	 * @param mixed $result  Whether the row is gone.
	 * @param mixed $mapping UM's model.
	 */
	public function mapping_deleted( $result, $mapping = null ): void {
		if ( $result ) {
			$this->note_mapping( 'mapping.removed', $mapping );
		}
	}

	/**
	 * Notes a mapping by UM's model; one that does not tell its name is a reason to look at everything.
	 *
	 * @param string $type    The event's type.
	 * @param mixed  $mapping UM's model.
	 */
	private function note_mapping( string $type, $mapping ): void {
		$domain = Ultimate_Multisite::ask( array( $mapping, 'get_domain' ) );
		if ( is_string( $domain ) ) {
			$this->note( $type, $domain, Ultimate_Multisite::ask( array( $mapping, 'get_blog_id' ) ) );
		} else {
			$this->note( 'resync' );
		}
	}

	/**
	 * Notes UM's job for an added name.
	 *
	 * @param mixed $domain  The name.
	 * @param mixed $site_id The site's id.
	 */
	public function domain_added( $domain, $site_id = 0 ): void {
		$this->note( 'mapping.saved', $domain, $site_id );
	}

	/**
	 * Notes UM's job for a removed name.
	 *
	 * @param mixed $domain  The name.
	 * @param mixed $site_id The site's id.
	 */
	public function domain_removed( $domain, $site_id = 0 ): void {
		$this->note( 'mapping.removed', $domain, $site_id );
	}

	/**
	 * Notes UM's job for a new site.
	 *
	 * @param mixed $subdomain The site's own name.
	 * @param mixed $site_id   The site's id.
	 */
	public function subdomain_added( $subdomain, $site_id = 0 ): void {
		$this->note( 'site.created', $subdomain, $site_id );
	}

	/**
	 * Notes UM's job for a site that is gone.
	 *
	 * @param mixed $subdomain The site's own name.
	 * @param mixed $site_id   The site's id.
	 */
	public function subdomain_removed( $subdomain, $site_id = 0 ): void {
		$this->note( 'site.removed', $subdomain, $site_id );
	}

	/**
	 * Notes a new site at once; UM's job for it comes later.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function site_inserted( \WP_Site $site ): void {
		$this->note_site( 'site.created', $site );
	}

	/**
	 * Notes a site that moved to another name.
	 *
	 * @param \WP_Site $new The site now.
	 * @param \WP_Site $old The site before.
	 */
	public function site_updated( \WP_Site $new, \WP_Site $old ): void {
		if ( $new->domain !== $old->domain ) {
			$this->note_site( 'site.removed', $old );
			$this->note_site( 'site.created', $new );
		}
	}

	/**
	 * Notes a deleted site at once.
	 *
	 * @param \WP_Site $site The site.
	 */
	public function site_deleted( \WP_Site $site ): void {
		$this->note_site( 'site.removed', $site );
	}

	/**
	 * Notes a site with a name of its own; sites in folders share the network's.
	 *
	 * @param string   $type The event's type.
	 * @param \WP_Site $site The site.
	 */
	private function note_site( string $type, \WP_Site $site ): void {
		if ( (int) $site->site_id === get_current_network_id() && get_network()->domain !== $site->domain ) {
			$this->note( $type, $site->domain, $site->blog_id );
		}
	}
}
