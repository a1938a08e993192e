<?php
/**
 * The checks that carry a mapping from stage to stage.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace Um_Double;

use WP_Ultimo\Models\Domain;

/**
 * UM's checks with a stand-in for DNS and certificate: the network option `um_double_checks`, say
 * `array( 'dns' => true, 'ssl' => array( 'shop.example.com' ) )`: true and false for all names, or a list of those in order.
 */
final class Stage_Checks {

	/**
	 * Does the next check of a mapping, and plans the one after it.
	 *
	 * @param int|string $domain_id The mapping's id.
	 * @param int|string $tries     Checks of this stage so far.
	 */
	public function run( $domain_id, $tries = 0 ): void {
		$domain = wu_get_domain( $domain_id );
		if ( ! $domain ) {
			return;
		}
		/** How often a check is tried at most. */
		$max_tries = (int) apply_filters( 'wu_async_process_domain_stage_max_tries', 5, $domain );
		$tries     = (int) $tries + 1;
		if ( 'checking-dns' === $domain->get_stage() ) {
			$passed = $this->passes( 'dns', $domain );
			$next   = 'checking-ssl-cert';
			$failed = 'failed';
		} elseif ( 'checking-ssl-cert' === $domain->get_stage() ) {
			$passed = $this->passes( 'ssl', $domain );
			$next   = 'done';
			$failed = 'ssl-failed';
		} else {
			return;
		}
		if ( $passed ) {
			$this->move( $domain, $next );
		} elseif ( $tries > $max_tries ) {
			$this->move( $domain, $failed );
		} else {
			$interval = max( 10, min( 300, (int) wu_get_setting( 'dns_check_interval', 300 ) ) );
			wu_schedule_single_action( time() + $interval, 'wu_async_process_domain_stage', $this->args( $domain, $tries ), 'domain' );
		}
	}

	/**
	 * Sets the stage, and plans the next check at once where there is one.
	 *
	 * @param Domain $domain The mapping.
	 * @param string $stage  Its new stage.
	 */
	private function move( Domain $domain, string $stage ): void {
		$domain->set_stage( $stage );
		if ( 'done' === $stage ) {
			$domain->set_secure( true );
		}
		$domain->save();
		wu_log_add( 'domain-' . $domain->get_domain(), 'The stage is now ' . $stage );
		if ( 'checking-ssl-cert' === $stage ) {
			wu_enqueue_async_action( 'wu_async_process_domain_stage', $this->args( $domain, 0 ), 'domain' );
			do_action( 'wu_domain_manager_dns_propagation_finished', $domain );
		}
	}

	/**
	 * What a check's job is given.
	 *
	 * @param Domain $domain The mapping.
	 * @param int    $tries  Checks of this stage so far.
	 * @return array<string, int>
	 */
	private function args( Domain $domain, int $tries ): array {
		return array(
			'domain_id' => $domain->get_id(),
			'tries'     => $tries,
		);
	}

	/**
	 * The stand-in's answer for one mapping.
	 *
	 * @param string $kind   dns or ssl.
	 * @param Domain $domain The mapping.
	 */
	private function passes( string $kind, Domain $domain ): bool {
		$checks = (array) get_network_option( null, 'um_double_checks', array() );
		$answer = $checks[ $kind ] ?? 'dns' === $kind;
		return is_array( $answer ) ? in_array( $domain->get_domain(), $answer, true ) : (bool) $answer;
	}
}
