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
  | { kind: "unanswered"; detail: string };

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

/** What the certificate round looks at the world with. Neither method throws, whatever the world does. */
export interface Probes {
  /** `fresh` passes over the cache. */
  lookUp(name: string, options?: { fresh?: boolean }): Promise<DnsAnswer>;
  /** The name goes into SNI only; what it resolves to is never connected to. */
  handshake(
    address: Address,
    name: string,
  ): Promise<ServedCertificate | ProbeFailure>;
}
