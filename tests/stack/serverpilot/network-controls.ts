import type { DnsServer, DnsQuery } from "./dns-server";
import type { DnsRecord, DnsTable } from "./dns-table";
import type { Faults } from "./faults";
import type { HttpFault, HttpFaultOptions, HttpFaults } from "./http-faults";
import type { HttpFront, HttpRequest } from "./http-front";
import type { Journal } from "./journal";
import type { SimulatorOptions } from "./simulator-options";
import type { TlsFault, TlsFaults } from "./tls-faults";
import type { TlsHandshake, TlsServer } from "./tls-server";
import type { World } from "./world";

/** Everything that a simulator is made of before it listens. */
export interface Parts {
  options: SimulatorOptions;
  world: World;
  dns: DnsTable;
  faults: Faults;
  tlsFaults: TlsFaults;
  httpFaults: HttpFaults;
  journal: Journal;
}

export interface RunningParts extends Parts {
  dnsServer: DnsServer | null;
  tlsServer: TlsServer | null;
  httpFront: HttpFront | null;
}

/** What can be done to the world's DNS, to its TLS server and to what is reached over HTTP. */
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

  /** Makes the TLS servers misbehave for a name, or for all with `*`; null ends that. */
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

  /** Closes the server's ports for TLS (connection refused) or opens them again. */
  async setTlsListening(listening: boolean): Promise<void> {
    await this.#parts.tlsServer?.setListening(listening);
    await this.#parts.httpFront?.setListening("https", listening);
  }

  /**
   * Makes requests over HTTP and HTTPS for a name, or for all with `*`, come to something else than its app's answer;
   * null ends that. Some kinds keep AutoSSL certificates away. Throws ZodError for a fault that makes no sense.
   */
  setHttp(name: string, fault: HttpFaultOptions | null): void {
    this.#parts.world.settleAll();
    this.#parts.httpFaults.set(name, fault);
  }

  clearHttp(): void {
    this.#parts.world.settleAll();
    this.#parts.httpFaults.clear();
  }

  httpFaults(): Record<string, HttpFault> {
    return this.#parts.httpFaults.entries();
  }

  httpRequests(): HttpRequest[] {
    return this.#parts.httpFront?.requests() ?? [];
  }

  /** Closes the server's port 80 (connection refused, no certificates) or opens it again. */
  async setHttpListening(listening: boolean): Promise<void> {
    this.#parts.world.settleAll();
    this.#parts.httpFaults.listening = listening;
    await this.#parts.httpFront?.setListening("http", listening);
  }
}
