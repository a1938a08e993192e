<?php
/**
 * What a customer is told of a domain.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

namespace Domain_Bridge;

/**
 * Says in plain words how a domain stands and what its owner has to do: nothing of servers, of the network admin's remedies
 * or of other customers. Says "failed" of nothing that its owner can correct.
 */
final class Domain_Status {

	/** How it stands, for colours: the owner has to act, it takes its time, it is well. */
	const ACT  = 'act';
	const WAIT = 'wait';
	const LIVE = 'live';

	/** Reasons for which nobody has to do anything but wait for the certificate: the records are right. */
	const SECURING = array( 'certificate-pending', 'certificate-lacks-name', 'certificate-not-served', 'dns-proxied' );

	/** The record that lets ServerPilot's certificate authority issue. */
	const CAA = '0 issue "letsencrypt.org"';

	/** The domain, such as shop.example.com. */
	private string $domain;

	/** What the sidecar knows of it; see Tables::names(). Null where it does not know it yet. */
	private ?array $known;

	/** What is told beside the sidecar's: address, host, home, network, primary. */
	private array $facts;

	/**
	 * Takes a domain.
	 *
	 * @param string     $domain The domain.
	 * @param array|null $known  What the sidecar knows of it.
	 * @param array      $facts  array( address: where names are to point at, host: the domain's part before its zone, or "@",
	 *                           home: where the site is meanwhile, network: whether it is one of the network's own names, primary:
	 *                           whether it is the site's main address ).
	 */
	public function __construct( string $domain, ?array $known, array $facts ) {
		$this->domain = $domain;
		$this->known  = $known;
		$this->facts  = $facts;
	}

	/**
	 * Tells whether visitors reach the site under the domain, safely.
	 */
	public function is_live(): bool {
		return 'secure' === $this->state();
	}

	/**
	 * Returns array( tone, title, text ).
	 */
	public function summary(): array {
		if ( $this->is_live() ) {
			return $this->live();
		}
		$dns = $this->dns_step();
		if ( null !== $dns ) {
			return array( self::ACT, $dns[0], $dns[1] );
		}
		if ( $this->facts['network'] ) {
			return $this->working();
		}
		if ( null === $this->known ) {
			return array( self::WAIT, __( 'Checking your domain.', 'domain-bridge-for-serverpilot' ), $this->records_follow() );
		}
		if ( 'removing' === $this->state() ) {
			return array( self::WAIT, __( 'This domain is being removed.', 'domain-bridge-for-serverpilot' ), __( 'Nothing for you to do.', 'domain-bridge-for-serverpilot' ) );
		}
		if ( in_array( $this->reason(), self::SECURING, true ) ) {
			return array(
				self::WAIT,
				__( 'Your DNS is right. Securing your domain.', 'domain-bridge-for-serverpilot' ),
				/* translators: %s: the address of the site, such as shop.network.example. */
				sprintf( __( 'Usually 5 to 15 minutes. Your site stays at %s meanwhile.', 'domain-bridge-for-serverpilot' ), $this->facts['home'] ),
			);
		}
		if ( 0 === strpos( $this->reason(), 'hostname-' ) ) {
			return array( self::ACT, __( 'This name cannot be used.', 'domain-bridge-for-serverpilot' ), __( 'Delete it, and add the domain as people type it, such as example.com.', 'domain-bridge-for-serverpilot' ) );
		}
		if ( in_array( $this->reason(), array( 'not-checked-yet', 'waiting-for-pass', 'write-under-way' ), true ) ) {
			return array( self::WAIT, __( 'Setting up your domain.', 'domain-bridge-for-serverpilot' ), $this->records_follow() );
		}
		return $this->working();
	}

	/**
	 * Returns what is said before records that may have to be set; something else where none is known.
	 */
	private function records_follow(): string {
		return array() === $this->records()
			? __( 'We keep checking.', 'domain-bridge-for-serverpilot' )
			/* translators: shown for a domain that was added a moment ago; its DNS records follow. */
			: __( 'If its DNS is not set yet, add at your DNS provider:', 'domain-bridge-for-serverpilot' );
	}

	/**
	 * Returns what is said where the next step is not the owner's.
	 */
	private function working(): array {
		return array( self::WAIT, __( 'We are working on this.', 'domain-bridge-for-serverpilot' ), __( 'Nothing for you to do.', 'domain-bridge-for-serverpilot' ) );
	}

	/**
	 * Returns the records: array( type, host, expected: or an empty string for one that has to be deleted, found, ok ).
	 */
	public function records(): array {
		if ( $this->facts['network'] ) {
			// Their DNS is the network's, whose people are told.
			return array();
		}
		$found = $this->known['dns']['records'] ?? array();
		$rows  = array();
		foreach ( is_array( $found ) ? $found : array() as $record ) {
			if ( ! is_array( $record ) || ! is_string( $record['type'] ?? null ) || ! is_string( $record['host'] ?? null ) ) {
				continue;
			}
			$rows[] = array(
				'type'     => $record['type'],
				'host'     => $record['host'],
				'expected' => is_string( $record['expected'] ?? null ) ? $record['expected'] : '',
				'found'    => implode( ', ', array_filter( (array) ( $record['found'] ?? array() ), 'is_string' ) ),
				'ok'       => true === ( $record['ok'] ?? false ),
			);
		}
		$has_to_set = null === $this->known || in_array( $this->reason(), array( 'not-checked-yet', 'waiting-for-pass', 'write-under-way', 'dns-missing' ), true );
		if ( array() === $rows && $has_to_set && '' !== $this->facts['address'] ) {
			$rows[] = array(
				'type'     => self::type( $this->facts['address'] ),
				'host'     => $this->facts['host'],
				'expected' => $this->facts['address'],
				'found'    => '',
				'ok'       => false,
			);
		}
		return $rows;
	}

	/**
	 * Tells whether the owner still has to change one of the records.
	 */
	public function is_open(): bool {
		return ! $this->is_live() && in_array( false, array_column( $this->records(), 'ok' ), true );
	}

	/**
	 * Returns array( title, text ) of the owner's step, or null where the next step is not theirs.
	 */
	private function dns_step(): ?array {
		$keep = __( 'We keep checking.', 'domain-bridge-for-serverpilot' );
		switch ( $this->facts['network'] ? '' : $this->reason() ) {
			case 'dns-missing':
				return array( __( 'Waiting for your DNS.', 'domain-bridge-for-serverpilot' ), self::joined( $this->add_text(), __( 'Usually works within an hour, can take 72.', 'domain-bridge-for-serverpilot' ), $keep ) );
			case 'dns-elsewhere':
			case 'dns-partly-elsewhere':
				return array( __( 'Points somewhere else.', 'domain-bridge-for-serverpilot' ), self::joined( $this->goes_text(), $this->change_text() ) );
			case 'dns-apex-cname':
				return array(
					__( 'Use an A record here.', 'domain-bridge-for-serverpilot' ),
					/* translators: %s: a domain. */
					self::joined( sprintf( __( '%s itself cannot have a CNAME. Delete that CNAME record.', 'domain-bridge-for-serverpilot' ), $this->domain ), $this->add_text() ),
				);
			case 'dns-ipv6-elsewhere':
				return array(
					__( 'One record to delete.', 'domain-bridge-for-serverpilot' ),
					/* translators: %s: an IPv6 address, or the record's name where the address is not known. */
					sprintf( __( 'The AAAA record %s sends some visitors elsewhere and blocks the certificate.', 'domain-bridge-for-serverpilot' ), '' === $this->wrong( array( 'AAAA' ) ) ? $this->host() : $this->wrong( array( 'AAAA' ) ) ),
				);
			case 'dns-alternates':
				return array(
					__( 'Your DNS gives changing answers.', 'domain-bridge-for-serverpilot' ),
					__( 'Your name servers do not all say the same. Set the record below at each of them; if you changed it just now, wait a day.', 'domain-bridge-for-serverpilot' ) . ' ' . $keep,
				);
			case 'cdn-not-reaching':
				return array( __( 'Set the record to "DNS only"', 'domain-bridge-for-serverpilot' ), __( 'until this says Live, then turn the proxy on with "Full (strict)".', 'domain-bridge-for-serverpilot' ) );
			case 'caa-forbids':
				return array(
					__( 'Certificate blocked by your DNS.', 'domain-bridge-for-serverpilot' ),
					/* translators: %s: a DNS record: type, name and value. */
					sprintf( __( 'Add: %s. We then try again by ourselves.', 'domain-bridge-for-serverpilot' ), $this->line( 'CAA', self::CAA ) ),
				);
			case 'caa-unanswered':
			case 'dns-unanswered':
				return array( __( 'Your DNS does not answer.', 'domain-bridge-for-serverpilot' ), __( 'The name servers of your domain did not answer us. If this lasts for an hour, ask your DNS provider.', 'domain-bridge-for-serverpilot' ) . ' ' . $keep );
			case 'dns-not-registered':
				return array( __( 'This domain is not registered, or has expired.', 'domain-bridge-for-serverpilot' ), __( 'Register or renew it, then we go on by ourselves.', 'domain-bridge-for-serverpilot' ) );
			default:
				return null;
		}
	}

	/**
	 * Returns what is said of a live domain.
	 */
	private function live(): array {
		$since = (int) ( $this->known['live_since'] ?? 0 );
		$text  = $this->facts['primary'] ? '' : __( 'You can make it your main address with "Make Primary".', 'domain-bridge-for-serverpilot' );
		return array(
			self::LIVE,
			0 === $since
				? __( 'Live and secure.', 'domain-bridge-for-serverpilot' )
				/* translators: %s: a date. */
				: sprintf( __( 'Live and secure since %s.', 'domain-bridge-for-serverpilot' ), wp_date( (string) get_option( 'date_format' ), $since ) ),
			$text,
		);
	}

	/**
	 * Returns where the domain leads; an empty string where that is not known.
	 */
	private function goes_text(): string {
		$where = $this->wrong( array( 'A', 'AAAA', 'CNAME' ) );
		/* translators: 1: a domain, 2: where it points. */
		return '' === $where ? '' : sprintf( __( '%1$s goes to %2$s.', 'domain-bridge-for-serverpilot' ), $this->domain, $where );
	}

	/**
	 * Returns what to add, and where; an empty string while the address is not known.
	 */
	private function add_text(): string {
		$address  = $this->expected();
		$provider = $this->known['dns']['provider'] ?? null;
		if ( '' === $address ) {
			return '';
		}
		$line = $this->line( self::type( $address ), $address );
		return is_string( $provider ) && '' !== $provider
			/* translators: 1: the name of a DNS provider, such as Cloudflare, 2: a DNS record: type, name and value. */
			? sprintf( __( 'At your DNS provider (%1$s), add: %2$s.', 'domain-bridge-for-serverpilot' ), $provider, $line )
			/* translators: %s: a DNS record: type, name and value. */
			: sprintf( __( 'At your DNS provider, add: %s.', 'domain-bridge-for-serverpilot' ), $line );
	}

	/**
	 * Returns what to do with records that lead elsewhere: a CNAME gives way, a wrong record beside a right one goes.
	 */
	private function change_text(): string {
		$missing = false;
		foreach ( $this->records() as $record ) {
			if ( ! $record['ok'] && 'CNAME' === $record['type'] ) {
				return self::joined( __( 'Delete that CNAME record.', 'domain-bridge-for-serverpilot' ), $this->add_text() );
			}
			$missing = $missing || ( ! $record['ok'] && '' !== $record['expected'] );
		}
		if ( ! $missing && array() !== $this->records() ) {
			return __( 'Delete that record; the other one is right.', 'domain-bridge-for-serverpilot' );
		}
		$address = $this->expected();
		if ( '' === $address ) {
			return __( 'We keep checking.', 'domain-bridge-for-serverpilot' );
		}
		/* translators: 1: a DNS record's type, 2: where it has to point, 3: the record's name such as "@". */
		return sprintf( __( 'Change that %1$s record to %2$s. Delete other %1$s records for %3$s.', 'domain-bridge-for-serverpilot' ), self::type( $address ), $address, $this->host() );
	}

	/**
	 * Returns the record of a type that has to be there, in one line.
	 *
	 * @param string $type  The type.
	 * @param string $value Its value where the sidecar has not told of such a record.
	 */
	private function line( string $type, string $value ): string {
		foreach ( $this->records() as $record ) {
			if ( $type === $record['type'] && '' !== $record['expected'] ) {
				return "{$type} · {$record['host']} · {$record['expected']}";
			}
		}
		return "{$type} · {$this->host()} · {$value}";
	}

	/**
	 * Returns the type of the record for an address.
	 *
	 * @param string $address The address.
	 */
	private static function type( string $address ): string {
		return false === strpos( $address, ':' ) ? 'A' : 'AAAA';
	}

	/**
	 * Returns sentences as one text; those that there is no reason to say are empty.
	 *
	 * @param string ...$sentences The sentences.
	 */
	private static function joined( string ...$sentences ): string {
		return implode( ' ', array_filter( $sentences ) );
	}

	/**
	 * Returns the values of the records that are wrong.
	 *
	 * @param array $types The types that count.
	 */
	private function wrong( array $types ): string {
		$values = array();
		foreach ( $this->records() as $record ) {
			if ( ! $record['ok'] && '' !== $record['found'] && in_array( $record['type'], $types, true ) ) {
				$values[] = $record['found'];
			}
		}
		return implode( ', ', $values );
	}

	/**
	 * Returns the address that the domain has to point at; an empty string while that is not known.
	 */
	private function expected(): string {
		foreach ( $this->records() as $record ) {
			if ( in_array( $record['type'], array( 'A', 'AAAA' ), true ) && '' !== $record['expected'] ) {
				return $record['expected'];
			}
		}
		return $this->facts['address'];
	}

	/**
	 * Returns the name of the domain's own records.
	 */
	private function host(): string {
		$records = $this->records();
		return $records[0]['host'] ?? $this->facts['host'];
	}

	/** Returns the domain's state. */
	private function state(): string {
		return $this->known['state'] ?? '';
	}

	/** Returns why it is in that state. */
	private function reason(): string {
		return $this->known['reason'] ?? '';
	}
}
