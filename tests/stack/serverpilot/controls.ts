import { DnsTable } from "./dns-table";
import type { NameRule } from "./domains";
import { Faults } from "./faults";
import type { FaultOptions } from "./faults";
import { HttpFaults } from "./http-faults";
import { Journal } from "./journal";
import type { JournalEntry } from "./journal";
import { NetworkControls } from "./network-controls";
import type { Parts, RunningParts } from "./network-controls";
import { settingsFrom } from "./settings";
import type { Settings } from "./settings";
import type { AppState, SimulatorOptions } from "./simulator-options";
import { TlsFaults } from "./tls-faults";
import type { Account, App } from "./types";
import { World } from "./world";
import type {
  AccountOptions,
  AppOptions,
  DomainsChange,
  ServerOptions,
} from "./world";

/** What a test, a demo or the control interface can do to the world. */
export class Controls extends NetworkControls {
  readonly #parts: RunningParts;

  constructor(parts: RunningParts) {
    super(parts);
    this.#parts = parts;
  }

  /** A world as the options describe it. */
  static partsFor(options: SimulatorOptions): Parts {
    const clock = options.clock ?? Date.now;
    const dns = new DnsTable(clock);
    const http = new HttpFaults();
    const world = new World(settingsFrom(options), { dns, http }, clock);
    seed(world, options);
    return {
      options,
      world,
      dns,
      httpFaults: http,
      faults: new Faults(clock),
      tlsFaults: new TlsFaults(),
      journal: new Journal(clock),
    };
  }

  /** Changes settings from now on; actions under way keep their end. */
  set(settings: Partial<Settings>): void {
    Object.assign(this.#parts.world.settings, settings);
  }

  settings(): Settings {
    return { ...this.#parts.world.settings };
  }

  /**
   * Gives a name rules of its own, or with `/pattern/` all hostnames that match: refused, dropped, spelled otherwise,
   * never in a certificate. Null ends them. Throws SyntaxError for a bad pattern.
   */
  setName(name: string, rule: NameRule | null): void {
    this.#parts.world.settleAll();
    this.#parts.world.names.set(name, rule);
  }

  clearNames(): void {
    this.#parts.world.settleAll();
    this.#parts.world.names.clear();
  }

  names(): Record<string, NameRule> {
    return this.#parts.world.names.entries();
  }

  addAccount(options: AccountOptions): void {
    this.#parts.world.addAccount(options);
  }

  /** Answers 402 or 403 to every call of an account; null ends that. Throws Error for an unknown account. */
  refuse(
    refusal: Account["refusal"],
    clientId: string = this.#parts.options.clientId,
  ): void {
    const account = this.#parts.world.accounts.get(clientId);
    if (!account) throw new Error(`there is no account ${clientId}`);
    account.refusal = refusal;
  }

  /** Replaces the API key of an account, so that the old one is refused. */
  setApiKey(
    apiKey: string,
    clientId: string = this.#parts.options.clientId,
  ): void {
    this.#parts.world.addAccount({ clientId, apiKey });
  }

  /** Adds a server and returns its id. */
  addServer(options: ServerOptions = {}): string {
    return this.#parts.world.addServer(options).id;
  }

  /** Changes a server; the first one without an id. Throws Error for an unknown id. */
  setServer(
    changes: Omit<ServerOptions, "id" | "clientId">,
    id: string = [...this.#parts.world.servers.keys()][0] ?? "",
  ): void {
    const server = this.#parts.world.servers.get(id);
    if (!server) throw new Error(`there is no server ${id}`);
    this.#parts.world.settleAll();
    Object.assign(server, changes);
  }

  /** Adds an app and returns its id. */
  addApp(options: AppOptions = {}): string {
    return this.#parts.world.addApp(options).id;
  }

  /** Moves an app to another server. Throws Error for an unknown one. */
  moveApp(serverId: string, id?: string): void {
    const { world } = this.#parts;
    if (!world.servers.has(serverId))
      throw new Error(`there is no server ${serverId}`);
    world.settleAll();
    this.#app(id).serverId = serverId;
  }

  /** An app as it is now; the first one without an id. Throws Error for an unknown id. */
  app(id?: string): AppState {
    const app = this.#app(id);
    const { domains, ssl, covered, served, open, backend } = app;
    return {
      id: app.id,
      name: app.name,
      clientId: app.clientId,
      serverId: app.serverId,
      domains: [...domains],
      ssl: ssl && { ...ssl },
      covered: [...covered],
      served: served && [...served.names],
      openActions: open.length,
      backend,
    };
  }

  apps(): AppState[] {
    return [...this.#parts.world.apps.keys()].map((id) => this.app(id));
  }

  domains(id?: string): string[] {
    return this.app(id).domains;
  }

  /** Edits an app's list behind everyone's back, as a person in the panel does: no action, no checks. */
  setDomains(domains: readonly string[], id?: string): void {
    this.#parts.world.setDomains(this.#app(id), domains, "panel");
  }

  /** Passes requests for an app's names on to an origin such as `http://127.0.0.1:8080`; null ends that. */
  setBackend(origin: string | null, id?: string): void {
    this.#app(id).backend = origin;
  }

  /** Installs a custom certificate, by default with the app's own names. */
  installCertificate(options: { names?: string[]; appId?: string } = {}): void {
    const app = this.#app(options.appId);
    app.ssl = { auto: false, force: false };
    this.#parts.world.serve(app, options.names ?? app.domains, true);
  }

  /** Takes SSL off an app, custom or not. */
  removeCertificate(id?: string): void {
    Object.assign(this.#app(id), { ssl: null, served: null });
  }

  /** Arms a fault and returns its id. */
  addFault(fault: FaultOptions): number {
    return this.#parts.faults.add(fault);
  }

  removeFault(id: number): void {
    this.#parts.faults.remove(id);
  }

  clearFaults(): void {
    this.#parts.faults.clear();
  }

  faults(): ReturnType<Faults["list"]> {
    return this.#parts.faults.list();
  }

  journal(): JournalEntry[] {
    return this.#parts.journal.entries();
  }

  /** Empties the journal and the records of DNS queries, TLS handshakes and HTTP requests. */
  clearJournal(): void {
    this.#parts.journal.clear();
    this.#parts.dnsServer?.clearQueries();
    this.#parts.tlsServer?.clearHandshakes();
    this.#parts.httpFront?.clearRequests();
  }

  /** Calls `listener` for every finished API call; returns the way to stop that. */
  onRequest(listener: (entry: JournalEntry) => void): () => void {
    return this.#parts.journal.listen(listener);
  }

  /** Calls `listener` for every API call that comes in; returns the way to stop that. */
  onArrival(listener: (entry: JournalEntry) => void): () => void {
    return this.#parts.journal.listenToArrivals(listener);
  }

  /** Calls `listener` for every change of an app's list, when it takes effect; returns the way to stop that. */
  onDomains(listener: (change: DomainsChange) => void): () => void {
    const { domainsListeners } = this.#parts.world;
    domainsListeners.add(listener);
    return () => domainsListeners.delete(listener);
  }

  /** The world as it was at the start: one account, server and app, no DNS, no faults, an empty journal. */
  async reset(): Promise<void> {
    const { world, options } = this.#parts;
    Object.assign(world.settings, settingsFrom(options));
    world.clear();
    seed(world, options);
    this.#parts.dns.clear();
    this.clearFaults();
    this.clearTls();
    this.clearHttp();
    this.clearJournal();
    await this.setTlsListening(true);
    await this.setHttpListening(true);
  }

  #app(id: string = this.#parts.options.appId): App {
    const app = this.#parts.world.app(id);
    if (!app) throw new Error(`there is no app ${id}`);
    return app;
  }
}

function seed(world: World, options: SimulatorOptions): void {
  const {
    clientId,
    apiKey,
    appId,
    domains = [],
    serverAddress = "127.0.0.1",
    denyUnknownDomains = true,
  } = options;
  world.addAccount({ clientId, apiKey });
  const server = world.addServer({
    name: "server",
    lastaddress: serverAddress,
    denyUnknownDomains,
  });
  world.addApp({ id: appId, name: "network", serverId: server.id, domains });
}
