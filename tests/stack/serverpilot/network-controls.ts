import type { DnsQuery } from "./dns-server";
import type { DnsRecord } from "./dns-table";
import type { RunningParts } from "./parts";
import type { TlsFault } from "./tls-faults";
import type { TlsHandshake } from "./tls-server";

/** What can be done to the world's DNS and to its TLS server. */
export class NetworkControls {
  readonly #parts: RunningParts;

  constructor(parts: RunningParts) {
    this.#parts = parts;
  }

  /** Sets a name's DNS; null = NXDOMAIN again. `*.parent` and `*` answer for names without a record. */
  setDns(name: string, record: DnsRecord | null): void {
    // What was in a certificate before DNS changed stays in it.
    this.#parts.world.settleAll();
    this.#parts.dns.set(name, record);
  }

  /** Points names at the first server, so that AutoSSL covers them after the delay. */
  pointAtServer(...names: string[]): void {
    const address = this.#parts.options.serverAddress ?? "127.0.0.1";
    this.#parts.world.settleAll();
    for (const name of names) this.#parts.dns.set(name, { a: [address] });
  }

  clearDns(): void {
    this.#parts.world.settleAll();
    this.#parts.dns.clear();
  }

  dnsRecords(): Record<string, DnsRecord> {
    return this.#parts.dns.entries();
  }

  dnsQueries(): DnsQuery[] {
    return this.#parts.dnsServer?.queries() ?? [];
  }

  /** Makes the TLS server misbehave for a name, or for all with `*`; null mends it. */
  setTls(name: string, fault: TlsFault | null): void {
    this.#parts.tlsFaults.set(name, fault);
  }

  clearTls(): void {
    this.#parts.tlsFaults.clear();
  }

  tlsFaults(): Record<string, TlsFault> {
    return this.#parts.tlsFaults.entries();
  }

  tlsHandshakes(): TlsHandshake[] {
    return this.#parts.tlsServer?.handshakes() ?? [];
  }

  /** Closes the TLS port (connection refused) or opens it again. */
  async setTlsListening(listening: boolean): Promise<void> {
    await this.#parts.tlsServer?.setListening(listening);
  }
}
