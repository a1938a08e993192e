<?php
/**
 * What the registry expects of a module for domain mapping.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations\Capabilities;

interface Domain_Mapping_Capability {

	/**
	 * A mapping was added.
	 *
	 * @param string $domain  Its name.
	 * @param int    $site_id Its site.
	 */
	public function on_add_domain( string $domain, int $site_id ): void;

	/**
	 * A mapping was removed.
	 *
	 * @param string $domain  Its name.
	 * @param int    $site_id Its site.
	 */
	public function on_remove_domain( string $domain, int $site_id ): void;

	/**
	 * A site was made.
	 *
	 * @param string $subdomain Its name.
	 * @param int    $site_id   The site.
	 */
	public function on_add_subdomain( string $subdomain, int $site_id ): void;

	/**
	 * A site was deleted.
	 *
	 * @param string $subdomain Its name.
	 * @param int    $site_id   The site.
	 */
	public function on_remove_subdomain( string $subdomain, int $site_id ): void;
}
