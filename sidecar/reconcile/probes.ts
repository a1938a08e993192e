/** What DNS says of a name, CNAMEs followed. A resolver that does not answer tells nothing of the name. */
export type DnsAnswer =
  | {
      kind: "answer";
      addresses: readonly string[];
      ipv6: readonly string[];
      /** Where a CNAME led to that had to be followed by hand. */
      cname: string | null;
      /** Seconds; the shortest of the records. */
      ttl: number;
    }
  | { kind: "missing"; cname: string | null }
  | Unanswered;

/** No DNS server gave a usable answer (`SERVFAIL`, `REFUSED`, `no answer in time`, …): nothing is known. */
export interface Unanswered {
  kind: "unanswered";
  detail: string;
}

/** Where the CNAME record of the name itself leads; null where it has none. */
export type AliasAnswer = { kind: "alias"; target: string | null } | Unanswered;

/** The DNS zone that a name is in: where its owner adds the records. */
export type ZoneAnswer =
  | {
      kind: "zone";
      /** The nearest ancestor that has name servers of its own, or the name itself; else the registrable domain. */
      zone: string;
      /**
       * False where the registrable domain (`example.com.my`) does not exist in DNS (NXDOMAIN): never registered, lapsed,
       * or put on hold by its registrar. What lies above it, such as `com.my`, is never asked for.
       */
      registered: boolean;
      /** Lower case and sorted; empty where not registered, or where the zone names none. */
      nameServers: readonly string[];
      /** Who runs the name servers, in readable words (`Cloudflare`), where their names tell. */
      provider: string | null;
    }
  | Unanswered;

/**
 * Whether a CAA record forbids Let's Encrypt to issue for a name. Here `unanswered` is a finding too: an authority that
 * gets no answer must not issue (RFC 8659, 6), and old name servers refuse questions for CAA.
 */
export type CaaAnswer =
  | {
      kind: "caa";
      /** False where no ancestor has CAA records, or those that count allow letsencrypt.org with http-01. */
      forbids: boolean;
      /** The nearest ancestor with CAA records, or the name itself; null where none has any. */
      at: string | null;
      /** Its records as in a zone file: `0 issue "digicert.com"`. */
      values: readonly string[];
    }
  | { kind: "unanswered"; at: string; detail: string };

/** The certificate that the server presents when asked for a name. */
export interface ServedCertificate {
  kind: "certificate";
  matchesName: boolean;
  /** OpenSSL's code of what is wrong with the chain, or null where it is trusted. */
  untrusted: string | null;
  /** Milliseconds since the epoch; null where the server has no certificate for the name. */
  endsAt: number | null;
  issuer: string | null;
}

export interface Address {
  host: string;
  port: number;
}

/** There was no handshake. */
export interface ProbeFailure {
  kind: "failure";
  address: string;
  detail: string;
}

/** Which mapping must answer for a name, and what makes UM answer. */
export interface ReachRequest {
  name: string;
  mapping: { id: number | string; domain: string };
  /**
   * UM's nonces by host: that of the name and, where known, of its `www.` twin. UM makes each for the host asked for
   * (`wp_hash(host)`), so a redirect to a twin whose nonce is missing cannot end in `reached`.
   */
  nonces: Readonly<Record<string, string>>;
  /** The network's own domain: a redirect to it says that WordPress does not know the name. */
  networkDomain: string;
}

/** What one HTTP answer came with, whatever it says. */
interface Answered {
  /** The IP address that answered. */
  address: string;
  /**
   * What a browser would refuse the certificate for (OpenSSL's code, or `ERR_TLS_CERT_ALTNAME_INVALID` where it is for
   * another name); null where it is good, or the last answer came over plain HTTP.
   */
  certificate: string | null;
  status: number;
}

/** No HTTP answer came. */
export interface Unreachable {
  kind: "unreachable";
  /**
   * `refused`: nothing listens. `time-out`: no connection, or no answer in time. `no-route`: no way to that kind of
   * address from this machine. `closed`: hung up without an answer. `tls`: no handshake (a certificate that is wrong is
   * no reason: see `certificate`). `not-http`: something else answers. `private-address`: the name leads into a private
   * network and was not followed. `no-address`: DNS has none. `dns`: DNS did not answer.
   */
  why:
    | "refused"
    | "time-out"
    | "no-route"
    | "closed"
    | "tls"
    | "not-http"
    | "private-address"
    | "no-address"
    | "dns";
  /** Null for `no-address` and `dns`. */
  address: string | null;
  /** The system's or OpenSSL's code, for a person. */
  detail: string;
}

/** Redirects between the name and its `www.` twin did not end. */
export interface RedirectLoop extends Answered {
  kind: "redirect-loop";
}

/** A redirect to a host (`host`, or `host:port` for an unusual port) that is neither the name nor its twin. Not followed. */
export interface RedirectedElsewhere extends Answered {
  kind: "redirected-elsewhere";
  host: string;
}

/**
 * What asking for a name with UM's nonce came to. Redirects between the name and its `www.` twin were followed.
 *
 * - `reached`: this network answered with this very mapping.
 * - `not-this-network`: somebody answered otherwise: a page without the mapping (also 404), the JSON of another mapping
 *   (`otherMapping`: a copy of this network, or a mapping made anew), or with `unrouted` WordPress itself, which does
 *   not know the name and sends it to `wp-signup.php?new=` or to the network's domain. `location` is where a redirect
 *   led, without its query.
 * - `redirect-loop`: as behind Cloudflare's "Flexible" with ForceSSL. Redirects that need a cookie look alike.
 * - `error-page`: a status from 400 on, 404 and 410 excepted: 401 a password, 403 a locked site or firewall, 525/526
 *   Cloudflare without a good certificate at the server, 5xx a server in trouble. With `challenge` it is a proxy's
 *   question to prove oneself human: whether the name reaches the network cannot be told.
 * - `redirected-elsewhere`, `unreachable`: see there.
 */
export type ReachFinding =
  | (Answered & { kind: "reached" })
  | (Answered & {
      kind: "not-this-network";
      unrouted: boolean;
      location: string | null;
      otherMapping: { id: string; domain: string } | null;
    })
  | RedirectLoop
  | (Answered & { kind: "error-page"; challenge: boolean })
  | RedirectedElsewhere
  | Unreachable;

/** By how the asking began; where HTTP redirects to HTTPS, both tell what HTTPS came to. */
export interface ReachAnswer {
  http: ReachFinding;
  https: ReachFinding;
}

/**
 * Whether an authority's HTTP-01 challenge would come through: `/.well-known/acme-challenge/…` on port 80.
 *
 * - `reachable`: an address of ours answered; 404 is what a made-up token gets.
 * - `answered-elsewhere`: an address that is not ours answered: a proxy that may pass challenges on, or another server.
 * - `blocked`: refused with a status from 400 on, 404 and 410 excepted, whoever did it.
 */
export type ChallengeFinding =
  | (Answered & { kind: "reachable" | "answered-elsewhere" | "blocked" })
  | RedirectLoop
  | RedirectedElsewhere
  | Unreachable;

/** What the certificate round checks the world with. No method throws, whatever the world does. */
export interface Probes {
  /** `fresh` passes over the cache, here and below. */
  lookUp(name: string, options?: Freshness): Promise<DnsAnswer>;
  alias(name: string, options?: Freshness): Promise<AliasAnswer>;
  zone(name: string, options?: Freshness): Promise<ZoneAnswer>;
  caa(name: string, options?: Freshness): Promise<CaaAnswer>;
  /** The name goes into SNI only; what it resolves to is never connected to. */
  handshake(
    address: Address,
    name: string,
  ): Promise<ServedCertificate | ProbeFailure>;
  /**
   * Asks for the name as the world does, at the addresses that it resolves to: at one of each proxy network, else at up
   * to three of IPv4 and three of IPv6. The finding is the worst: `reached` means that all that answered are this network. Private addresses
   * are not connected to, unless they are `ours`.
   *
   * Each request makes PHP work and, with `WP_DEBUG`, leaves a line in UM's log: ask sparingly.
   */
  reach(
    request: ReachRequest & { ours: readonly string[] },
  ): Promise<ReachAnswer>;
  /** Asks the server at an IP address for the name, whatever DNS says: does it give the name to our app? */
  reachAtServer(
    request: ReachRequest & { server: string },
  ): Promise<ReachAnswer>;
  /** Asks at the addresses that `reach` asks at; the finding is the worst of them. */
  challenge(
    name: string,
    options: { ours: readonly string[] },
  ): Promise<ChallengeFinding>;
}

export interface Freshness {
  fresh?: boolean;
}
