<?php
/**
 * What UM is told of domains.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Tells UM once of each thing that happened to a domain; UM sends it to webhooks and writes to the customer. It does so while it
 * is told, so this is done by WP-Cron alone, and what does not fit into one run waits for the next.
 *
 * Source: UM 2.4.13, `Event_Manager::do_event()`, `Email::get_target_list()`.
 */
final class Um_Events {

	/**
	 * What was told: array( emails: those that were made; since: unix seconds of the first run; live: name => unix seconds;
	 * dns: name => array( how often, unix seconds of the last time ); troubles: key => title ).
	 */
	const TOLD = 'domain_bridge_events';

	/** How UM colours an event: 1 success, 4 warning, 5 fatal (UM's `Event`). */
	const SEVERITIES = array(
		Um_Event_Types::LIVE       => 1,
		Um_Event_Types::DNS_NEEDED => 4,
		Um_Event_Types::TROUBLE    => 5,
		Um_Event_Types::RECOVERED  => 1,
	);

	/** How long a run may take, in seconds. */
	const BUDGET = 20.0;

	/** For how long it is news that a domain became live, where WP-Cron did not run meanwhile, in seconds. */
	const NEWS = WEEK_IN_SECONDS;

	private Plugin $plugin;
	private int $now;
	private float $end;

	/**
	 * Takes the parts.
	 *
	 * @param Plugin $plugin The parts.
	 * @param int    $now    Unix seconds.
	 */
	public function __construct( Plugin $plugin, int $now ) {
		$this->plugin = $plugin;
		$this->now    = $now;
		$this->end    = microtime( true ) + self::BUDGET;
	}

	/**
	 * Tells of what is new.
	 *
	 * @param Troubles $troubles What is wrong.
	 */
	public function tell( Troubles $troubles ): void {
		if ( ! is_callable( 'wu_do_event' ) ) {
			return;
		}
		$this->keep( 'since', $this->kept( 'since', $this->now ) );
		$this->make_emails();
		$this->tell_live();
		$this->tell_dns_needed();
		$this->tell_troubles( $troubles );
	}

	/**
	 * Makes the e-mails once: one that somebody has deleted in UM does not come back.
	 */
	private function make_emails(): void {
		$made = $this->kept( 'emails', array() );
		if ( array() === array_diff( array( Um_Event_Types::DNS_NEEDED, Um_Event_Types::LIVE ), $made ) ) {
			return;
		}
		$locale  = (string) get_network_option( null, 'WPLANG', '' );
		$changed = switch_to_locale( '' === $locale ? 'en_US' : $locale );
		foreach ( Um_Event_Types::emails() as $slug => $email ) {
			if ( in_array( $slug, $made, true ) || ! is_callable( array( Um_Event_Types::email_manager(), 'create_system_email' ) ) ) {
				continue;
			}
			$answer = Ultimate_Multisite::ask( array( Um_Event_Types::email_manager(), 'create_system_email' ), array( $email ), false );
			// UM answers null where it has the e-mail already.
			if ( false !== $answer && ! is_wp_error( $answer ) ) {
				$made[] = $slug;
			}
		}
		if ( $changed ) {
			restore_previous_locale();
		}
		$this->keep( 'emails', $made );
	}

	/**
	 * Tells of domains that became live. Those that were live when the bridge was installed are found to be secure within its first
	 * day: they are no news to anybody.
	 */
	private function tell_live(): void {
		$since = $this->kept( 'since', $this->now );
		$told  = array_filter(
			$this->kept( 'live', array() ),
			function ( int $at ): bool {
				return $at >= $this->now - 2 * self::NEWS;
			}
		);
		foreach ( Tables::live_since( max( $since, $this->now - self::NEWS ) ) ?? array() as $row ) {
			$live  = intdiv( (int) $row->live_since, 1000 );
			$known = intdiv( (int) $row->known_since, 1000 );
			if ( isset( $told[ $row->name ] ) || $this->is_over() ) {
				continue;
			}
			$told[ $row->name ] = $live;
			if ( $known > $since + DAY_IN_SECONDS || $live - $known > HOUR_IN_SECONDS ) {
				$this->fire( Um_Event_Types::LIVE, $row->name );
				$this->keep( 'live', $told );
			}
		}
		$this->keep( 'live', $told );
	}

	/**
	 * Tells of domains whose owners have to change their DNS: of a new one after one day and after three, of one that was live at
	 * once and two days later.
	 */
	private function tell_dns_needed(): void {
		$rows = Tables::waiting_for_dns( $this->now - DAY_IN_SECONDS );
		$told = $this->kept( 'dns', array() );
		foreach ( $rows ?? array() as $row ) {
			list( $times, $at ) = $told[ $row->name ] ?? array( 0, 0 );

			$known = intdiv( (int) $row->known_since, 1000 );
			$due   = ( 0 === $times && $at <= $this->now - HOUR_IN_SECONDS ) || ( 1 === $times && $known <= $this->now - 3 * DAY_IN_SECONDS && $at <= $this->now - 2 * DAY_IN_SECONDS );
			if ( ! $due || $this->is_over() ) {
				continue;
			}
			// One whose owner has nothing to do now is asked about again after an hour, so that many of them take no others' time.
			$fired = $this->fire( Um_Event_Types::DNS_NEEDED, $row->name );

			$told[ $row->name ] = array( $fired ? $times + 1 : $times, $this->now );
			if ( $fired ) {
				$this->keep( 'dns', $told );
			}
		}
		$states = null === $rows ? null : Tables::states( array_map( 'strval', array_keys( $told ) ) );
		if ( null === $states ) {
			return;
		}
		foreach ( $told as $name => list( , $at ) ) {
			// DNS that comes and goes is told of once a week, not each time.
			$over = 'secure' === ( $states[ $name ] ?? '' ) && $at < $this->now - 7 * DAY_IN_SECONDS;
			if ( $over || ! isset( $states[ $name ] ) ) {
				unset( $told[ $name ] );
			}
		}
		$this->keep( 'dns', $told );
	}

	/**
	 * Tells of what needs the network admin at once, and when it is over.
	 *
	 * @param Troubles $troubles What is wrong.
	 */
	private function tell_troubles( Troubles $troubles ): void {
		$told   = $this->kept( 'troubles', array() );
		$change = Admin_Mail::compare( $told, $troubles->urgent( $told ) );
		if ( null === $change ) {
			return;
		}
		list( $new, $well, $open ) = $change;
		// Kept first: where the process is ended while UM sends, the rest is lost; else all would be sent again with each run.
		$this->keep( 'troubles', $open + array_map( 'current', $new ) );
		$this->fire_each( Um_Event_Types::TROUBLE, $new );
		$over = static function ( string $title ): array {
			return array( $title, '' );
		};
		$this->fire_each( Um_Event_Types::RECOVERED, array_map( $over, $well ) );
	}

	/**
	 * Tells UM of troubles; of many at once in a few events, for whoever gets them has one thing to correct.
	 *
	 * @param string $event The event type.
	 * @param array  $all   array( title, text ) by key.
	 */
	private function fire_each( string $event, array $all ): void {
		foreach ( array_slice( $all, 0, Admin_Mail::NAMED ) as $key => list( $title, $text ) ) {
			$this->fire( $event, Troubles::name_of( (string) $key ), compact( 'title', 'text' ) );
		}
		$title = Admin_Mail::more( count( $all ) );
		$text  = '';
		if ( '' !== $title ) {
			$this->fire( $event, '', compact( 'title', 'text' ) );
		}
	}

	/**
	 * Tells UM of one event; false where it is none after all: the mapping is gone, or its owner has nothing to do.
	 *
	 * @param string $event The event type.
	 * @param string $name  The domain; an empty string for what is wrong with the bridge itself.
	 * @param array  $words title and text, where they are not those for the domain's owner.
	 */
	private function fire( string $event, string $name, array $words = array() ): bool {
		$domain  = '' === $name ? null : ( $this->plugin->mappings()->named( $name )[0] ?? null );
		$payload = array();
		if ( null !== $domain ) {
			$payload = $this->of_domain( $domain, $event );
		} elseif ( array() === $words ) {
			return false;
		}
		if ( Um_Event_Types::DNS_NEEDED === $event && Domain_Status::ACT !== ( $payload['tone'] ?? '' ) ) {
			return false;
		}
		unset( $payload['tone'] );
		$payload = array_map( array( self::class, 'plain' ), array_merge( Um_Event_Types::example( $event, true ), array( 'domain' => $name ), $payload, $words ) );
		// UM's answer is false where it wrote no line into its own list of events, which says nothing of mails and webhooks.
		Ultimate_Multisite::ask( 'wu_do_event', array( $event, $payload ) );
		if ( 'domain' === $payload['object_type'] ) {
			// For the list of events on the domain's page, into which the above writes nothing.
			$line = array(
				'slug'        => $event,
				'severity'    => self::SEVERITIES[ $event ],
				'object_type' => 'domain',
				'object_id'   => $payload['object_id'],
				'payload'     => array_intersect_key( $payload, array_flip( array( 'domain', 'title', 'text', 'records' ) ) ),
			);
			Ultimate_Multisite::ask( 'wu_create_event', array( $line ) );
		}
		return true;
	}

	/**
	 * Returns what an event carries of a domain, in its owner's language.
	 *
	 * @param object $domain UM's model of the mapping.
	 * @param string $event  The event type.
	 */
	private function of_domain( object $domain, string $event ): array {
		$customer = Forms::customer( $domain );
		$user     = is_object( $customer ) ? (int) Ultimate_Multisite::ask( array( $customer, 'get_user_id' ), array(), 0 ) : 0;
		$switched = 0 !== $user && switch_to_user_locale( $user );
		$site     = (int) $domain->get_blog_id();
		$status   = $this->plugin->domain_row()->status_of( $domain );

		list( $tone, $title, $text ) = $status->summary();

		$payload = array(
			'tone'        => $tone,
			'domain'      => (string) $domain->get_domain(),
			'domain_url'  => 'https://' . $domain->get_domain() . '/',
			'site_id'     => $site,
			'account_url' => get_admin_url( $site ),
			'title'       => $title,
			'text'        => $text,
			'records'     => Record_List::text( $status->records() ),
			'object_type' => 'domain',
			'object_id'   => (int) $domain->get_id(),
		);
		if ( $switched ) {
			restore_previous_locale();
		}
		if ( 0 === $user || ! in_array( $event, array( Um_Event_Types::LIVE, Um_Event_Types::DNS_NEEDED ), true ) ) {
			return $payload;
		}
		$owner    = get_userdata( $user );
		$payload += array(
			'customer_name'       => false === $owner ? '' : $owner->display_name,
			'customer_user_email' => false === $owner ? '' : $owner->user_email,
		);
		// By this UM finds to whom the e-mail goes: without it none is sent, and webhooks are told all the same.
		return Admin_Mail::wanted()['customers'] ? $payload + array( 'customer_id' => (int) Ultimate_Multisite::ask( array( $customer, 'get_id' ), array(), 0 ) ) : $payload;
	}

	/**
	 * Returns a value without markup: UM puts it into its e-mails as it is, and what was found in a domain's DNS may be anything.
	 *
	 * @param mixed $value The value.
	 * @return mixed
	 */
	private static function plain( $value ) {
		return is_string( $value ) ? wp_strip_all_tags( $value ) : $value;
	}

	/**
	 * Tells whether this run has taken long enough.
	 */
	private function is_over(): bool {
		return microtime( true ) > $this->end;
	}

	/**
	 * Returns one of the things kept.
	 *
	 * @param string $key   Its key.
	 * @param mixed  $empty What holds where it is not kept yet.
	 * @return mixed
	 */
	private function kept( string $key, $empty ) {
		$kept = get_network_option( null, self::TOLD, array() );
		return is_array( $kept ) && isset( $kept[ $key ] ) && gettype( $kept[ $key ] ) === gettype( $empty ) ? $kept[ $key ] : $empty;
	}

	/**
	 * Keeps one of them anew.
	 *
	 * @param string $key   Its key.
	 * @param mixed  $value The value.
	 */
	private function keep( string $key, $value ): void {
		$kept = get_network_option( null, self::TOLD, array() );
		update_network_option( null, self::TOLD, array( $key => $value ) + ( is_array( $kept ) ? $kept : array() ) );
	}
}
